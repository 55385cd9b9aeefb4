namespace Ledger.Api.Pages.Frame;

/// <summary>One filter of a list: the name of its value in the address, and what may be chosen.</summary>
/// <param name="Name">The query's name: the same on every list.</param>
/// <param name="Label">What it is called.</param>
/// <param name="Choices">The values with their words; null where any text may be sought.</param>
/// <param name="Hint">What a text is compared with.</param>
public sealed record Filter(string Name, string Label, IReadOnlyList<(string Value, string Word)>? Choices = null, string? Hint = null)
{
    /// <summary>The word of a value.</summary>
    public string WordOf(string value) => Choices?.FirstOrDefault(c => c.Value == value) is { Word: { } word } ? word : value;
}
