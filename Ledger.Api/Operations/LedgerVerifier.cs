using Ledger.Api.Hosting;
using Ledger.Domain.Errors;
using Ledger.Projections.Accounts;
using Ledger.Projections.Assessments;
using Ledger.Projections.Evidence.Checkpoints;
using Ledger.Projections.Evidence.Verification;
using Ledger.Projections.Payables;
using Ledger.Projections.Personal;
using Ledger.Projections.Rankings;
using Ledger.Projections.Store;
using Npgsql;

namespace Ledger.Api.Operations;

/// <summary>
/// What verifying the whole ledger found. <c>position</c> is the first that is wrong; absent where all is well.
/// <c>checkpoints</c> is how many retained ones the log was compared with: without any, nothing outside the database vouches for it.
/// </summary>
public sealed record LedgerVerification(
    bool Ok,
    long Events,
    long Streams,
    int Assessments,
    int ReadModels,
    long PersonalFields,
    int Checkpoints,
    string Root,
    long? Position,
    string? Problem
);

/// <summary>
/// Verifies the log (events, streams, tiles, indexes, retained checkpoints), then repeats every recorded assessment and
/// compares every read model, and reads every personal field.
/// </summary>
public sealed class LedgerVerifier(NpgsqlDataSource database, LogReader reader, PersonalStore personal, LedgerSettings settings)
{
    /// <summary>
    /// Walks the ledger; the log is read first, since assessments mean nothing over a log that was changed.
    /// <paramref name="copies"/> are checkpoint files that were kept elsewhere.
    /// </summary>
    public async Task<LedgerVerification> VerifyAsync(
        IProgress<(long Done, long Of)>? progress,
        CancellationToken cancel,
        params IReadOnlyList<string> copies
    )
    {
        var retained = Retained(settings.DataDirectory, copies);
        var log = await new LogVerifier(database).VerifyAsync(retained, progress, cancel);
        if (!log.Ok)
        {
            return new LedgerVerification(false, log.Events, log.Streams, 0, 0, 0, retained.Count, log.Root, log.Position, log.Problem);
        }

        var assessments = await new AssessmentVerifier(database, reader).VerifyAsync(log.Events, cancel);
        var (documents, changed) = await new AccountVerifier(database).VerifyAsync(cancel);
        var (payables, altered) = await new StandingVerifier(database).VerifyAsync(cancel);
        changed ??= altered ?? await new CycleVerifier(database).VerifyAsync(cancel);
        var (fields, missing, unread) = await new PersonalVerifier(database, reader, personal).VerifyAsync(log.Events, cancel);
        var problem = assessments.Problem ?? changed ?? unread;
        return new LedgerVerification(
            problem is null,
            log.Events,
            log.Streams,
            assessments.Runs,
            documents + payables,
            fields,
            retained.Count,
            log.Root,
            assessments.Problem is null && changed is null ? missing : assessments.Position,
            problem
        );
    }

    /// <summary>The checkpoint file, the signer's memory where it is on this machine and may be read, and the copies.</summary>
    private static RetainedCheckpoints Retained(string dataDirectory, IReadOnlyList<string> copies)
    {
        var policy = DataFiles.Policy(dataDirectory);
        var signed = Path.Combine(DataFiles.Signer(dataDirectory), Signer.SignedFile);
        var files = new[] { DataFiles.Checkpoints(dataDirectory), signed }.Where(File.Exists).ToList();
        if (files.Count + copies.Count == 0)
        {
            return RetainedCheckpoints.None;
        }

        // A copy that is named has to tell something: an empty or damaged one must not pass for one that agrees.
        var sources = copies
            .Select(c => (c, (IEnumerable<string>)new CheckpointFile(c).NotesOfCopy()))
            .Concat(files.Select(f => (f, new CheckpointFile(f).Read())))
            .ToList();
        try
        {
            return RetainedCheckpoints.Load(Keys(policy), sources);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new LedgerException(ErrorCode.FileUnreadable, $"the retained checkpoints cannot be read: {e.Message}", e);
        }
    }

    private static CheckpointPolicy Keys(string path)
    {
        try
        {
            return CheckpointPolicy.Parse(File.ReadAllText(path));
        }
        catch (Exception e) when (e is FormatException or IOException or UnauthorizedAccessException)
        {
            throw new LedgerException(
                ErrorCode.FileUnreadable,
                $"the keys that checkpoints are checked by, {path}, cannot be read: {e.Message}; put back a copy",
                e
            );
        }
    }
}
