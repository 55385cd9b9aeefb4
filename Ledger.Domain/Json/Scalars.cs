using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Ledger.Domain.Money;
using NodaTime;
using NodaTime.Text;

namespace Ledger.Domain.Json;

/// <summary>A converter that can say in words, and as JSON Schema, what it expects.</summary>
public interface IExpect
{
    /// <summary>What a value must look like, to follow "expected".</summary>
    public string Expected { get; }

    /// <summary>The same as a JSON Schema fragment.</summary>
    public string Schema { get; }
}

/// <summary>A value that is written as one JSON string; anything else is refused with what was expected.</summary>
internal sealed class TextConverter<T>(string expected, string schema, TextConverter<T>.Reader read, Func<T, string> write)
    : JsonConverter<T>,
        IExpect
{
    /// <summary>Reads a value from its text, or says no.</summary>
    public delegate bool Reader(string text, out T value);

    public string Expected => expected;

    public string Schema => schema;

    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && read(StrictText.Get(ref reader), out var value)
            ? value
            : throw new JsonException("expected " + expected);

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(write(value));

    public override T ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        read(StrictText.Get(ref reader), out var value) ? value : throw new JsonException("expected " + expected);

    public override void WriteAsPropertyName(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
        writer.WritePropertyName(write(value));
}

/// <summary>Text as the ledger takes it: no NUL and no lone surrogate, which PostgreSQL could not show as jsonb.</summary>
internal sealed class StrictText : JsonConverter<string>, IExpect
{
    public const string Wanted = "a string without NUL or lone surrogates";

    public string Expected => Wanted;

    public string Schema => """{"type":"string"}""";

    /// <summary>The string under the reader; refuses NUL, lone surrogates and invalid UTF-8.</summary>
    public static string Get(ref Utf8JsonReader reader)
    {
        string text;
        try
        {
            text = reader.GetString() ?? "";
        }
        catch (InvalidOperationException e)
        {
            throw new JsonException("expected " + Wanted, e);
        }

        return text.Contains('\0') ? throw new JsonException("expected " + Wanted) : text;
    }

    public override string Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String ? Get(ref reader) : throw new JsonException("expected " + Wanted);

    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteStringValue(value);

    public override string ReadAsPropertyName(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Get(ref reader);

    public override void WriteAsPropertyName(Utf8JsonWriter writer, string value, JsonSerializerOptions options) =>
        writer.WritePropertyName(value);
}

/// <summary>
/// A decimal number in canonical form: trailing zeros dropped, so that 0 and 0.00 are one value. Only what a double holds
/// exactly as it is written is taken: the canonical form of RFC 8785 knows no other numbers.
/// </summary>
internal sealed class DecimalConverter : JsonConverter<decimal>, IExpect
{
    public const string Wanted = "a number with at most 15 digits";

    public string Expected => Wanted;

    public string Schema => """{"type":"number"}""";

    public override decimal Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.Number && reader.TryGetDecimal(out var value) && Survives(value)
            ? value
            : throw new JsonException("expected " + Wanted);

    private static bool Survives(decimal value)
    {
        const decimal most = 999_999_999_999_999;
        var digits = Math.Abs(value);
        while (digits.Scale > 0 && digits <= most)
        {
            if (decimal.Truncate(digits) == digits)
            {
                return true;
            }

            digits *= 10;
        }

        return digits <= most;
    }

    public override void Write(Utf8JsonWriter writer, decimal value, JsonSerializerOptions options) =>
        writer.WriteRawValue(value == 0 ? "0" : value.ToString("0.############################", CultureInfo.InvariantCulture));
}

/// <summary>The scalar types of the ledger's documents.</summary>
internal static class ScalarConverters
{
    private static readonly LocalDatePattern Date = LocalDatePattern.Iso;
    private static readonly YearMonthPattern Cycle = YearMonthPattern.Iso;

    public static IReadOnlyList<JsonConverter> All { get; } =
    [
        new StrictText(),
        new DecimalConverter(),
        new TextConverter<Cny>(
            "yuan as a decimal string with two places such as \"5000.00\"",
            """{"type":"string","pattern":"^-?(0|[1-9]\\d*)\\.\\d\\d$"}""",
            (text, out value) => Cny.TryParse(text, out value),
            value => value.ToString()
        ),
        new TextConverter<Percentage>(
            "a percentage as a decimal string such as \"12.345\"",
            """{"type":"string","pattern":"^(0|[1-9]\\d*)(\\.\\d+)?$"}""",
            Percentage.TryParse,
            value => value.ToString()
        ),
        new TextConverter<LocalDate>(
            "a date such as \"2026-03-01\", from 2000 to 2100",
            """{"type":"string","pattern":"^\\d{4}-\\d{2}-\\d{2}$"}""",
            (text, out value) =>
                Date.Parse(text).TryGetValue(default, out value) && value.Year is >= Instants.FirstYear and <= Instants.LastYear,
            Date.Format
        ),
        new TextConverter<YearMonth>(
            "a cycle such as \"2026-03\", from 2000 to 2100",
            """{"type":"string","pattern":"^\\d{4}-\\d{2}$"}""",
            (text, out value) =>
                Cycle.Parse(text).TryGetValue(default, out value) && value.Year is >= Instants.FirstYear and <= Instants.LastYear,
            Cycle.Format
        ),
        new TextConverter<Instant>(Instants.Expected, """{"type":"string","format":"date-time"}""", Instants.TryParse, Instants.Write),
    ];
}

/// <summary>
/// Times on the wire: RFC 3339 in each of its spellings (a lower-case t or z, a space for the T), with an offset and at most microseconds.
/// </summary>
public static class Instants
{
    private static readonly InstantPattern Pattern = InstantPattern.CreateWithInvariantCulture("uuuu'-'MM'-'dd'T'HH':'mm':'ss;FFFFFF'Z'");

    private const int MostCharacters = 64;

    /// <summary>The first year of an event, a date or a cycle: what lies outside was misread.</summary>
    public const int FirstYear = 2000;

    /// <summary>The last year of an event, a date or a cycle.</summary>
    public const int LastYear = 2100;

    /// <summary>What a time must look like.</summary>
    public const string Expected = "a time with an offset and at most microseconds such as \"2026-03-01T09:00:00+08:00\"";

    /// <summary>Reads a time; a finer fraction than a microsecond is refused rather than cut off.</summary>
    public static bool TryParse(string text, out Instant at)
    {
        at = default;
        text = Spelled(text);
        var zone = text.EndsWith('Z') ? 1 : 6;
        if (text.Length < 19 + zone || text[10] != 'T' || (zone == 6 && (text[^6] is not ('+' or '-') || text[^3] != ':')))
        {
            return false;
        }

        var fraction = text.AsSpan(19, text.Length - 19 - zone);
        if (fraction.Length > 0 && (fraction[0] != '.' || fraction.Length is < 2 or > 7))
        {
            return false;
        }

        if (
            !DateTimeOffset.TryParseExact(
                text,
                "yyyy-MM-dd'T'HH:mm:ss.FFFFFFK",
                CultureInfo.InvariantCulture,
                DateTimeStyles.None,
                out var parsed
            ) || parsed.Year is < 1900 or > 9000
        )
        {
            return false;
        }

        at = Instant.FromDateTimeOffset(parsed);
        return true;
    }

    /// <summary>The spelling of which there is only one: T, Z, and no zeros behind the sixth decimal, which say nothing.</summary>
    private static string Spelled(string text)
    {
        if (text.Length is < 20 or > MostCharacters)
        {
            return text;
        }

        if (text[10] is 't' or ' ')
        {
            text = $"{text[..10]}T{text[11..]}";
        }

        if (text[^1] == 'z')
        {
            text = text[..^1] + 'Z';
        }

        var end = text.Length - (text[^1] == 'Z' ? 1 : 6);
        var digits = end;
        while (digits > 26 && text[digits - 1] == '0')
        {
            digits--;
        }

        return digits == end ? text : text[..digits] + text[end..];
    }

    /// <summary>A time as the ledger writes it: in UTC, without trailing zeros of a fraction.</summary>
    public static string Write(Instant at) => Pattern.Format(at);

    /// <summary>Whole microseconds since 1970 UTC, as the log hashes and stores them.</summary>
    public static long ToMicroseconds(Instant at) => at.ToUnixTimeTicks() / 10;

    /// <summary>The instant of whole microseconds since 1970 UTC.</summary>
    public static Instant FromMicroseconds(long microseconds) => Instant.FromUnixTimeTicks(checked(microseconds * 10));
}
