using Ledger.Domain.Assessments;
using Ledger.Domain.Errors;
using Ledger.Domain.Events;
using Ledger.Domain.Json;
using Ledger.Projections.Accounts;
using Ledger.Projections.Store;
using Npgsql;

namespace Ledger.Projections.Assessments;

/// <summary>What repeating the recorded assessments found; <c>Position</c> is the first run that does not reproduce.</summary>
public sealed record AssessmentVerification(int Runs, long? Position, string? Problem);

/// <summary>
/// Repeats every recorded assessment at its place in the log and compares what it finds with the recorded digest and
/// counts. One pass a contract: each event is decoded once and given to all runs that read it.
/// </summary>
public sealed class AssessmentVerifier(NpgsqlDataSource database, LogReader log)
{
    /// <summary>Repeats all runs up to a position of the log.</summary>
    public async Task<AssessmentVerification> VerifyAsync(long upTo, CancellationToken cancel)
    {
        var runs = new List<LedgerEvent>();
        await foreach (var e in log.ReadAsync(0, upTo, without: EventCatalogue.AllBut<AssessmentRun>(), cancel: cancel))
        {
            runs.Add(EventMapping.ToEvent(e));
        }

        await using var connection = await database.OpenConnectionAsync(cancel);
        var calendars = await CalendarReader.AllAsync(connection, upTo, cancel);
        foreach (var contract in runs.GroupBy(r => r.Contract))
        {
            if (await RepeatAsync(contract.Key, [.. contract], calendars, cancel) is { } wrong)
            {
                return new AssessmentVerification(runs.Count, wrong.Position, wrong.Problem);
            }
        }

        return new AssessmentVerification(runs.Count, null, null);
    }

    private async Task<(long Position, string Problem)?> RepeatAsync(
        string contract,
        List<LedgerEvent> runs,
        IReadOnlyList<LedgerEvent> calendars,
        CancellationToken cancel
    )
    {
        var repeats = new AssessmentRepeats(runs, calendars);
        try
        {
            await foreach (var stored in log.ReadAsync(0, runs.Max(r => ((AssessmentRun)r.Data).Position), contract, cancel: cancel))
            {
                if (repeats.Add(EventMapping.ToEvent(stored)) is { } wrong)
                {
                    return wrong;
                }
            }
        }
        catch (LedgerException e) when (e.Code == ErrorCode.EventUnreadable)
        {
            return (runs[0].Position, $"the events that the assessment of {contract} read cannot be read again: {e.Message}");
        }

        return repeats.End();
    }
}

/// <summary>The recorded assessments of one contract, repeated over its events as these are given.</summary>
/// <param name="runs">The events of the runs.</param>
/// <param name="calendars">Every calendar published.</param>
internal sealed class AssessmentRepeats(IEnumerable<LedgerEvent> runs, IReadOnlyList<LedgerEvent> calendars)
{
    private readonly Queue<(LedgerEvent Event, AssessmentRun Run, Assessment Repeated)> waiting = new(
        runs.Select(e => (e, (AssessmentRun)e.Data))
            .OrderBy(r => r.Item2.Position)
            .Select(r => (r.e, r.Item2, new Assessment(r.Item2.AsOf)))
    );

    /// <summary>The contract's next event; gives the first run before it that does not reproduce, or null.</summary>
    public (long Position, string Problem)? Add(LedgerEvent e)
    {
        while (waiting.TryPeek(out var due) && due.Run.Position < e.Position)
        {
            if (Differs(waiting.Dequeue()) is { } wrong)
            {
                return wrong;
            }
        }

        foreach (var run in waiting)
        {
            run.Repeated.Add(e);
        }

        return null;
    }

    /// <summary>After the last event: the first run left that does not reproduce, or null.</summary>
    public (long Position, string Problem)? End()
    {
        while (waiting.TryDequeue(out var run))
        {
            if (Differs(run) is { } wrong)
            {
                return wrong;
            }
        }

        return null;
    }

    private (long Position, string Problem)? Differs((LedgerEvent Event, AssessmentRun Run, Assessment Repeated) run)
    {
        if (run.Repeated.Account is null)
        {
            return (run.Event.Position, "the assessment read a contract that was not registered by then");
        }

        var again = run.Repeated.Run(run.Run.Position, CalendarReader.At(calendars, run.Run.Position), run.Event.RecordedAt).Run;
        return LedgerJson.Write(again).AsSpan().SequenceEqual(LedgerJson.Write(run.Run))
            ? null
            : (
                run.Event.Position,
                $"the assessment as of {run.Run.AsOf} does not reproduce: it recorded {run.Run.Found} found with digest "
                    + $"{run.Run.Digest}, repeating it finds {again.Found} with {again.Digest}"
            );
    }
}
