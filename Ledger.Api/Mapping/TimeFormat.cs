using System.Globalization;
using NodaTime;
using NodaTime.Text;

namespace Ledger.Api.Mapping;

/// <summary>
/// A format of a mapping's times and dates, in NodaTime's pattern letters. It has to fix one moment: a year and a month, an hour of
/// twenty-four or one of twelve with its half of the day. Without a day it reads months alone.
/// </summary>
internal sealed class TimeFormat
{
    private static readonly CultureInfo Chinese = WithHalves("上午", "下午");
    private static readonly CultureInfo English = WithHalves("AM", "PM");

    private readonly IReadOnlyList<LocalDateTimePattern> patterns;

    // The marks between its digits, by which most other texts are ruled out without an attempt; none where some are optional.
    private readonly string? marks;

    private TimeFormat(string text, string letters, IReadOnlyList<LocalDateTimePattern> patterns)
    {
        this.patterns = patterns;
        HasTime = letters.AsSpan().ContainsAny('H', 'h');
        HasDay = letters.Replace("ddd", "", StringComparison.Ordinal).Contains('d', StringComparison.Ordinal);
        marks = text.Any(c => c is 'F' or 'f' or ';' or '.' or '\\' or '%' or 't')
            ? null
            : Marks(text.Replace("'", "", StringComparison.Ordinal));
    }

    /// <summary>A moment as it writes it, for people who know no pattern letters.</summary>
    public string Example => patterns[0].Format(new LocalDateTime(2025, 11, 3, 9, 12, 30));

    /// <summary>What it reads of <see cref="Example"/>.</summary>
    public LocalDateTime? ReadExample => Read(Example, Marks(Example));

    /// <summary>Whether it reads a day, and not only a month.</summary>
    public bool HasDay { get; }

    /// <summary>Whether it reads a time of the day.</summary>
    public bool HasTime { get; }

    /// <summary>The format in a text; null, with what is wrong with it, where it fixes no moment.</summary>
    public static TimeFormat? Parse(string text, out string? problem)
    {
        var letters = Unquoted(text);
        problem = ProblemOf(letters);
        if (problem is not null)
        {
            return null;
        }

        try
        {
            CultureInfo[] cultures = letters.Contains('t', StringComparison.Ordinal) ? [Chinese, English] : [English];
            return new TimeFormat(text, letters, [.. cultures.Select(c => LocalDateTimePattern.Create(text, c))]);
        }
        catch (InvalidPatternException e)
        {
            problem = $"expected a pattern such as uuuu-MM-dd HH:mm:ss: {e.Message}";
            return null;
        }
    }

    /// <summary>The marks between the digits of a text.</summary>
    public static string Marks(string text) => string.Concat(text.Where(c => !char.IsLetterOrDigit(c)));

    /// <summary>What a text says; null where it is not of this format. <paramref name="marksOfText"/> are its own.</summary>
    public LocalDateTime? Read(string text, string marksOfText)
    {
        if (marks is null || marks == marksOfText)
        {
            foreach (var pattern in patterns)
            {
                if (pattern.Parse(text) is { Success: true, Value: var at })
                {
                    return at;
                }
            }
        }

        return null;
    }

    private static string? ProblemOf(string letters)
    {
        bool Has(char letter) => letters.Contains(letter, StringComparison.Ordinal);
        return !Has('u') && !Has('y') ? "it has no year: write uuuu"
            : !Has('M') && Has('m') ? "it has no month: MM are months, mm are minutes"
            : !Has('M') ? "it has no month: write MM"
            : Has('h') && !Has('t')
                ? "hh are hours of twelve and need the half of the day: write HH for hours of twenty-four, or hh with tt "
                    + "(which reads AM, PM, 上午 and 下午)"
            : (Has('H') || Has('h')) && !Has('m') ? "it has an hour and no minutes: write mm (MM are months, ss are seconds)"
            : Has('s') && !Has('m') ? "it has seconds and no minutes: mm are minutes, ss are seconds"
            : Has('m') && !Has('H') && !Has('h') ? "it has minutes and no hour: MM are months, mm are minutes"
            : (Has('H') || Has('h')) && !Has('d') ? "it has an hour and no day: write dd"
            : null;
    }

    /// <summary>The pattern's own letters: what stands in quotation marks or after a backslash is text.</summary>
    private static string Unquoted(string text)
    {
        var letters = new System.Text.StringBuilder();
        char? quote = null;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\')
            {
                i++;
            }
            else if (quote is { } open)
            {
                quote = text[i] == open ? null : quote;
            }
            else if (text[i] is '\'' or '"')
            {
                quote = text[i];
            }
            else
            {
                letters.Append(text[i]);
            }
        }

        return letters.ToString();
    }

    private static CultureInfo WithHalves(string am, string pm)
    {
        var culture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        (culture.DateTimeFormat.AMDesignator, culture.DateTimeFormat.PMDesignator) = (am, pm);
        return culture;
    }
}
