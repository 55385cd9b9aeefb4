using System.Text.Json;
using Ledger.Domain.Contracts;
using Ledger.Domain.Events;
using Ledger.Domain.Json;
using Ledger.Projections.Store;
using Npgsql;

namespace Ledger.Projections.Accounts;

/// <summary>
/// An account and the last event that is folded into it: from there on a later account is made of nothing but the events that follow.
/// </summary>
/// <param name="Account">The account; null where its stream has no event, and of the ledger's own stream.</param>
/// <param name="Version">The version of the stream's last event; 0 where it has none.</param>
/// <param name="Last">That event; null where only a snapshot tells of it.</param>
internal sealed record FoldedAccount(ContractAccount? Account, long Version, Guid? Last)
{
    /// <summary>Nothing of a stream.</summary>
    public static readonly FoldedAccount None = new(null, 0, null);

    private const string Snapshots = $"{LedgerStore.Schema}.mt_doc_{LedgerStore.AccountAlias} where tenant_id = $1 and id = $1";

    private const string Snapshot = $"select data, mt_version from {Snapshots}";

    private const string From = $"""
        select {StoredEvent.Columns} from {LedgerStore.Schema}.mt_events e
        where e.tenant_id = $1 and e.stream_id = $1 and e.version >=
        """;

    private const string FromSnapshot = $"{From} coalesce((select mt_version from {Snapshots}), 0) order by e.version";

    private const string FromKnown = $"{From} $2 order by e.version";

    /// <summary>Asks for the account of a contract, from what is known of it or from its snapshot, among other questions.</summary>
    public static void Ask(NpgsqlBatch batch, string contract, FoldedAccount? known)
    {
        if (known is null)
        {
            batch.BatchCommands.Add(new(Snapshot) { Parameters = { new() { Value = contract } } });
            batch.BatchCommands.Add(new(FromSnapshot) { Parameters = { new() { Value = contract } } });
            return;
        }

        batch.BatchCommands.Add(
            new(FromKnown)
            {
                Parameters =
                {
                    new() { Value = contract },
                    new() { Value = known.Version },
                },
            }
        );
    }

    /// <summary>
    /// The account, by the answers to <see cref="Ask"/>. Null where it cannot rest on what it was to rest on: another program wrote the
    /// snapshot, or the log is not the one of which something is known. Then the stream is what is right.
    /// </summary>
    public static async Task<FoldedAccount?> ReadAsync(
        NpgsqlDataReader reader,
        string contract,
        FoldedAccount? known,
        CancellationToken cancel
    )
    {
        var (account, version, last) = known ?? None;
        if (known is null)
        {
            try
            {
                if (await reader.ReadAsync(cancel))
                {
                    account = JsonSerializer.Deserialize<ContractAccount>(
                        await reader.GetFieldValueAsync<byte[]>(0, cancel),
                        LedgerJson.Options
                    );
                    version = reader.GetInt64(1);
                }
            }
            catch (JsonException)
            {
                return null;
            }

            await reader.NextResultAsync(cancel);
        }

        var meets = last is null;
        while (contract != LedgerSource.Contract && await reader.ReadAsync(cancel))
        {
            var stored = StoredEvent.Of(reader);
            if (stored.Version > version)
            {
                account = AccountReader.Evolve(account, stored);
            }
            else if (last is not null)
            {
                meets = stored.Uuid == last;
            }

            (version, last) = (stored.Version, stored.Uuid);
        }

        return meets ? new FoldedAccount(account, version, last) : null;
    }
}
