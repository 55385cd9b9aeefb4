using System.Diagnostics;
using System.Security.Cryptography;
using Ledger.Domain.Contracts;
using Ledger.Domain.Json;
using Ledger.Domain.Statements;
using Ledger.Projections.Accounts;
using Ledger.Projections.Evidence;
using Ledger.Projections.Store;
using Npgsql;

namespace Ledger.Projections.Statements;

/// <summary>What folding a contract from its first event again came to, beside what was shown.</summary>
/// <param name="Events">How many events were read.</param>
/// <param name="Milliseconds">How long it took.</param>
/// <param name="Periods">How many statements it made.</param>
/// <param name="Replayed">SHA-256 over the canonical JSON (RFC 8785) of its statements, without their moment.</param>
/// <param name="Kept">The same of the statements that were shown.</param>
public sealed record ReplayOutcome(long Events, long Milliseconds, int Periods, string Replayed, string Kept)
{
    /// <summary>Whether they are the same.</summary>
    public bool IsSame => Replayed == Kept;
}

/// <summary>Replays contracts from nothing: no snapshot, no read model, nothing that was kept.</summary>
public sealed class ReplayReader(NpgsqlDataSource database)
{
    /// <summary>Replays a contract up to a position, and compares its statements with some that were shown for it.</summary>
    public async Task<ReplayOutcome> RunAsync(ContractStatements shown, long position, CancellationToken cancel)
    {
        var watch = Stopwatch.StartNew();
        await using var connection = await database.OpenConnectionAsync(cancel);
        var (contract, events) = (shown.Account.Id, 0L);
        ContractAccount? account = null;
        await foreach (var stored in LogQueries.ReadStreamAsync(connection, contract, contract, position, cancel))
        {
            account = AccountReader.Evolve(account, stored);
            events++;
        }

        var calendar = await CalendarReader.AtAsync(connection, position, cancel);
        var statements = StatementBuilder.BuildAll((account ?? throw AccountReader.Unknown(contract)) with { Calendar = calendar });
        return new ReplayOutcome(events, watch.ElapsedMilliseconds, statements.Count, DigestOf(statements), DigestOf(shown.Statements));
    }

    private static string DigestOf(IEnumerable<PeriodStatement> statements)
    {
        var bare = statements.Select(s => s with { AsOf = null, Checkpoint = null }).ToList();
        return Convert.ToHexStringLower(SHA256.HashData(CanonicalJson.Of(LedgerJson.Write(bare))));
    }
}
