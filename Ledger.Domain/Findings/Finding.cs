using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;
using Ledger.Domain.Json;
using Ledger.Domain.Vocabulary;
using NodaTime;

namespace Ledger.Domain.Findings;

/// <summary>
/// A derived, explained observation. It costs nothing until an officer or a clause makes a deduction of it.
/// </summary>
/// <param name="Kind">What it is about.</param>
/// <param name="Rule">The rule's name, or the clause.</param>
/// <param name="Subject">The stream, deduction, right or duty that it is about.</param>
/// <param name="ArisenAt">The moment from which it holds.</param>
/// <param name="State">How far it was looked into.</param>
/// <param name="Certainty">Whether it is so or deserves a look.</param>
/// <param name="Evidence">The ids of the events that it rests on.</param>
/// <param name="Detail">The values that explain it, by name.</param>
public sealed record Finding(
    FindingKind Kind,
    string Rule,
    string Subject,
    Instant ArisenAt,
    FindingState State,
    Certainty Certainty,
    IReadOnlyList<string> Evidence,
    IReadOnlyDictionary<string, string> Detail
)
{
    /// <summary>
    /// What names it for ever: the rule and sixteen hexadecimal digits that its kind, rule, subject and <see cref="Key"/> give. Its
    /// facts may change, its id does not; its reviews stand in the stream <c>finding/{id}</c>.
    /// </summary>
    [JsonPropertyOrder(-1)]
    public string Id => GivenId ?? $"{Rule}-{Digest($"{Words<FindingKind>.Of(Kind)}\n{Rule}\n{Subject}\n{Key}")[..16]}";

    /// <summary>
    /// The code of who made the record that it is about (the latest of them), or who stopped the clock too late; null where nobody did.
    /// </summary>
    public string? Actor { get; init; }

    /// <summary>How it was looked into; null where nobody took it up.</summary>
    public FindingReview? Review { get; init; }

    /// <summary>The id by which a review knows a finding that its facts no longer show.</summary>
    [JsonIgnore]
    internal string? GivenId { get; init; }

    /// <summary>Tells findings of one rule and subject apart.</summary>
    [JsonIgnore]
    public string Key { get; init; } = "";

    /// <summary>A certain finding that nobody took up.</summary>
    public static Finding Of(
        FindingKind kind,
        string rule,
        string subject,
        Instant arisenAt,
        IReadOnlyList<string> evidence,
        params ReadOnlySpan<(string Name, string Value)> detail
    )
    {
        var values = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in detail)
        {
            values.Add(name, value);
        }

        return new Finding(kind, rule, subject, arisenAt, FindingState.Open, Certainty.Certain, evidence, values);
    }

    /// <summary>The same where times were recorded with too little precision to say that it is so.</summary>
    public Finding AsUndecidable() =>
        this with
        {
            Certainty = Certainty.Undecidable,
            Detail = new SortedDictionary<string, string>(Detail.ToDictionary(), StringComparer.Ordinal)
            {
                ["why"] = "undecidable by the record's precision",
            },
        };

    private static string Digest(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
