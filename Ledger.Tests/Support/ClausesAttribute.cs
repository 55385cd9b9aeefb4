namespace Ledger.Tests.Support;

/// <summary>Names the clauses of one contract that a specification is about: docs/clauses.md lists it beside each.</summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class ClausesAttribute(string contract, params string[] numbers) : Attribute
{
    public string Contract { get; } = contract;

    public IReadOnlyList<string> Numbers { get; } = numbers;
}
