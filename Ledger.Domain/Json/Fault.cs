namespace Ledger.Domain.Json;

/// <summary>One thing wrong with a document: where (JSON path, <c>$</c> is the document), and what was expected instead.</summary>
public sealed record Fault(string Path, string Problem)
{
    /// <summary>The same without the value that was given: for personal data, which no message repeats.</summary>
    public Fault WithoutValue() =>
        Problem.IndexOf(", got ", StringComparison.Ordinal) is var at and >= 0 ? this with { Problem = Problem[..at] } : this;

    /// <inheritdoc/>
    public override string ToString() => $"{Path}: {Problem}";
}
