using System.Collections.Immutable;
using Ledger.Api.Identities;
using Ledger.Api.Web;
using Ledger.Domain.Contracts;
using Ledger.Domain.Events;
using Ledger.Projections.Accounts;
using Wolverine.Http;

namespace Ledger.Api.Endpoints;

/// <summary>The register of actors: who acts for which side of a contract.</summary>
public static class ActorEndpoints
{
    /// <summary>Who stands in the register, by code; empty where the contract has none.</summary>
    [ForEveryone]
    [WolverineGet("/api/contracts/{contract}/actors")]
    public static async Task<IReadOnlyDictionary<string, RegisteredActor>> List(
        string contract,
        Moment moment,
        AccountReader accounts,
        CancellationToken cancel
    ) =>
        (await accounts.AtAsync(contract, moment.Position, cancel)).Account.Actors
        ?? ImmutableSortedDictionary<string, RegisteredActor>.Empty;

    /// <summary>Registers an actor, or says anew what it may do.</summary>
    [WolverinePost("/api/contracts/{contract}/actors/{actor}")]
    public static Task<DecisionAnswer> Register(string actor, Decision<ActorRegistered> decision) => decision.OnAsync("actor", actor);

    /// <summary>Withdraws an actor: it acts no more from today on.</summary>
    [WolverinePost("/api/contracts/{contract}/actors/{actor}/withdrawal")]
    public static Task<DecisionAnswer> Withdraw(string actor, Decision<ActorWithdrawn> decision) => decision.OnAsync("actor", actor);
}
