using System.CommandLine;
using Ledger.Api.Tables;
using Ledger.Domain.Errors;
using Ledger.Domain.Events;
using Ledger.Domain.Json;
using Ledger.Domain.Rates;
using Ledger.Projections.Rankings;
using Ledger.Projections.Store;
using Spectre.Console;

namespace Ledger.Api.Commands;

/// <summary>
/// <c>rankings --cycle YYYY-MM</c>: contracts, units, seats and vendors of one cycle; who moved, and the events behind a position.
/// </summary>
internal static class RankingsCommand
{
    private const int MostShown = 10;

    public static Command Create()
    {
        var cycle = new CycleOption();
        var since = new Option<long?>("--since") { Description = "Who moved since this position of the log, and because of which events" };
        var of = new Option<string?>("--of")
        {
            Description = "The events on which the positions of one contract, unit, seat or vendor rest",
        };
        var (moment, export) = (new MomentOptions(), new ExportOptions());
        var command = new Command("rankings", "Ranks contracts, units, seats and vendors in one cycle, now or as of any moment")
        {
            cycle.Option,
            since,
            of,
        };
        moment.AddTo(command);
        export.AddTo(command);
        command.SetLedgerAction(
            async (RankingReader reader, LogReader log, ParseResult parsed, Terminal terminal, CancellationToken cancel) =>
            {
                var month = cycle.Read(parsed);
                if (parsed.GetValue(since) is { } earlier)
                {
                    var book = await reader.BookAsync(month, await moment.PositionAsync(parsed, log, cancel), cancel);
                    var moves = book.MovesSince(await reader.BookAsync(month, earlier, cancel), month);
                    terminal.Show(moves, console => PrintMoves(console, moves));
                }
                else if (parsed.GetValue(of) is { } name)
                {
                    var book = await reader.BookAsync(month, await moment.PositionAsync(parsed, log, cancel), cancel);
                    var positions = book.Evidence(month).Where(e => e.Name == name).ToList();
                    if (positions.Count == 0)
                    {
                        throw new LedgerException(ErrorCode.Refused, $"nobody called \"{name}\" is ranked in this cycle");
                    }

                    terminal.Show(
                        positions.Select(p => new
                        {
                            p.Ranking,
                            p.Contract,
                            p.Name,
                            p.Rank,
                            p.Value,
                            events = p.Events.Select(e => new
                            {
                                e.Position,
                                e.Id,
                                e.Subject,
                                type = e.Type.Alias,
                                e.OccurredAt,
                                e.Actor,
                            }),
                        }),
                        console => PrintEvidence(console, positions)
                    );
                }
                else
                {
                    var rankings = await reader.RankingsAsync(month, await moment.ReadAsync(parsed, log, cancel), cancel);
                    await export.WriteAsync(parsed, terminal, cancel, Reports.Rankings([rankings]));
                    terminal.Show(rankings, console => Print(console, rankings));
                }

                return CommandLine.Done;
            }
        );
        return command;
    }

    private static void PrintMoves(IAnsiConsole console, IReadOnlyList<RankMove> moves)
    {
        if (moves.Count == 0)
        {
            console.WriteLine("nobody moved");
            return;
        }

        var table = Terminal.Table("Ranking", "Name~", "Rank", "Value", "Because of~");
        foreach (var m in moves)
        {
            table.AddRow(
                m.Ranking,
                Markup.Escape(CycleBook.Label(m.Contract, m.Name)),
                $"{Show(m.RankBefore?.ToString())} → {Show(m.RankAfter?.ToString())}",
                $"{Show(m.ValueBefore)} → {Show(m.ValueAfter)}",
                Markup.Escape(
                    m.Events.Count > 0
                        ? $"{string.Join(' ', m.Events.Take(MostShown))}{(m.Events.Count > MostShown ? $" and {m.Events.Count - MostShown} more" : "")}"
                        : $"others moved: {string.Join(", ", m.MovedBy)}"
                )
            );
        }

        console.Write(table);
    }

    private static void PrintEvidence(IAnsiConsole console, List<RankEvidence> positions)
    {
        foreach (var p in positions)
        {
            console.MarkupLineInterpolated(
                $"[bold]{CycleBook.Label(p.Contract, p.Name)}[/]: {p.Ranking}, rank {p.Rank}, {p.Value}, {p.Events.Count} events"
            );
            var table = Terminal.Table("Position#", "Event~", "Type", "Subject~", "Occurred", "Actor~");
            p.Events.ToList()
                .ForEach(e =>
                    table.AddRow(
                        $"{e.Position}",
                        Markup.Escape(e.Id),
                        e.Type.Alias,
                        Markup.Escape(e.Subject),
                        e.TimeInWords,
                        Markup.Escape(e.Actor)
                    )
                );
            console.Write(table);
        }
    }

    private static string Show(string? value) => value ?? "–";

    private static void Print(IAnsiConsole console, CycleRankings r)
    {
        console.MarkupLineInterpolated($"cycle [bold]{r.Cycle}[/] · scheme {r.Scheme}");
        var contracts = Terminal.Table("Rank#", "Contract~", "Score#", "Tier");
        r.Contracts.ToList()
            .ForEach(c => contracts.AddRow($"{c.Rank}", Markup.Escape(c.Contract), c.Score?.ToString() ?? "–", Words<Tier>.Of(c.Tier)));
        var units = Terminal.Table("Rank#", "Unit~", "Contract~", "Counted#", "Response#", "Resolution#", "Satisfaction#", "Composite#");
        r.Units.ToList()
            .ForEach(u =>
                units.AddRow(
                    $"{u.Rank}",
                    Markup.Escape(u.Unit),
                    Markup.Escape(u.Contract),
                    $"{u.Counted}",
                    u.Response ?? "–",
                    u.Resolution ?? "–",
                    u.Satisfaction ?? "–",
                    u.Composite ?? "–"
                )
            );
        var seats = Terminal.Table("Rank#", "Seat~", "Contract~", "Limits kept#", "Of#", "Share#");
        r.Seats.ToList()
            .ForEach(s => seats.AddRow($"{s.Rank}", Markup.Escape(s.Seat), Markup.Escape(s.Contract), $"{s.Kept}", $"{s.Of}", s.Share));
        var vendors = Terminal.Table("Rank#", "Vendor~", "Deductions#", "Fee#", "Per 10,000#", "Assessed until");
        r.Vendors.ToList()
            .ForEach(v =>
                vendors.AddRow(
                    $"{v.Rank}",
                    Markup.Escape(v.Vendor),
                    Terminal.Yuan(v.Deductions),
                    Terminal.Yuan(v.Fee),
                    v.PerTenThousand,
                    $"{v.AssessedUntil:uuuu-MM-dd}"
                )
            );
        foreach (var table in new[] { contracts, units, seats, vendors }.Where(t => t.Rows.Count > 0))
        {
            console.Write(table);
        }

        if (r.NotAssessed.Count > 0)
        {
            var named = string.Join(", ", r.NotAssessed.Select(n => n.Contract));
            console.MarkupLineInterpolated($"[yellow]not assessed in this cycle, and in no vendor's rank: {named}[/]");
        }
    }
}
