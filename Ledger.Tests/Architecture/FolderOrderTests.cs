using System.Text.RegularExpressions;
using Ledger.Tests.Support;

namespace Ledger.Tests.Architecture;

/// <summary>The folders of the domain look one way: each knows itself and those above it in this list, and none below.</summary>
public sealed partial class FolderOrderTests
{
    private static readonly List<string> Folders =
    [
        "Errors",
        "Money",
        "Json",
        "Time",
        "Vocabulary",
        "Events",
        "Facts",
        "Findings",
        "Terms",
        "Contracts",
        "Rules",
        "Detectors",
        "Statements",
        "Settlements",
        "Decisions",
        "Assessments",
        "Rates",
        "Differences",
        "Simulation",
    ];

    [Fact]
    public void A_folder_of_the_domain_knows_itself_and_those_above_it()
    {
        var folders = Directory.GetDirectories(Repository.PathOf("Ledger.Domain")).Select(Path.GetFileName).Except(["bin", "obj"]);
        Assert.Equal(Folders.Order(StringComparer.Ordinal), folders.Order(StringComparer.Ordinal));
        var wrong =
            from folder in Folders
            from file in Directory.GetFiles(Repository.PathOf("Ledger.Domain", folder), "*.cs")
            from known in Known().Matches(File.ReadAllText(file)).Select(m => m.Groups["folder"].Value).Distinct()
            where Folders.IndexOf(known) > Folders.IndexOf(folder)
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
