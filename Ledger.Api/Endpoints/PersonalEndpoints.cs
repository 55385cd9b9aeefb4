using Ledger.Api.Identities;
using Ledger.Api.Operations;
using Ledger.Api.Web;
using Ledger.Domain.Events;
using Wolverine;
using Wolverine.Http;

namespace Ledger.Api.Endpoints;

/// <summary>Personal data, which stands apart from the log: read with a reason and on record, erased for good.</summary>
public static class PersonalEndpoints
{
    /// <summary>Shows who called about a case, once it is on record who reads it and why.</summary>
    [For(Role.Investigator)]
    [WolverinePost("/api/contracts/{contract}/cases/{number}/disclosures")]
    public static Task<Disclosure> Disclose(string contract, string number, Body<ReasonRequest> body, Sender sender) =>
        sender.SendAsync<Disclosure>(actor => new DisclosePersonalData(
            contract,
            EventStreams.Cases + RequestValues.Segment(number),
            actor,
            body.Value.Reason
        ));

    /// <summary>Erases a person's data for good.</summary>
    [For(Role.Administrator)]
    [WolverinePost("/api/persons/{person}/erasure")]
    public static async Task<Erasure> Erase(
        string person,
        Body<ReasonRequest> body,
        Sender sender,
        IMessageBus bus,
        CancellationToken cancel
    )
    {
        var erased = await sender.SendAsync<Erasure>(actor => new ErasePersonalData(person, actor, body.Value.Reason));
        await bus.InvokeForTenantAsync(LedgerSource.Contract, new DestroyPersonalKey(erased.Person), cancel);
        return erased;
    }
}
