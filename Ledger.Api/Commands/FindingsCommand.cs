using System.CommandLine;
using Ledger.Api.Tables;
using Ledger.Domain.Findings;
using Ledger.Domain.Json;
using Ledger.Domain.Time;
using Ledger.Domain.Vocabulary;
using Ledger.Projections.Findings;
using Ledger.Projections.Store;
using Spectre.Console;

namespace Ledger.Api.Commands;

/// <summary><c>findings ID [--kind K]</c>: what stands out, with clocks that run to <c>--effective</c>.</summary>
internal static class FindingsCommand
{
    private const int MostShown = 200;
    private const int MostPersons = 5;

    public static Command Create()
    {
        var id = new Argument<string>("ID") { Description = "The contract" };
        var kind = new Option<string?>("--kind") { Description = "One kind: " + string.Join(", ", Words<FindingKind>.All) };
        var effective = new EffectiveOption();
        var certainty = new Option<string?>("--certainty") { Description = "One certainty: " + string.Join(", ", Words<Certainty>.All) };
        var rule = new Option<string?>("--rule") { Description = "One rule, such as handling or F06" };
        var actor = new Option<string?>("--actor") { Description = "Of one person's records, by the code" };
        var (moment, export) = (new MomentOptions(), new ExportOptions());
        var command = new Command(
            "findings",
            "Lists what stands out: limits broken, duties, rights, contradictions, records suspected false"
        )
        {
            id,
            kind,
            rule,
            certainty,
            actor,
        };
        effective.AddTo(command);
        moment.AddTo(command);
        export.AddTo(command);
        command.SetLedgerAction(
            async (FindingReader reader, LedgerTime time, LogReader log, ParseResult parsed, Terminal terminal, CancellationToken cancel) =>
            {
                var only = OneOf<FindingKind>(parsed, kind);
                var sure = OneOf<Certainty>(parsed, certainty);
                var position = await moment.PositionAsync(parsed, log, cancel);
                var until = await effective.ReadAsync(parsed, time, cancel);
                var findings = (await reader.AtAsync(parsed.GetRequiredValue(id), position, until, cancel))
                    .Where(f =>
                        (only is null || f.Kind == only)
                        && (sure is null || f.Certainty == sure)
                        && (parsed.GetValue(rule) is not { } one || f.Rule == one)
                        && (parsed.GetValue(actor) is not { } who || f.Actor == who)
                    )
                    .ToList();
                await export.WriteAsync(parsed, terminal, cancel, Reports.Findings(findings));
                terminal.Show(findings, console => Print(console, findings));
                return CommandLine.Done;
            }
        );
        return command;
    }

    private static T? OneOf<T>(ParseResult parsed, Option<string?> option)
        where T : struct, Enum => parsed.GetValue(option) is { } word ? OptionValues.Word<T>(word, option) : null;

    private static void Print(IAnsiConsole console, List<Finding> findings)
    {
        if (findings.Count == 0)
        {
            console.WriteLine("nothing found");
            return;
        }

        var sums = Terminal.Table("Kind", "Rule~", "Certainty", "Findings#", "Reviewed#");
        foreach (var g in findings.GroupBy(f => (f.Kind, f.Rule, f.Certainty)).OrderBy(g => g.Key))
        {
            sums.AddRow([Words<FindingKind>.Of(g.Key.Kind), Markup.Escape(g.Key.Rule), Words<Certainty>.Of(g.Key.Certainty), .. Counts(g)]);
        }

        console.Write(sums);
        PrintPersons(console, findings);
        Print(console, "open", [.. findings.Where(f => f.Review is null)]);
        Print(console, "looked into", [.. findings.Where(f => f.Review is not null)]);
    }

    /// <summary>Whose records the rules name, and how often: the most by rule.</summary>
    private static void PrintPersons(IAnsiConsole console, List<Finding> findings)
    {
        var persons = findings.Where(f => f.Actor is not null).GroupBy(f => (f.Rule, Actor: f.Actor!)).ToList();
        if (persons.Count == 0)
        {
            return;
        }

        var table = Terminal.Table("Rule~", "Actor~", "Findings#", "Reviewed#");
        foreach (var rule in persons.GroupBy(g => g.Key.Rule).OrderBy(r => r.Key, StringComparer.Ordinal))
        {
            var most = rule.OrderByDescending(g => g.Count()).ThenBy(g => g.Key.Actor, StringComparer.Ordinal).ToList();
            foreach (var g in most.Take(MostPersons))
            {
                table.AddRow([Markup.Escape(g.Key.Rule), Markup.Escape(g.Key.Actor), .. Counts(g)]);
            }

            if (most.Count > MostPersons)
            {
                var others = most.Skip(MostPersons).SelectMany(g => g).ToList();
                table.AddRow([Markup.Escape(rule.Key), $"and {most.Count - MostPersons:#,0} more", .. Counts(others)]);
            }
        }

        console.Write(table);
    }

    private static string[] Counts(IEnumerable<Finding> findings)
    {
        var all = findings.ToList();
        return [$"{all.Count:#,0}", $"{all.Count(f => f.Review is not null):#,0}"];
    }

    /// <summary>Those that nobody took up, and those that somebody did, stand apart.</summary>
    private static void Print(IAnsiConsole console, string title, List<Finding> findings)
    {
        if (findings.Count == 0)
        {
            return;
        }

        console.MarkupLineInterpolated($"[bold]{title}[/] ({findings.Count:#,0})");
        var table = Terminal.Table("Arisen", "Finding", "Subject~", "State", "Detail~");
        foreach (var f in findings.Take(MostShown))
        {
            table.AddRow(
                ChinaTime.Show(f.ArisenAt).ToString("uuuu-MM-dd HH:mm", null),
                Markup.Escape(f.Id),
                Markup.Escape(f.Subject),
                Words<FindingState>.Of(f.State),
                Markup.Escape(
                    string.Join(", ", f.Detail.Select(d => $"{d.Key}: {d.Value}"))
                        + (f.Review?.Changed is { } changed ? $" · changed: {changed}" : "")
                )
            );
        }

        console.Write(table);
        if (findings.Count > MostShown)
        {
            console.WriteLine(
                $"and {findings.Count - MostShown:#,0} more: --kind, --rule, --certainty and --actor choose, "
                    + "--json, --csv and --xlsx have them all"
            );
        }
    }
}
