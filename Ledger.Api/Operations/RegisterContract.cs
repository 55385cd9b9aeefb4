using Ledger.Api.Hosting;
using Ledger.Domain.Contracts;
using Ledger.Domain.Events;
using Ledger.Domain.Json;
using Ledger.Domain.Terms;
using Ledger.Projections.Store;

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

        return await Retry.OnConflictAsync(() => RegisterAsync(ledger, terms, source, cancel));
    }

    private static async Task<Registration> RegisterAsync(LedgerRuntime ledger, ContractTerms terms, string source, CancellationToken cancel)
    {
        await using var session = ledger.Store.LightweightSession(terms.Id);
        var stream = await session.Events.FetchForWriting<ContractAccount>(terms.Id, cancel);
        if (stream.Aggregate is { } account)
        {
            var registered = ((await session.Events.FetchStreamAsync(terms.Id, version: 1, token: cancel))[0].Data as ContractRegistered)?.Terms;
            if (registered is not null && LedgerJson.Write(registered).AsSpan().SequenceEqual(LedgerJson.Write(terms)))
            {
                return new Registration(terms.Id, terms.Title, false, account.RegisteredAt, [.. terms.RegistrationFindings()], []);
            }

            var other = $"{terms.Id} is registered already with other terms, at position {account.RegisteredAt}: amend the contract instead";
            return new Registration(terms.Id, terms.Title, false, null, [], [new Fault("$.id", other)]);
        }

        var registration = new NewEvent(
            terms.Id, "contract", $"register:{terms.Id}", source, await ledger.NowAsync(cancel), "principal", new ContractRegistered(terms));
        var e = session.Record(registration, stream.CurrentVersion ?? 0);
        await session.SaveNewAsync(cancel);
        return new Registration(terms.Id, terms.Title, true, e.Sequence, [.. terms.RegistrationFindings()], []);
    }
}
