using System.Text.RegularExpressions;
using Ledger.Tests.Support;

namespace Ledger.Tests.Attacks;

/// <summary>docs/attacks.md names thirty attacks, and for each of them specifications that there are.</summary>
public sealed partial class AttackTableTests
{
    [Fact]
    public void Each_of_the_thirty_attacks_is_performed_by_the_specifications_that_the_page_names()
    {
        var rows = Row().Matches(File.ReadAllText(Repository.PathOf("docs", "attacks.md"))).ToList();
        Assert.Equal(Enumerable.Range(1, 30), rows.Select(r => int.Parse(r.Groups["number"].Value)));
        var types = typeof(AttackTableTests).Assembly.GetTypes();
        var names = types
            .Select(t => t.Name)
            .Concat(types.SelectMany(t => t.GetMethods()).Where(m => m.IsDefined(typeof(FactAttribute), inherit: true)).Select(m => m.Name))
            .ToHashSet();
        Assert.All(
            rows,
            row =>
            {
                var cited = Name().Matches(row.Groups["specifications"].Value).Select(m => m.Groups["name"].Value).ToList();
                Assert.NotEmpty(cited);
                Assert.All(cited, name => Assert.Contains(name, names));
            }
        );
        Assert.All(
            names.Where(n => n.StartsWith("Attack_", StringComparison.Ordinal)),
            n => Assert.Contains($"`{n}`", File.ReadAllText(Repository.PathOf("docs", "attacks.md")), StringComparison.Ordinal)
        );
    }

    [GeneratedRegex(@"^\| (?<number>\d+) \|.*\| (?<specifications>[^|]*) \|$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Row();

    [GeneratedRegex("`(?<name>[A-Za-z_0-9]+)`", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Name();
}
