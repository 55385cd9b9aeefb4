using System.Text.Json.Serialization;
using JasperFx;
using Ledger.Domain.Contracts;
using Ledger.Domain.Decisions;
using Ledger.Domain.Events;
using Ledger.Domain.Json;
using Ledger.Domain.Terms;
using Ledger.Projections.Store;
using Marten;
using NodaTime;
using Wolverine.Marten;

namespace Ledger.Api.Operations;

/// <summary>
/// What registering one contract came to: <c>recorded</c> is false where it was registered before, or refused;
/// <c>position</c> is where the registration stands, absent where it was refused.
/// </summary>
public sealed record Registration(
    string Contract,
    string? Title,
    IReadOnlyList<RegistrationFinding> Findings,
    IReadOnlyList<Fault> Faults,
    [property: JsonIgnore] Receipt Receipt
)
{
    /// <summary>Whether it was recorded now.</summary>
    public bool Recorded => Receipt.Recorded;

    /// <summary>Where it stands in the log.</summary>
    public long? Position => Receipt.Position;
}

/// <summary>The terms that a contract was registered with (null where it was not), and the ledger's time.</summary>
public sealed record RegistrationState(ContractTerms? Registered, Instant Now);

/// <summary><see cref="RegisterContract"/>.</summary>
public static class RegisterContractHandler
{
    /// <summary>Reads what the account does not tell: amendments change its terms.</summary>
    public static async Task<RegistrationState> LoadAsync(
        RegisterContract command,
        IDocumentSession session,
        LedgerTime time,
        CancellationToken cancel
    )
    {
        var first = await session.Events.FetchStreamAsync(command.Contract, version: 1, token: cancel);
        return new RegistrationState(
            first is [{ Data: ContractRegistered registered }, ..] ? TermsReader.Recorded(registered) : null,
            await time.NowAsync(cancel)
        );
    }

    /// <summary>Decides.</summary>
    public static (Events, Registration) Handle(
        RegisterContract command,
        [WriteAggregate(nameof(RegisterContract.Contract), Required = false)] ContractAccount? account,
        RegistrationState state
    )
    {
        // Somebody registered it after its first event was looked for and before its account was read: that is decided anew.
        if (account is not null && state.Registered is null)
        {
            throw new ConcurrencyException(typeof(ContractAccount), command.Contract);
        }

        var decided = Decider.Decide(command, account, state.Registered, state.Now);
        var (events, receipt) = Receipt.Of(decided, decided.Refusals.Count > 0 ? null : account?.RegisteredAt);
        return (
            events,
            new Registration(command.Contract, command.Terms.Title, [.. command.Terms.RegistrationFindings()], decided.Refusals, receipt)
        );
    }
}
