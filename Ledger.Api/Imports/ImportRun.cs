using System.Text.Json;
using System.Threading.Channels;
using Ledger.Domain.Decisions;
using Ledger.Domain.Events;
using Ledger.Domain.Json;
using Ledger.Domain.Statements;
using Ledger.Projections.Personal;
using Ledger.Projections.Store;
using Npgsql;

namespace Ledger.Api.Imports;

/// <summary>
/// Takes a file once, on a transaction that holds the log's lock: facts are validated, decisions checked in order, each against the
/// state that the ones before it leave. A chunk is decided while the one before it is written.
/// </summary>
internal sealed class ImportRun
{
    private const int MostErrorsShown = 20;
    private const int LinesShown = 5;

    private readonly LogTransaction log;
    private readonly PersonalImport personal;
    private readonly ImportState state;
    private readonly IReadOnlyList<string> refreshed;
    private readonly ImportOptions options;
    private readonly bool trusting;
    private readonly List<RejectedLine> errors = [];
    private readonly List<JsonElement> sample = [];
    private LogChunk? unwritten;
    private IReadOnlyList<SealedValues> unwrittenValues = [];
    private long read;
    private long recorded;
    private readonly long first;
    private long duplicates;
    private long repeated;
    private long outside;
    private readonly List<UndecidedDeductions> undecided = [];
    private readonly List<long> unchanged = [];
    private readonly HashSet<string> told = [];
    private long rejected;

    public ImportRun(LogTransaction log, PersonalStore personal, IReadOnlyList<string> refreshed, ImportOptions options, bool trusting)
    {
        this.refreshed = refreshed;
        this.log = log;
        this.personal = new PersonalImport(log.Connection, personal);
        state = new ImportState(log);
        this.options = options;
        this.trusting = trusting;
        first = log.Position + 1;
    }

    /// <summary>Takes the chunks; null, and nothing recorded, where the file was trusted and there is a doubt.</summary>
    public async Task<ImportReport?> TakeAsync(ChannelReader<FileLine[]> chunks, CancellationToken cancel)
    {
        try
        {
            await foreach (var lines in chunks.ReadAllAsync(cancel))
            {
                await TakeAsync(lines, cancel);
                if (trusting && (rejected > 0 || duplicates > 0 || repeated > 0))
                {
                    return null;
                }

                options.Progress?.Invoke(read);
            }

            await WriteAsync(cancel);
        }
        catch (PostgresException e) when (trusting && e.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            return null;
        }

        var keep = !options.DryRun && (rejected == 0 || options.Reject is not null);
        var changed = refreshed.Count > 0 && (keep || rejected == 0) ? await log.ChangedAsync(refreshed, cancel) : null;
        var outdated = unchanged.Count > 0 && changed is not null ? await log.OutdatedAsync(refreshed, unchanged, cancel) : null;
        if (keep && log.Position >= first)
        {
            await log.CommitAsync(cancel);
        }

        var any = keep && recorded > 0;
        return new ImportReport(
            read,
            keep || options.DryRun ? recorded : 0,
            duplicates,
            rejected,
            any ? first : null,
            any ? log.Position : null,
            errors,
            options.DryRun,
            options.DryRun ? sample : null,
            Repeated: repeated > 0 ? repeated : null,
            Changed: changed,
            OutsideTerm: outside > 0 ? outside : null,
            Undecided: undecided.Count > 0 ? undecided : null,
            Outdated: outdated is { Count: > 0 } ? outdated : null
        );
    }

    private async Task TakeAsync(FileLine[] lines, CancellationToken cancel)
    {
        lines = await personal.SealAsync(lines, cancel);
        var events = lines.SelectMany(l => l.Events).ToArray();
        var known = trusting ? new AppendResult?[events.Length] : await log.RecogniseAsync(events, cancel);
        await personal.ForgiveErasedAsync(events, known, cancel);
        await log.LoadStreamsAsync(ImportState.StreamsOf(events), cancel);
        await state.LoadAsync(events, cancel);

        // The chunk before is written while this one is decided; the connection is its own until then.
        var chunk = new LogChunk(log, trusting ? null : unwritten);
        var writing = WriteAsync(cancel);
        try
        {
            await DecideAsync(chunk, lines, known);
        }
        finally
        {
            await writing;
        }

        unwritten = chunk;
        unwrittenValues = personal.Of(chunk.Placed);
    }

    private async Task DecideAsync(LogChunk chunk, FileLine[] lines, AppendResult?[] known)
    {
        var next = 0;
        foreach (var line in lines)
        {
            read++;
            var faults = line.Faults.Count > 0 ? line.Faults : Decide(chunk, line, known.AsSpan(next, line.Events.Count));
            next += line.Events.Count;
            if (faults.Count > 0)
            {
                await RejectAsync(new RejectedLine(line.Number, faults, line.Utf8));
            }
            else if (options.DryRun && sample.Count < LinesShown)
            {
                sample.AddRange(line.Events.Select(e => JsonElement.Parse(EventWriter.Write(e.Event))));
            }
        }
    }

    /// <summary>Writes the last decided chunk; once a file is refused, what is left of it is only checked.</summary>
    private async Task WriteAsync(CancellationToken cancel)
    {
        if (unwritten is not null && (rejected == 0 || options.Reject is not null))
        {
            await log.WriteAsync(unwritten.Placed, cancel);
            await personal.WriteAsync(options.DryRun ? [] : unwrittenValues, cancel);
        }
    }

    /// <summary>The events of a line one after the other; a line of which one is refused records nothing.</summary>
    private IReadOnlyList<Fault> Decide(LogChunk chunk, FileLine line, ReadOnlySpan<AppendResult?> known)
    {
        if (line.Events.Count == 1)
        {
            return Decide(chunk, line.Events[0], chunk.Recognise(line.Events[0], known[0]));
        }

        if (line.Events.Count == 0)
        {
            return [];
        }

        var (placed, open, same, before, counts) = (
            chunk.Placed.Count,
            undecided.Count,
            unchanged.Count,
            state.Of(line.Events[0].Event.Contract),
            (recorded, duplicates, repeated, outside)
        );
        for (var i = 0; i < line.Events.Count; i++)
        {
            if (Decide(chunk, line.Events[i], chunk.Recognise(line.Events[i], known[i])) is { Count: > 0 } faults)
            {
                chunk.TakeBackTo(placed);
                undecided.RemoveRange(open, undecided.Count - open);
                unchanged.RemoveRange(same, unchanged.Count - same);
                state.Restore(before);
                (recorded, duplicates, repeated, outside) = counts;
                return faults;
            }
        }

        return [];
    }

    private IReadOnlyList<Fault> Decide(LogChunk chunk, PendingEvent pending, AppendResult? clash)
    {
        var e = pending.Event;
        if (clash is AppendResult.Duplicate known)
        {
            // What this file itself has recorded is no event of before: the file says the same twice.
            (duplicates, repeated) = known.Position < first ? (duplicates + 1, repeated) : (duplicates, repeated + 1);
            if (known.Position < first && refreshed.Contains(e.Type.Alias))
            {
                unchanged.Add(known.Position);
            }

            return [];
        }

        if (clash is AppendResult.IdConflict twice && twice.Position >= first)
        {
            return
            [
                new Fault(
                    "$.id",
                    $"an earlier line of this file has event {e.Id} too, and {twice.Difference}: two lines claim one id, or two events of "
                        + "the mapping have one template"
                ),
            ];
        }

        if (clash?.RefusalOf(e, log.Position + 1) is { } refusal)
        {
            return [refusal];
        }

        if (Decider.AheadOf(e, log.RecordedAt) is { } ahead)
        {
            return [ahead];
        }

        var decided = state.Check(e);
        if (decided.Refusals.Count > 0)
        {
            return decided.Refusals;
        }

        outside += e.Type.Class == EventClass.Fact && state.IsOutsideTerm(e) ? 1 : 0;
        if (e.Data is StatementIssued && state.UndecidedAt(e) is { } left)
        {
            undecided.Add(left);
        }

        Place(chunk, pending);
        foreach (var derived in decided.Events)
        {
            Place(chunk, PendingEvent.Of(derived));
        }

        return [];
    }

    private void Place(LogChunk chunk, PendingEvent pending)
    {
        state.Apply(pending.Event, chunk.Place(pending));
        recorded++;
    }

    private async Task RejectAsync(RejectedLine line)
    {
        rejected++;
        // A contract that nobody registered is wrong with all of its lines, and told once.
        var isTold = line.Faults.All(f => f.Path == "$.contract") && !told.Add(string.Join('\n', line.Faults));
        if (errors.Count < MostErrorsShown && !isTold)
        {
            errors.Add(line);
        }

        if (options.Reject is not null)
        {
            await options.Reject(line);
        }
    }
}
