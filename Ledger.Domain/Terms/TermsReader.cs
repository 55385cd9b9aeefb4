using Ledger.Domain.Json;

namespace Ledger.Domain.Terms;

/// <summary>Reads a terms file strictly.</summary>
public static class TermsReader
{
    /// <summary>The terms in a file's bytes; null, with every fault and its JSON path, when they are not to be registered.</summary>
    public static ContractTerms? Read(ReadOnlySpan<byte> utf8, out IReadOnlyList<Fault> faults)
    {
        if (Reading.ReadFile<ContractTerms>(utf8, TermsSchema.Title, out faults) is not { } terms)
        {
            return null;
        }

        faults = [.. terms.Faults().Select(f => f with { Path = "$" + f.Path })];
        return faults.Count == 0 ? terms : null;
    }
}
