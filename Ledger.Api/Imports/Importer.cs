using System.Text.Json;
using Ledger.Domain.Json;
using Ledger.Domain.Statements;
using Ledger.Projections.Personal;
using Ledger.Projections.Store;
using NodaTime;
using Npgsql;

namespace Ledger.Api.Imports;

/// <summary>A line that was not recorded: its number, its text where it is to go to the rejects, and what is wrong.</summary>
public sealed record RejectedLine(
    long Line,
    IReadOnlyList<Fault> Faults,
    [property: System.Text.Json.Serialization.JsonIgnore] byte[]? Utf8 = null
);

/// <summary>
/// What an import came to. <c>duplicates</c> were on record before; <c>repeated</c> ones, absent where there are none, come twice in the
/// file itself. <c>firstPosition</c> and <c>lastPosition</c> span what it recorded (with the derived events that followed from its
/// decisions); both are absent where it recorded nothing. <c>errors</c> shows the first rejected lines, one of those whose contract is
/// unknown, and <c>sample</c> the events of the first lines of a dry run. <c>leftOut</c> counts what of the file was not read: rows,
/// attributes, events that a row does not yield. <c>changed</c> counts by type the new events of cases and other subjects that had one of
/// that type before, of a mapping whose ids hold <c>{digest}</c>. <c>outsideTerm</c>, absent where there are none, counts the facts that
/// occurred on no day of their contract's term. <c>undecided</c>, absent where there is none, tells of each statement that the file issues
/// which deductions nobody decided before. <c>personal</c>, absent where there are none, names the columns with personal data, which were
/// stored apart or left out. <c>outdated</c>, absent where there are none, counts by type the rows that say again what a later row said
/// otherwise: they are on record, and the later one stays the last.
/// </summary>
public sealed record ImportReport(
    long Read,
    long Recorded,
    long Duplicates,
    long Rejected,
    long? FirstPosition,
    long? LastPosition,
    IReadOnlyList<RejectedLine> Errors,
    bool DryRun,
    IReadOnlyList<JsonElement>? Sample = null,
    IReadOnlyDictionary<string, long>? LeftOut = null,
    long? Repeated = null,
    IReadOnlyDictionary<string, long>? Changed = null,
    long? OutsideTerm = null,
    IReadOnlyList<UndecidedDeductions>? Undecided = null,
    IReadOnlyList<string>? Personal = null,
    IReadOnlyDictionary<string, long>? Outdated = null
);

/// <summary>How an import goes about it.</summary>
/// <param name="Reject">Takes the bad lines, in which case the good ones are recorded; null for all or nothing.</param>
/// <param name="DryRun">Checks everything and records nothing.</param>
/// <param name="Progress">Is told the lines read so far.</param>
public sealed record ImportOptions(Func<RejectedLine, Task>? Reject = null, bool DryRun = false, Action<long>? Progress = null);

/// <summary>
/// Imports a file of events as one transaction on the log. It is first taken as if all of it were new and right, which the log's
/// own keys hold it to; at the first doubt it is taken again from its start, and every event is looked up before it is decided.
/// </summary>
public sealed class Importer(NpgsqlDataSource database, IClock clock, PersonalStore personal)
{
    /// <summary>Imports a file; nothing of it is recorded where anything is wrong, unless the options take rejects.</summary>
    public async Task<ImportReport> ImportAsync(EventFile file, ImportOptions options, CancellationToken cancel) =>
        (options is { DryRun: false, Reject: null } ? await TakeAsync(file, options, trusting: true, cancel) : null)
        ?? (await TakeAsync(file, options, trusting: false, cancel))!;

    /// <summary>Takes the file once; null, and nothing recorded, where it was trusted and there is a doubt.</summary>
    private async Task<ImportReport?> TakeAsync(EventFile file, ImportOptions options, bool trusting, CancellationToken cancel)
    {
        await using var lines = new LineReader(file, cancel);

        // The log is locked only once there is something to record.
        if (!await lines.Chunks.WaitToReadAsync(cancel))
        {
            return new ImportReport(0, 0, 0, 0, null, null, [], options.DryRun, LeftOut: LeftOut(file));
        }

        await using var log = await LogTransaction.BeginAsync(database, clock, cancel);
        return await new ImportRun(log, personal, file.Refreshed, options, trusting).TakeAsync(lines.Chunks, cancel) is { } report
            ? report with
            {
                LeftOut = LeftOut(file),
                Personal = file.Personal is { Count: > 0 } some ? some : null,
            }
            : null;
    }

    private static IReadOnlyDictionary<string, long>? LeftOut(EventFile file) => file.LeftOut is { Count: > 0 } some ? some : null;
}
