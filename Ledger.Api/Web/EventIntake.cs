using Ledger.Api.Identities;
using Ledger.Api.Imports;
using Ledger.Domain.Decisions;
using Ledger.Domain.Errors;
using Ledger.Domain.Events;
using Ledger.Domain.Json;
using Ledger.Projections.Store;
using NodaTime;

namespace Ledger.Api.Web;

/// <summary>
/// Takes events that are sent over HTTP. A single fact goes to the one writer that collects what many send; a decision is taken as any
/// other; several events are one import, all or nothing.
/// </summary>
public sealed class EventIntake(
    FactWriter facts,
    Importer importer,
    LedgerTime time,
    DecisionRecorder decisions,
    KnownContracts contracts,
    IClock clock
)
{
    /// <summary>The most bytes of a batch.</summary>
    public const long MostBytes = 256 * 1024 * 1024;

    /// <summary>Records one event, or a batch of them; or tries the batch.</summary>
    public async Task<ImportReport> TakeAsync(HttpContext context)
    {
        var (user, cancel) = (new SignedInUser(context.User), context.RequestAborted);
        var isDryRun = context.Request.Query.Truth("dryRun");

        // In memory while it is small, beyond that in a file that goes with the request: an import may read it twice.
        context.Request.EnableBuffering(EventReader.MaxEventBytes, MostBytes);
        var body = context.Request.Body;
        var first = new List<EventLine>();
        await foreach (var line in EventLines.ReadAsync(body, cancel).Take(2).WithCancellation(cancel))
        {
            first.Add(line);
        }

        if (first.Count == 0)
        {
            throw new LedgerException(ErrorCode.BadRequest, "expected an event, a batch of them, or one a line");
        }

        if (first is [{ Utf8: { } alone }] && !isDryRun && await TakeOneAsync(alone, user, cancel) is { } taken)
        {
            return taken;
        }

        body.Position = 0;
        var file = EventFile.OfEvents(body, null).Restricted(e => Unauthorised(e, user));
        return await importer.ImportAsync(file, new ImportOptions(DryRun: isDryRun), cancel);
    }

    /// <summary>
    /// Why somebody may not send an event; null where they may. Facts are told as they were reported; a decision is its sender's own.
    /// </summary>
    private static Fault? Unauthorised(NewEvent e, SignedInUser user) =>
        !user.Sees(e.Contract) ? Decider.UnknownContract(e.Contract)
        : !user.Has(e.Type.By) ? new Fault("$.type", $"{e.Type.Alias} is for {string.Join(" or ", e.Type.By.Select(Words<Role>.Of))}")
        : e.Type.Class == EventClass.Decision && e.Actor != user.Code
            ? new Fault("$.actor", $"expected \"{user.Code}\", who sends it, got \"{e.Actor}\": nobody decides for another")
        : null;

    /// <summary>Records one event the short way; null where it takes the long one: with personal data, or about the ledger.</summary>
    private async Task<ImportReport?> TakeOneAsync(byte[] utf8, SignedInUser user, CancellationToken cancel)
    {
        if (EventReader.Read(utf8, null, out var faults) is not { } e)
        {
            throw RequestBody.Refused(utf8, faults);
        }

        if (e.Personal is not null || e.Contract == LedgerSource.Contract || e.Type.Class == EventClass.Derived)
        {
            return null;
        }

        var (error, refusals, position, isNew) =
            Unauthorised(e, user) is { } wrong
                ? (wrong.Path == "$.contract" ? ErrorCode.ContractUnknown : ErrorCode.NotPermitted, [wrong], null, false)
            : e.Type.Class == EventClass.Decision ? await DecideAsync(e, cancel)
            : await RecordAsync(e, cancel);
        return error is { } code ? throw new RequestException(code, refusals)
            : isNew ? new ImportReport(1, 1, 0, 0, position, position, [], false)
            : new ImportReport(1, 0, 1, 0, null, null, [], false);
    }

    private async Task<(ErrorCode?, IReadOnlyList<Fault>, long?, bool)> DecideAsync(NewEvent e, CancellationToken cancel)
    {
        var outcome = await decisions.SendAsync(e, timeIsSaid: true, cancel);
        return (outcome.Error, outcome.Refusals, outcome.Receipt.Position, outcome.Receipt.Recorded);
    }

    private async Task<(ErrorCode?, IReadOnlyList<Fault>, long?, bool)> RecordAsync(NewEvent e, CancellationToken cancel)
    {
        if (!await contracts.HasAsync(e.Contract, cancel))
        {
            return (ErrorCode.ContractUnknown, [Decider.UnknownContract(e.Contract)], null, false);
        }

        // The log's end is asked only where the clock alone has a doubt.
        if (Decider.AheadOf(e, clock.GetCurrentInstant()) is not null && Decider.AheadOf(e, await time.NowAsync(cancel)) is { } ahead)
        {
            return (ErrorCode.Invalid, [ahead], null, false);
        }

        var result = await facts.RecordAsync(e, cancel);
        return result switch
        {
            AppendResult.Recorded recorded => (null, [], recorded.Position, true),
            AppendResult.Duplicate duplicate => (null, [], duplicate.Position, false),
            AppendResult.VersionConflict => (ErrorCode.VersionConflict, [result.RefusalOf(e)!], null, false),
            _ => (ErrorCode.IdConflict, [result.RefusalOf(e)!], null, false),
        };
    }
}
