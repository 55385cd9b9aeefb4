using Ledger.Domain.Contracts;
using Ledger.Domain.Events;
using Ledger.Domain.Facts;

namespace Ledger.Projections.Store;

/// <summary>As what Marten keeps a stream, by which its projections find it: an account, a case, or nothing in particular (null).</summary>
public static class StreamTypes
{
    /// <summary>The type that is folded from a contract's stream of that key.</summary>
    public static Type? Of(string contract, string key) =>
        key == contract && contract != LedgerSource.Contract ? typeof(ContractAccount)
        : key.StartsWith(EventStreams.Cases, StringComparison.Ordinal) ? typeof(CaseFacts)
        : null;

    /// <summary>What stands for it in Marten's row of the stream.</summary>
    public static string? AliasOf(string contract, string key) =>
        Of(contract, key) switch
        {
            null => null,
            var type => type == typeof(CaseFacts) ? LedgerStore.CaseAlias : LedgerStore.AccountAlias,
        };
}
