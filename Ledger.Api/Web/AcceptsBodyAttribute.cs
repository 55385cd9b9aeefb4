namespace Ledger.Api.Web;

/// <summary>What the body of a request says whose endpoint reads it by itself; for the OpenAPI document.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class AcceptsBodyAttribute(Type type) : Attribute
{
    /// <summary>The type of the document.</summary>
    public Type Type { get; } = type;

    /// <summary>Whether something new is recorded (201), and may clash with what is on record.</summary>
    public bool Creates { get; init; }
}
