using System.CommandLine;
using Ledger.Api.Tables;
using Ledger.Domain.Errors;
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

    public static Command Create()
    {
        var id = new Argument<string>("ID") { Description = "The contract" };
        var kind = new Option<string?>("--kind") { Description = "One kind: " + string.Join(", ", Words<FindingKind>.All) };
        var effective = new EffectiveOption();
        var certainty = new Option<string?>("--certainty") { Description = "One certainty: " + string.Join(", ", Words<Certainty>.All) };
        var rule = new Option<string?>("--rule") { Description = "One rule, such as handling or F06" };
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
        where T : struct, Enum =>
        parsed.GetValue(option) is not { } word ? null
        : Words<T>.TryParse(word, out var known) ? known
        : throw new LedgerException(
            ErrorCode.BadRequest,
            $"{option.Name}: expected one of {string.Join(", ", Words<T>.All)}, got \"{word}\""
        );

    private static void Print(IAnsiConsole console, List<Finding> findings)
    {
        if (findings.Count == 0)
        {
            console.WriteLine("nothing found");
            return;
        }

        var sums = Terminal.Table("Kind", "Rule~", "Certainty", "Findings#", "Reviewed#");
        foreach (
            var group in findings
                .GroupBy(f => (f.Kind, f.Rule, f.Certainty))
                .OrderBy(g => g.Key.Kind)
                .ThenBy(g => g.Key.Rule, StringComparer.Ordinal)
        )
        {
            sums.AddRow(
                Words<FindingKind>.Of(group.Key.Kind),
                Markup.Escape(group.Key.Rule),
                Words<Certainty>.Of(group.Key.Certainty),
                $"{group.Count():#,0}",
                $"{group.Count(f => f.Review is not null):#,0}"
            );
        }

        console.Write(sums);
        Print(console, "open", [.. findings.Where(f => f.Review is null)]);
        Print(console, "looked into", [.. findings.Where(f => f.Review is not null)]);
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
                $"and {findings.Count - MostShown:#,0} more: --kind, --rule and --certainty choose, --json, --csv and --xlsx have them all"
            );
        }
    }
}
