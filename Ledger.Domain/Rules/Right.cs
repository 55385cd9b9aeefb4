using System.Text.Json.Serialization;
using Ledger.Domain.Vocabulary;
using NodaTime;

namespace Ledger.Domain.Rules;

/// <summary>A right that a clause grants and a decision exercises.</summary>
/// <param name="Id">Deterministic: <c>{clause}-{suffix}:{key}</c>.</param>
/// <param name="Clause">The clause.</param>
/// <param name="Kind">To suspend or to terminate.</param>
/// <param name="ArisenOn">The date on which it arose, or would arise.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Evidence">The ids of the events or deductions that it rests on.</param>
/// <param name="Period">The payment period on whose statement it stands.</param>
public sealed record Right(
    string Id,
    string Clause,
    [property: JsonPropertyName("right")] RightKind Kind,
    LocalDate ArisenOn,
    RightState State,
    IReadOnlyList<string> Evidence,
    [property: JsonIgnore] int Period = 0
);
