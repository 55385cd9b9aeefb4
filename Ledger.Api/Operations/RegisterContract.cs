using Ledger.Api.Hosting;
using Ledger.Domain.Contracts;
using Ledger.Domain.Events;
using Ledger.Domain.Json;
using Ledger.Domain.Terms;
using Ledger.Projections.Decoding;

namespace Ledger.Api.Operations;

/// <summary>What registering one contract came to.</summary>
public sealed record Registration(
    string Contract, string? Title, bool Recorded, long? Position, IReadOnlyList<RegistrationFinding> Findings, IReadOnlyList<Fault> Faults);

/// <summary>Registers a contract's terms. The same terms again are one registration; other terms under its id are refused.</summary>
public static class RegisterContract
{
    /// <summary>Registers the terms in a file's bytes; nothing is recorded where there are faults.</summary>
    public static async Task<Registration> RunAsync(LedgerRuntime ledger, byte[] utf8, string name, string source, CancellationToken cancel)
    {
        if (TermsReader.Read(utf8, out var faults) is not { } terms)
        {
            return new Registration(name, null, false, null, [], faults);
        }

        await using var transaction = await ledger.Log.BeginAsync(cancel);
        var e = new NewEvent(
            terms.Id, "contract", $"register:{terms.Id}", source, EventMapping.FromMicroseconds(transaction.RecordedAt), "principal", new ContractRegistered(terms));
        var account = await Projections.Contracts.AccountReader.LastAsync(transaction.Connection, terms.Id, cancel);
        if (account is not null)
        {
            var registered = await RegisteredAsync(ledger, account, cancel);
            return registered is not null && LedgerJson.Write(registered).AsSpan().SequenceEqual(LedgerJson.Write(terms))
                ? new Registration(terms.Id, terms.Title, false, account.RegisteredAt, [.. terms.RegistrationFindings()], [])
                : new Registration(terms.Id, terms.Title, false, null, [], [new Fault("$.id", $"{terms.Id} is registered already with other terms, at position {account.RegisteredAt}; the new ones would stand at {transaction.Position + 1}: amend the contract instead")]);
        }

        var receipt = (await transaction.RecordNewAsync([EventMapping.ToAppend(e)], cancel))[0];
        await transaction.CommitAsync(cancel);
        return new Registration(terms.Id, terms.Title, true, receipt.Position, [.. terms.RegistrationFindings()], []);
    }

    private static async Task<ContractTerms?> RegisteredAsync(LedgerRuntime ledger, ContractAccount account, CancellationToken cancel)
    {
        await foreach (var e in ledger.Log.Reader.ReadAsync(account.RegisteredAt - 1, account.RegisteredAt, cancel: cancel))
        {
            return (EventMapping.ToEvent(e.Event).Data as ContractRegistered)?.Terms;
        }

        return null;
    }
}
