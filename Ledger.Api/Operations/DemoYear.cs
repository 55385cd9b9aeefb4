using System.Diagnostics;
using Ledger.Api.Hosting;
using Ledger.Api.Imports;
using Ledger.Domain.Decisions;
using Ledger.Domain.Errors;
using Ledger.Domain.Events;
using Ledger.Domain.Simulation;
using Ledger.Domain.Terms;
using Ledger.Domain.Time;
using Ledger.Projections.Accounts;
using Ledger.Projections.Store;
using NodaTime;
using Wolverine;

namespace Ledger.Api.Operations;

/// <summary>How fast the demo went.</summary>
public sealed record DemoFigures(long Imported, double ImportedPerSecond, long Assessed, double AssessedPerSecond, int Months);

/// <summary>
/// A simulated year for one contract, imported month by month with an assessment at the end of each and what its people decide after it
/// (<see cref="DemoOffice"/>), as an office would.
/// </summary>
public sealed class DemoYear
{
    /// <summary>The source of everything that the demo records first: it tells a demo ledger from a real one.</summary>
    public const string Source = "ledger/demo";

    private const ulong Seed = 20251028;
    private static readonly Duration Hour = Duration.FromHours(1);

    private readonly ContractTerms terms;
    private readonly Instant end;
    private readonly IReadOnlyList<NewEvent> events;
    private readonly DemoOffice office;

    /// <summary>Makes the year up; the same on every machine.</summary>
    public DemoYear(ContractTerms terms, int casesPerMonth = 1000)
    {
        this.terms = terms;
        end = ServiceYear.EndOf(terms);
        office = new DemoOffice(terms);
        events = ServiceYear.Of(terms, Seed, casesPerMonth);
    }

    /// <summary>How many events it has.</summary>
    public int Count => events.Count;

    /// <summary>The clock of its ledger; it says where the machine's lies before the year's end.</summary>
    public DemoClock Clock(IClock machine, Action<string> say)
    {
        if (machine.GetCurrentInstant() < end)
        {
            say($"the machine's clock lies before the simulated year's end: the demo goes on from there, {ChinaTime.Text(end)}");
        }

        return new DemoClock(machine, end + Hour);
    }

    /// <summary>When its contracts are registered: the evening before the first day of service.</summary>
    public Instant Begin => ChinaTime.StartOf(terms.From) - Duration.FromHours(6);

    /// <summary>Refuses a ledger that holds anything but a demo: a simulated year has no place among real events.</summary>
    public static async Task RefuseRealLedgerAsync(LogReader log, CancellationToken cancel)
    {
        // Who may use the service is no event of anybody's contract.
        await foreach (var first in log.ReadAsync(new EventFilter(WithLedger: false), 0, long.MaxValue, cancel))
        {
            if (first.Source != Source)
            {
                throw new LedgerException(
                    ErrorCode.Refused,
                    "this ledger holds real events: the demo would mix a simulated year into it; set LEDGER_DATA to an empty directory"
                );
            }

            break;
        }
    }

    /// <summary>
    /// Imports and assesses, each month as soon as it is over by <paramref name="clock"/>; <paramref name="progress"/> is told the events
    /// done.
    /// </summary>
    public async Task<DemoFigures> RunAsync(
        IMessageBus bus,
        Importer importer,
        AccountReader accounts,
        DemoClock clock,
        Action<long> progress,
        CancellationToken cancel
    )
    {
        var (imported, assessed, done) = (0L, 0L, 0);
        var (importing, assessing) = (new Stopwatch(), new Stopwatch());
        var months = ServiceMonths.Of(terms.From, terms.To);
        var account = (await accounts.AtAsync(terms.Id, null, cancel)).Account;
        var (lastAsOf, isNew) = (account.LastAsOf, false);
        for (var month = 1; month <= months; month++)
        {
            var until = month == months ? end : ChinaTime.EndOf(ServiceMonths.Month(terms.From, month).To);
            var next = events.Skip(done).TakeWhile(e => e.OccurredAt <= until).ToList();
            done += next.Count;

            clock.Show(until + Hour);

            // What was decided after the month before is recorded with this month, whole or not at all: a demo that was cut off knows by
            // the month's first fact that both are on record. After one that was not, none is.
            isNew = isNew || await IsNewAsync(importer, next[0], cancel);
            if (isNew)
            {
                next.InsertRange(0, month == 1 ? office.Register() : office.After(month - 1, account));
            }

            clock.Show(next.Max(e => e.OccurredAt) + Hour);
            importing.Start();
            imported += (await ImportAsync(importer, next, new ImportOptions(), cancel)).Recorded;
            importing.Stop();
            progress(done);

            // A demo run again, or after it was cut off, finds some of its months assessed already.
            if (lastAsOf is null || lastAsOf < until)
            {
                assessing.Start();
                await bus.InvokeForTenantAsync<AssessmentReport>(terms.Id, new AssessContract(terms.Id, until), cancel);
                assessing.Stop();
                assessed += done;
                account = (await accounts.AtAsync(terms.Id, null, cancel)).Account;
            }
        }

        await ImportAsync(importer, [office.Declare(events[0].Source, end)], new ImportOptions(), cancel);
        clock.Show(null);
        return new DemoFigures(imported, Rate(imported, importing), assessed, Rate(assessed, assessing), months);
    }

    private static async Task<bool> IsNewAsync(Importer importer, NewEvent first, CancellationToken cancel) =>
        (await ImportAsync(importer, [first], new ImportOptions(DryRun: true), cancel)).Duplicates == 0;

    private static async Task<ImportReport> ImportAsync(
        Importer importer,
        IReadOnlyList<NewEvent> next,
        ImportOptions options,
        CancellationToken cancel
    )
    {
        var report = await importer.ImportAsync(EventFile.Of(next), options, cancel);
        return report.Rejected == 0
            ? report
            : throw new LedgerException(ErrorCode.Refused, $"the simulated year was refused: {string.Join("; ", report.Errors[0].Faults)}");
    }

    private static double Rate(long count, Stopwatch watch) => watch.Elapsed.TotalSeconds > 0 ? count / watch.Elapsed.TotalSeconds : 0;
}
