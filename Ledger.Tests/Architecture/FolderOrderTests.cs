using System.Text.RegularExpressions;
using Ledger.Tests.Support;

namespace Ledger.Tests.Architecture;

/// <summary>
/// The folders of the domain look one way: each knows those above it and none below. Those of one line are one room: a contract's terms
/// are made of rules, and rules judge the account under its terms.
/// </summary>
public sealed partial class FolderOrderTests
{
    private static readonly string[][] Rooms =
    [
        ["Errors"],
        ["Money"],
        ["Json"],
        ["Time"],
        ["Vocabulary"],
        ["Events", "Facts", "Findings", "Terms", "Rules", "Detectors", "Contracts"],
        ["Statements"],
        ["Settlements"],
        ["Decisions"],
        ["Assessments"],
        ["Rates"],
        ["Differences"],
        ["Simulation"],
    ];

    [Fact]
    public void A_folder_of_the_domain_knows_its_own_room_and_those_above_it()
    {
        var folders = Directory.GetDirectories(Repository.PathOf("Ledger.Domain")).Select(Path.GetFileName).Except(["bin", "obj"]);
        Assert.Equal(Rooms.SelectMany(r => r).Order(StringComparer.Ordinal), folders.Order(StringComparer.Ordinal));
        var order = Rooms.Index().SelectMany(r => r.Item.Select(folder => (folder, r.Index))).ToDictionary();
        var wrong =
            from folder in order.Keys
            from file in Directory.GetFiles(Repository.PathOf("Ledger.Domain", folder), "*.cs")
            from known in Known().Matches(File.ReadAllText(file)).Select(m => m.Groups["folder"].Value).Distinct()
            where order[known] > order[folder]
            select $"{folder}/{Path.GetFileName(file)} knows {known}";
        Assert.Equal([], wrong);
    }

    /// <summary>A using, or a name that is written out.</summary>
    [GeneratedRegex(
        @"(using |[^\w.])(Ledger\.)?Domain\.(?<folder>[A-Z]\w+)|[^\w.""](?<folder>Statements|Settlements|Assessments|Decisions|Differences)\.[A-Z]",
        RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex Known();
}
