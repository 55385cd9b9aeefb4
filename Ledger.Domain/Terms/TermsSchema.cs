using Ledger.Domain.Json;

namespace Ledger.Domain.Terms;

/// <summary>The published JSON Schema (draft 2020-12) of a terms file, made from the types that read it.</summary>
public static class TermsSchema
{
    /// <summary>The schema's own title.</summary>
    public const string Title = "Terms of a service contract";

    /// <summary>The schema as text.</summary>
    public static string Generate() => SchemaFile.Generate(typeof(ContractTerms), Title);
}
