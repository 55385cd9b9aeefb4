using System.Text.RegularExpressions;

namespace Ledger.Api.Mapping;

/// <summary>A text with columns in braces.</summary>
internal sealed partial record Template(string Text, IReadOnlyList<(string Literal, string? Column)> Parts)
{
    public const string Digest = "digest";

    /// <summary>Whether it holds the digest of its event: <c>{digest}</c> in an id.</summary>
    public bool HasDigest { get; private init; }

    public IEnumerable<string> Columns => Parts.Select(p => p.Column).OfType<string>().Where(c => !(HasDigest && c == Digest));

    public static Template OfId(string text) =>
        Parse(text) is var id && id.Parts.Any(p => p.Column == Digest) ? id with { HasDigest = true } : id;

    /// <summary>Whether each brace of a text belongs to a column.</summary>
    public static bool IsWhole(string text) => Parse(text).Parts.All(p => !p.Literal.AsSpan().ContainsAny('{', '}'));

    public static Template Parse(string text)
    {
        var parts = new List<(string, string?)>();
        var last = 0;
        foreach (var match in Braces().EnumerateMatches(text))
        {
            parts.Add((text[last..match.Index], text.Substring(match.Index + 1, match.Length - 2)));
            last = match.Index + match.Length;
        }

        parts.Add((text[last..], null));
        return new Template(text, parts);
    }

    public string Fill(Func<string, string> value) =>
        Parts.Count == 1 ? Text : string.Concat(Parts.Select(p => p.Column is null ? p.Literal : p.Literal + value(p.Column)));

    public override string ToString() => Text;

    [GeneratedRegex(@"\{[^{}]+\}", RegexOptions.None, 1000)]
    private static partial Regex Braces();
}
