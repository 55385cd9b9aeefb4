namespace Ledger.Domain.Json;

/// <summary>One thing wrong with a document: where (JSON path, <c>$</c> is the document), and what was expected instead.</summary>
public sealed record Fault(string Path, string Problem)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Path}: {Problem}";
}
