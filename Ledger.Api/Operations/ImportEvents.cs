using System.Threading.Channels;
using Ledger.Api.Hosting;
using Ledger.Domain.Contracts;
using Ledger.Domain.Events;
using Ledger.Domain.Json;
using Ledger.Domain.Time;
using Ledger.EventStore;
using Ledger.EventStore.Appending;
using Ledger.Projections.Contracts;
using Ledger.Projections.Decoding;
using NodaTime;

namespace Ledger.Api.Operations;

/// <summary>A line that was not recorded: its number, its text where it is to go to the rejects, and what is wrong.</summary>
public sealed record RejectedLine(long Line, IReadOnlyList<Fault> Faults, [property: System.Text.Json.Serialization.JsonIgnore] byte[]? Utf8 = null);

/// <summary>
/// What an import came to. <c>firstPosition</c> and <c>lastPosition</c> span what it recorded (with the derived events that
/// followed from its decisions); both are absent where it recorded nothing. <c>errors</c> shows the first rejected lines.
/// </summary>
public sealed record ImportReport(
    long Read, long Recorded, long Duplicates, long Rejected, long? FirstPosition, long? LastPosition, IReadOnlyList<RejectedLine> Errors, bool DryRun);

/// <summary>How an import goes about it.</summary>
/// <param name="Contract">The contract of events that name none; others are refused.</param>
/// <param name="Reject">Takes the bad lines, in which case the good ones are recorded; null for all or nothing.</param>
/// <param name="DryRun">Checks everything and records nothing.</param>
/// <param name="Progress">Is told the lines read so far.</param>
public sealed record ImportOptions(
    string? Contract = null, Func<RejectedLine, Task>? Reject = null, bool DryRun = false, Action<long>? Progress = null);

/// <summary>
/// Imports a file of events as one transaction on the log: facts are validated, decisions checked in order, each against
/// the state that the ones before it leave. Lines are read ahead on another core while a chunk is written; memory is bounded
/// by the chunks, not by the file.
/// </summary>
public sealed class ImportEvents
{
    private const int LinesPerChunk = 5_000;
    private const int MostErrorsShown = 20;
    private static readonly Duration Ahead = Duration.FromMinutes(5);

    private readonly LogTransaction log;
    private readonly ImportOptions options;
    private readonly Dictionary<string, ContractAccount?> accounts = [];
    private readonly List<RejectedLine> errors = [];
    private readonly Instant latest;
    private WorkingDays? calendar;
    private long read;
    private long recorded;
    private long duplicates;
    private long rejected;

    private ImportEvents(LogTransaction log, ImportOptions options)
    {
        this.log = log;
        this.options = options;
        latest = EventMapping.FromMicroseconds(log.RecordedAt) + Ahead;
    }

    private sealed record ParsedLine(EventLine Line, NewEvent? Event, AppendEvent? Append, IReadOnlyList<Fault> Faults);

    /// <summary>Imports a stream; nothing of it is recorded where anything is wrong, unless the options take rejects.</summary>
    public static async Task<ImportReport> RunAsync(LedgerRuntime ledger, Stream stream, ImportOptions options, CancellationToken cancel)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var chunks = System.Threading.Channels.Channel.CreateBounded<ParsedLine[]>(2);
        var parsing = Task.Run(() => ParseAsync(stream, options.Contract, chunks.Writer, stop.Token), cancel);
        try
        {
            // The log is locked only once there is something to record.
            if (!await chunks.Reader.WaitToReadAsync(cancel))
            {
                await parsing;
                return new ImportReport(0, 0, 0, 0, null, null, [], options.DryRun);
            }

            await using var log = await ledger.Log.BeginAsync(cancel);
            var report = await new ImportEvents(log, options).TakeAsync(chunks.Reader, cancel);
            await parsing;
            return report;
        }
        finally
        {
            await stop.CancelAsync();
        }
    }

    private static async Task ParseAsync(Stream stream, string? contract, ChannelWriter<ParsedLine[]> chunks, CancellationToken cancel)
    {
        try
        {
            var lines = new List<EventLine>(LinesPerChunk);
            await foreach (var line in EventLines.ReadAsync(stream, cancel))
            {
                lines.Add(line);
                if (lines.Count == LinesPerChunk)
                {
                    await chunks.WriteAsync(Parse(lines, contract), cancel);
                    lines.Clear();
                }
            }

            if (lines.Count > 0)
            {
                await chunks.WriteAsync(Parse(lines, contract), cancel);
            }

            chunks.Complete();
        }
        catch (Exception e)
        {
            chunks.TryComplete(e);
            throw;
        }
    }

    private static ParsedLine[] Parse(List<EventLine> lines, string? contract) => [.. lines
        .AsParallel().AsOrdered()
        .Select(line =>
        {
            if (line.Utf8 is null)
            {
                return new ParsedLine(line, null, null, [new Fault("$", $"expected an event of at most {EventReader.MaxEventBytes} bytes")]);
            }

            var e = EventReader.Read(line.Utf8, contract, out var faults);
            return new ParsedLine(line, e, e is null ? null : EventMapping.ToAppend(e), faults);
        })];

    private async Task<ImportReport> TakeAsync(ChannelReader<ParsedLine[]> chunks, CancellationToken cancel)
    {
        var first = log.Position + 1;
        await foreach (var lines in chunks.ReadAllAsync(cancel))
        {
            await TakeAsync(lines, cancel);
            options.Progress?.Invoke(read);
        }

        var keep = !options.DryRun && (rejected == 0 || options.Reject is not null);
        if (keep && log.Position >= first)
        {
            await log.CommitAsync(cancel);
        }

        var any = keep && recorded > 0;
        return new ImportReport(
            read, keep || options.DryRun ? recorded : 0, duplicates, rejected, any ? first : null, any ? log.Position : null, errors, options.DryRun);
    }

    private async Task TakeAsync(ParsedLine[] lines, CancellationToken cancel)
    {
        var good = lines.Where(l => l.Append is not null).ToArray();
        var appends = good.Select(l => l.Append!).ToArray();
        var known = await log.RecogniseAsync(appends, cancel);
        await log.LoadStreamsAsync(appends.Select(a => a.Stream).Concat(good.SelectMany(Mentioned)), cancel);

        var chunk = new AppendChunk(log);
        var next = 0;
        foreach (var line in lines)
        {
            read++;
            var faults = line.Append is null
                ? line.Faults
                : await DecideAsync(chunk, line.Event!, line.Append, known[next++], cancel);
            if (faults.Count > 0)
            {
                await RejectAsync(new RejectedLine(line.Line.Number, faults, line.Line.Utf8));
            }
        }

        // Once a file is refused, what is left of it is only checked.
        if (rejected == 0 || options.Reject is not null)
        {
            await log.WriteAsync(chunk.Written, cancel);
        }
    }

    private async Task<IReadOnlyList<Fault>> DecideAsync(AppendChunk chunk, NewEvent e, AppendEvent append, AppendResult? known, CancellationToken cancel)
    {
        switch (chunk.Recognise(append, known))
        {
            case AppendResult.Duplicate:
                duplicates++;
                return [];
            case AppendResult.IdConflict conflict:
                return [new Fault("$.id", $"event {e.Id} of {e.Source} is on record at position {conflict.Position} with another body or source; this one would stand at position {log.Position + 1}: give it an id of its own")];
            case AppendResult.VersionConflict conflict:
                return [new Fault("$.expectedversion", $"stream {append.Stream} is at version {conflict.Actual}, expected {conflict.Expected}")];
        }

        if (e.OccurredAt > latest)
        {
            return [new Fault("$.time", $"{e.OccurredAt} lies more than 5 minutes ahead of the ledger's clock ({latest - Ahead})")];
        }

        var decided = LedgerWideDecisions.Concern(e)
            ? LedgerWideDecisions.Check(calendar ??= await CalendarReader.AtAsync(log.Connection, long.MaxValue, cancel), e)
            : Decisions.Check(await AccountAsync(e.Contract, cancel), e, subject => log.VersionOf(EventMapping.Stream(e.Contract, subject)) > 0);
        if (decided.Refusals.Count > 0)
        {
            return decided.Refusals;
        }

        Record(chunk, e, append);
        foreach (var derived in decided.Derived)
        {
            Record(chunk, derived, EventMapping.ToAppend(derived));
        }

        return [];
    }

    private void Record(AppendChunk chunk, NewEvent e, AppendEvent append)
    {
        chunk.Record(append, out var stored);
        recorded++;
        if (e.Data is CalendarPublished published)
        {
            calendar = CalendarReader.Of(published);
        }
        else if (e.Data is not (CaseEvent or FieldEvent))
        {
            accounts[e.Contract] = ContractAccount.Evolve(accounts.GetValueOrDefault(e.Contract), EventMapping.ToEvent(stored, e.Data));
        }
    }

    private async Task<ContractAccount?> AccountAsync(string contract, CancellationToken cancel)
    {
        if (!accounts.TryGetValue(contract, out var account))
        {
            accounts[contract] = account = await AccountReader.LastAsync(log.Connection, contract, cancel);
        }

        return account;
    }

    private async Task RejectAsync(RejectedLine line)
    {
        rejected++;
        if (errors.Count < MostErrorsShown)
        {
            errors.Add(line);
        }

        if (options.Reject is not null)
        {
            await options.Reject(line);
        }
    }

    /// <summary>The streams that a decision is about besides its own: whether they exist must be known when it is checked.</summary>
    private static IEnumerable<string> Mentioned(ParsedLine line) => line.Event!.Data is SpotCheckConcluded check
        ? check.Sampled.Select(s => EventMapping.Stream(line.Event.Contract, s.Subject))
        : [];
}
