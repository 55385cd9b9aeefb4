using System.CommandLine;
using Ledger.Api.Tables;
using Ledger.Domain.Contracts;
using Ledger.Domain.Errors;
using Ledger.Domain.Json;
using Ledger.Domain.Statements;
using Ledger.Domain.Terms;
using Ledger.Domain.Time;
using Ledger.Domain.Vocabulary;
using Ledger.Projections.Statements;
using Ledger.Projections.Store;
using Spectre.Console;

namespace Ledger.Api.Commands;

/// <summary><c>statement ID [--period N]</c>: what is payable, why, and what blocks it.</summary>
internal static class StatementCommand
{
    public static Command Create()
    {
        var id = new Argument<string>("ID") { Description = "The contract" };
        var period = new Option<int?>("--period") { Description = "One period; all of them without" };
        var today = new Option<bool>("--today")
        {
            Description = "With --period: the issued statement beside what it would be if it were issued at that moment",
        };
        var (moment, export) = (new MomentOptions(), new ExportOptions());
        var command = new Command("statement", "Shows the period statements, now or as of any moment") { id, period, today };
        moment.AddTo(command);
        export.AddTo(command);
        command.SetLedgerAction(
            async (StatementReader reader, LogReader log, ParseResult parsed, Terminal terminal, CancellationToken cancel) =>
            {
                var contract = parsed.GetRequiredValue(id);
                if (parsed.GetValue(today))
                {
                    var issued = parsed.GetValue(period) ?? throw new LedgerException(ErrorCode.BadRequest, "--today needs --period");
                    var both = await reader.IssuedAndTodayAsync(contract, issued, await moment.ReadAsync(parsed, log, cancel), cancel);
                    terminal.Show(both, console => Compare(console, both));
                    return CommandLine.Done;
                }

                var position = await moment.ReadAsync(parsed, log, cancel);
                IReadOnlyList<PeriodStatement> statements = parsed.GetValue(period) is { } number
                    ? [await reader.OneAsync(contract, number, position, cancel)]
                    : await reader.AllAsync(contract, position, cancel);
                await export.WriteAsync(parsed, terminal, cancel, Reports.Statements(statements));
                if (parsed.GetValue(period) is not null)
                {
                    terminal.Show(statements[0], console => Print(console, statements[0]));
                }
                else
                {
                    terminal.Show(
                        statements,
                        console =>
                        {
                            foreach (var statement in statements)
                            {
                                Print(console, statement);
                            }
                        }
                    );
                }

                return CommandLine.Done;
            }
        );
        return command;
    }

    /// <summary>A frozen statement beside what it would be today.</summary>
    private static void Compare(IAnsiConsole console, IssuedAndToday both)
    {
        var (issued, today) = (both.Issued, both.Today);
        console.MarkupLineInterpolated(
            $"[bold]{issued.Contract}[/] · period {issued.Period} · {issued.From:uuuu-MM-dd} to {issued.To:uuuu-MM-dd} · as issued, and as it would be at position {today.AsOf?.Position}"
        );
        var table = Terminal.Table("", "Issued#", "Today#", "Difference#");
        void Row(string name, Domain.Money.Cny? a, Domain.Money.Cny? b) =>
            table.AddRow(
                Markup.Escape(name),
                a is { } was ? Terminal.Yuan(was) : "–",
                b is { } now ? Terminal.Yuan(now) : "–",
                a == b ? "" : Terminal.Yuan((b ?? Domain.Money.Cny.Zero) - (a ?? Domain.Money.Cny.Zero))
            );
        Row("gross", issued.Gross, today.Gross);
        foreach (var id in issued.Deductions.Concat(today.Deductions).Select(d => d.Id).Distinct())
        {
            var (was, now) = (issued.Deductions.FirstOrDefault(d => d.Id == id), today.Deductions.FirstOrDefault(d => d.Id == id));
            if (was?.Effective != now?.Effective || was?.Status != now?.Status)
            {
                Row(
                    $"{id}: {(was is null ? "–" : Words<DeductionStatus>.Of(was.Status))} → "
                        + $"{(now is null ? "–" : Words<DeductionStatus>.Of(now.Status))}",
                    -was?.Effective,
                    -now?.Effective
                );
            }
        }

        Row("effective deductions", -issued.Totals.Effective, -today.Totals.Effective);
        Row("adjustments", issued.Totals.Adjustments, today.Totals.Adjustments);
        Row("net payable", issued.NetPayable, today.NetPayable);
        Row("shortfall", issued.Shortfall, today.Shortfall);
        console.Write(table);
    }

    /// <summary>One statement as people read it.</summary>
    internal static void Print(IAnsiConsole console, PeriodStatement s)
    {
        console.MarkupLineInterpolated(
            $"[bold]{s.Contract}[/] · period {s.Period} · {s.From:uuuu-MM-dd} to {s.To:uuuu-MM-dd} · [bold]{Words<PeriodStatus>.Of(s.Status)}[/]"
        );
        var table = Terminal.Table("", "Yuan#");
        foreach (var fee in s.Fees)
        {
            table.AddRow(Markup.Escape(fee.Line), Terminal.Yuan(fee.Amount));
        }

        table.AddRow("[bold]gross[/]", $"[bold]{Terminal.Yuan(s.Gross)}[/]");
        foreach (
            var clause in s
                .Deductions.GroupBy(d => (d.Clause, d.Status))
                .OrderBy(g => g.Key.Clause, StringComparer.Ordinal)
                .ThenBy(g => g.Key.Status)
        )
        {
            table.AddRow(
                Markup.Escape($"{clause.Key.Clause}: {clause.Count()} {Words<DeductionStatus>.Of(clause.Key.Status)}"),
                clause.Key.Status == DeductionStatus.Proposed
                    ? $"({Terminal.Yuan(clause.Aggregate(Domain.Money.Cny.Zero, (sum, d) => sum + d.Amount))})"
                    : Terminal.Yuan(-clause.Aggregate(Domain.Money.Cny.Zero, (sum, d) => sum + d.Effective))
            );
        }

        foreach (var adjustment in s.Adjustments)
        {
            table.AddRow(
                Markup.Escape($"adjustment for period {adjustment.PostedFor}: {adjustment.Deduction}"),
                Terminal.Yuan(adjustment.Amount)
            );
        }

        table.AddRow("[bold]net payable[/]", $"[bold]{Terminal.Yuan(s.NetPayable)}[/]");
        table.AddRow("if everything proposed were confirmed", Terminal.Yuan(s.Exposure));
        if (s.Shortfall.IsPositive)
        {
            table.AddRow("shortfall owed by the vendor", Terminal.Yuan(s.Shortfall));
        }

        table.AddRow("paid", Terminal.Yuan(s.Paid));
        table.AddRow("[bold]outstanding[/]", $"[bold]{Terminal.Yuan(s.Outstanding)}[/]");
        console.Write(table);

        console.MarkupLineInterpolated(
            $"  gates: {string.Join(", ", s.Gates.Select(g => $"{Words<GateKind>.Of(g.Kind)} {(g.Met ? "met" : g.Why is { } why ? $"not met ({why})" : "not met")}"))}{(s.DueOn is { } due ? $" · due {due:uuuu-MM-dd}{(s.DueProvisional ? " (provisional)" : "")}" : "")}"
        );
        foreach (var right in s.Rights)
        {
            console.MarkupLineInterpolated(
                $"  [yellow]right to {Words<RightKind>.Of(right.Kind)}[/] {right.Id}, {Words<RightState>.Of(right.State)}, arisen {right.ArisenOn:uuuu-MM-dd}"
            );
        }

        foreach (var duties in s.Duties.Where(d => d.State != DutyState.Met).GroupBy(d => (d.Kind, d.State)))
        {
            var more = duties.Count() - 1;
            console.MarkupLineInterpolated(
                $"  [yellow]duty[/] {duties.First().Id}: {duties.First().Describe()}, {Words<DutyState>.Of(duties.Key.State)}{(more > 0 ? $"; and {more} more of this kind" : "")}"
            );
        }

        if (!s.ActorsRegistered)
        {
            console.MarkupLine(
                "  [yellow]no register of actors[/]: for which side whoever decided acts was not checked (actor_registered)"
            );
        }

        console.MarkupLineInterpolated(
            $"  [grey]as of position {s.AsOf?.Position}, recorded {(s.AsOf is { } at ? ChinaTime.Text(at.RecordedAt) : "")} · root {s.Checkpoint?.Root[..16]}…[/]"
        );
        console.WriteLine();
    }
}
