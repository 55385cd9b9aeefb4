using System.CommandLine;
using Ledger.Domain.Events;
using Ledger.Domain.Json;
using Ledger.Domain.Rates;
using Ledger.EventStore;
using NodaTime.Text;
using Spectre.Console;

namespace Ledger.Api.Commands;

/// <summary><c>rankings --cycle YYYY-MM</c>: contracts, units, seats and vendors of one cycle.</summary>
internal static class RankingsCommand
{
    public static Command Create()
    {
        var cycle = new Option<string>("--cycle") { Required = true, Description = "The cycle, such as 2025-11" };
        var moment = new MomentOptions();
        var command = new Command("rankings", "Ranks contracts, units, seats and vendors in one cycle, now or as of any moment") { cycle };
        moment.AddTo(command);
        command.SetAction((parsed, cancel) => CommandLine.WithLedgerAsync(parsed, async (ledger, terminal) =>
        {
            var text = parsed.GetRequiredValue(cycle);
            var month = YearMonthPattern.Iso.Parse(text) is { Success: true, Value: var value }
                ? value
                : throw new LedgerException(ErrorCode.BadRequest, $"--cycle: expected a month such as 2025-11, got \"{text}\"");
            var position = await moment.PositionAsync(parsed, ledger, cancel);
            var rankings = await ledger.Rankings.AtAsync(month, position, cancel);
            terminal.Show(rankings, console => Print(console, rankings));
            return CommandLine.Done;
        }, cancel));
        return command;
    }

    private static void Print(IAnsiConsole console, CycleRankings r)
    {
        console.MarkupLineInterpolated($"cycle [bold]{r.Cycle}[/] · scheme {r.Scheme}");
        var contracts = Terminal.Table("Rank#", "Contract~", "Score#", "Tier");
        r.Contracts.ToList().ForEach(c => contracts.AddRow($"{c.Rank}", Markup.Escape(c.Contract), c.Score?.ToString() ?? "–", Words<Tier>.Of(c.Tier)));
        var units = Terminal.Table("Rank#", "Unit~", "Counted#", "Response#", "Resolution#", "Satisfaction#", "Composite#");
        r.Units.ToList().ForEach(u => units.AddRow($"{u.Rank}", Markup.Escape(u.Unit), $"{u.Counted}", u.Response ?? "–", u.Resolution ?? "–", u.Satisfaction ?? "–", u.Composite ?? "–"));
        var seats = Terminal.Table("Rank#", "Seat~", "Limits kept#", "Of#", "Share#");
        r.Seats.ToList().ForEach(s => seats.AddRow($"{s.Rank}", Markup.Escape(s.Seat), $"{s.Kept}", $"{s.Of}", s.Share));
        var vendors = Terminal.Table("Rank#", "Vendor~", "Deductions#", "Fee#", "Per 10,000#");
        r.Vendors.ToList().ForEach(v => vendors.AddRow($"{v.Rank}", Markup.Escape(v.Vendor), Terminal.Yuan(v.Deductions), Terminal.Yuan(v.Fee), v.PerTenThousand));
        foreach (var table in new[] { contracts, units, seats, vendors }.Where(t => t.Rows.Count > 0))
        {
            console.Write(table);
        }
    }
}
