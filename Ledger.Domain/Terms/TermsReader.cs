using System.Runtime.InteropServices;
using System.Text.Json;
using Ledger.Domain.Events;
using Ledger.Domain.Json;

namespace Ledger.Domain.Terms;

/// <summary>Reads terms strictly.</summary>
public static class TermsReader
{
    /// <summary>The terms in a file's bytes; null, with every fault and its JSON path, when they are not to be registered.</summary>
    public static ContractTerms? Read(ReadOnlySpan<byte> utf8, out IReadOnlyList<Fault> faults) =>
        Checked(StrictJson.ReadFile<ContractTerms>(utf8, TermsSchema.Title, out faults), "$", ref faults);

    /// <summary>The terms in a registration; null, with every fault and its JSON path in the event, when they are not to be.</summary>
    public static ContractTerms? Read(ContractRegistered registered, out IReadOnlyList<Fault> faults)
    {
        const string path = "$.data.terms";
        return Checked(StrictJson.Read<ContractTerms>(JsonMarshal.GetRawUtf8Value(registered.Terms), path, out faults), path, ref faults);
    }

    /// <summary>The terms in a registration that is on record, where they were read when it was decided.</summary>
    public static ContractTerms Recorded(ContractRegistered registered) => registered.Terms.Deserialize<ContractTerms>(LedgerJson.Options)!;

    private static ContractTerms? Checked(ContractTerms? terms, string path, ref IReadOnlyList<Fault> faults)
    {
        if (terms is not null)
        {
            faults = [.. terms.Faults().Select(f => f with { Path = path + f.Path })];
        }

        return faults.Count == 0 ? terms : null;
    }
}
