using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Ledger.Api.Tables;

namespace Ledger.Api.Mapping;

/// <summary>
/// What a cell says in text. Spreadsheets and pages leave marks that nobody sees: no-break spaces, characters of no width, an apostrophe
/// or <c>="…"</c> that makes a number a text. None of them is part of what was written.
/// </summary>
internal static partial class CellText
{
    private const decimal DigitsOfASpreadsheet = 1_000_000_000_000_000m;

    /// <summary>A text without what is not to be seen, and without the space around it.</summary>
    public static string Clean(string text)
    {
        var seen = (text.Any(IsUnseen) ? Seen(text) : text).Trim();
        if (seen.Length > 3 && seen.StartsWith("=\"", StringComparison.Ordinal) && seen.EndsWith('"'))
        {
            seen = seen[2..^1].Trim();
        }

        return seen.Length > 1 && seen[0] == '\'' ? seen[1..].TrimStart() : seen;
    }

    /// <summary>
    /// A text by which things are told apart: full-width digits, letters and marks are the narrow ones, as NFKC has them. (The framework's
    /// own normalisation needs ICU, which the program does without.)
    /// </summary>
    public static string Key(string text)
    {
        const char first = '\uFF01';
        const char last = '\uFF5E';
        var clean = Clean(text);
        return clean.AsSpan().ContainsAnyInRange(first, last)
            ? Clean(string.Concat(clean.Select(c => c is >= first and <= last ? (char)(c - first + '!') : c)))
            : clean;
    }

    /// <summary>A number's digits without an exponent.</summary>
    public static string Digits(string number) =>
        decimal.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
            ? value.ToString("0.############", CultureInfo.InvariantCulture)
            : number;

    /// <summary>
    /// What is wrong with a cell that is read as text: a spreadsheet has rounded its number, or saved what it shows instead of a value.
    /// Null where nothing is.
    /// </summary>
    public static string? Lost(Cell cell)
    {
        if (cell.Kind == CellKind.Text && cell.Text.AsSpan().TrimStart() is ['#' or '=', ..] && NoValue().IsMatch(cell.Text))
        {
            return "this is what a spreadsheet shows instead of a value: widen the column, or save values instead of formulas, "
                + "and save again";
        }

        var number =
            cell.Kind == CellKind.Number ? cell.Text
            : cell.Kind == CellKind.Text && Exponent().IsMatch(cell.Text) ? cell.Text.Trim()
            : null;
        return
            number is not null
            && (
                cell.Kind == CellKind.Text
                || !decimal.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
                || Math.Abs(value) >= DigitsOfASpreadsheet
            )
            ? $"the number {number} has more digits than a spreadsheet keeps: format the column as text before the numbers are entered"
            : null;
    }

    /// <summary>A character of no width, a space that is none of ASCII, or half of one that may be either.</summary>
    private static bool IsUnseen(char c) =>
        c > '\x7f' && (char.IsSurrogate(c) || char.IsWhiteSpace(c) || char.GetUnicodeCategory(c) == UnicodeCategory.Format);

    private static string Seen(string text)
    {
        var seen = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes().Where(r => Rune.GetUnicodeCategory(r) != UnicodeCategory.Format))
        {
            seen.Append(Rune.IsWhiteSpace(rune) && !rune.IsAscii ? " " : rune.ToString());
        }

        return seen.ToString();
    }

    [GeneratedRegex(@"^\s*(#{3,}|#(N/A|REF!|VALUE!|DIV/0!|NAME\?|NULL!|NUM!)|=[A-Z]+\(.*)\s*$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex NoValue();

    [GeneratedRegex(@"^\s*[0-9](\.[0-9]+E\+?|E\+)[0-9]{2,}\s*$", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Exponent();
}
