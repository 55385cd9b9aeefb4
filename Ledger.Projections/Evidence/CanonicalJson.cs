using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Ledger.Projections.Evidence;

/// <summary>
/// The JSON Canonicalization Scheme (RFC 8785): no whitespace, properties by the UTF-16 code units of their names, strings
/// with the fewest escapes, numbers as ECMAScript writes doubles. PostgreSQL's jsonb reorders and respaces what it keeps; this
/// form of it is the same whatever it did.
/// </summary>
public sealed class CanonicalJson
{
    private const int MostExactDigits = 15;

    private static readonly JsonReaderOptions Options = new() { MaxDepth = 256 };

    [ThreadStatic]
    private static CanonicalJson? ofThread;

    // The properties of all objects that are open; each object's are the last ones.
    private readonly List<Property> open = [];
    private byte[] bytes = new byte[4096];
    private int length;

    private CanonicalJson() { }

    /// <summary>A property in the output: its name without quotes, and the whole of it without the comma behind it.</summary>
    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Property(int From, int NameEnd, int End)
    {
        public int NameFrom => From + 1;
    }

    /// <summary>The canonical form of a document; throws <see cref="JsonException"/> for what has none.</summary>
    public static byte[] Of(ReadOnlySpan<byte> json) => Written(json).ToArray();

    /// <summary>The SHA-256 of the canonical form; throws <see cref="JsonException"/> for what has none.</summary>
    public static void Hash(ReadOnlySpan<byte> json, Span<byte> digest) => SHA256.HashData(Written(json), digest);

    private static ReadOnlySpan<byte> Written(ReadOnlySpan<byte> json)
    {
        var writer = ofThread ??= new CanonicalJson();
        writer.length = 0;
        writer.open.Clear();
        var reader = new Utf8JsonReader(json, Options);
        reader.Read();
        writer.Value(ref reader);
        return writer.bytes.AsSpan(0, writer.length);
    }

    private void Value(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                Properties(ref reader);
                break;
            case JsonTokenType.StartArray:
                Elements(ref reader);
                break;
            case JsonTokenType.String:
                Text(ref reader);
                break;
            case JsonTokenType.Number:
                Number(reader.ValueSpan);
                break;
            default:
                Add(reader.ValueSpan);
                break;
        }
    }

    private void Elements(ref Utf8JsonReader reader)
    {
        Add((byte)'[');
        for (var first = true; reader.Read() && reader.TokenType != JsonTokenType.EndArray; first = false)
        {
            if (!first)
            {
                Add((byte)',');
            }

            Value(ref reader);
        }

        Add((byte)']');
    }

    private void Properties(ref Utf8JsonReader reader)
    {
        Add((byte)'{');
        var (start, first, ordered) = (length, open.Count, true);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (open.Count > first)
            {
                Add((byte)',');
            }

            var from = length;
            Text(ref reader);
            var nameEnd = length - 1;
            Add((byte)':');
            reader.Read();
            Value(ref reader);
            open.Add(new Property(from, nameEnd, length));
            ordered &= open.Count == first + 1 || Compare(bytes, open[^2], open[^1]) < 0;
        }

        if (!ordered)
        {
            Reorder(start, CollectionsMarshal.AsSpan(open)[first..]);
        }

        open.RemoveRange(first, open.Count - first);
        Add((byte)'}');
    }

    private void Reorder(int start, Span<Property> properties)
    {
        var written = bytes.AsSpan(start, length - start).ToArray();
        for (var i = 1; i < properties.Length; i++)
        {
            for (var j = i; j > 0 && Compare(bytes, properties[j - 1], properties[j]) > 0; j--)
            {
                (properties[j - 1], properties[j]) = (properties[j], properties[j - 1]);
            }
        }

        length = start;
        foreach (var property in properties)
        {
            if (length > start)
            {
                Add((byte)',');
            }

            Add(written.AsSpan(property.From - start, property.End - property.From));
        }
    }

    /// <summary>By UTF-16 code units: that is the order of bytes, unless there are escapes or characters from U+E000 on.</summary>
    private static int Compare(byte[] bytes, Property a, Property b)
    {
        var one = bytes.AsSpan(a.NameFrom, a.NameEnd - a.NameFrom);
        var other = bytes.AsSpan(b.NameFrom, b.NameEnd - b.NameFrom);
        return IsPlain(one) && IsPlain(other)
            ? one.SequenceCompareTo(other)
            : string.CompareOrdinal(Unescaped(bytes, a), Unescaped(bytes, b));
    }

    private static bool IsPlain(ReadOnlySpan<byte> name) => !name.Contains((byte)'\\') && !name.ContainsAnyInRange((byte)0xEE, (byte)0xFF);

    private static string Unescaped(byte[] bytes, Property property) =>
        JsonSerializer.Deserialize<string>(bytes.AsSpan(property.From, property.NameEnd + 1 - property.From))!;

    private void Text(ref Utf8JsonReader reader)
    {
        Add((byte)'"');
        if (reader.ValueIsEscaped)
        {
            Escaped(reader.GetString()!);
        }
        else
        {
            Add(reader.ValueSpan);
        }

        Add((byte)'"');
    }

    private void Escaped(string text)
    {
        Span<byte> utf8 = stackalloc byte[4];
        foreach (var rune in text.EnumerateRunes())
        {
            var escape = rune.Value switch
            {
                '"' => "\\\""u8,
                '\\' => "\\\\"u8,
                '\b' => "\\b"u8,
                '\f' => "\\f"u8,
                '\n' => "\\n"u8,
                '\r' => "\\r"u8,
                '\t' => "\\t"u8,
                < ' ' => Encoding.ASCII.GetBytes($"\\u{rune.Value:x4}"),
                _ => [],
            };
            Add(escape.IsEmpty ? utf8[..rune.EncodeToUtf8(utf8)] : escape);
        }
    }

    private void Number(ReadOnlySpan<byte> text)
    {
        var canonical = text.Length <= MostExactDigits && !text.ContainsAnyExceptInRange((byte)'0', (byte)'9');
        Add(canonical ? text : Encoding.ASCII.GetBytes(Ecma(double.Parse(text, CultureInfo.InvariantCulture))));
    }

    /// <summary>
    /// ECMA-262, Number::toString: the fewest digits that give the same double, as a whole number, a fraction, or with an exponent.
    /// </summary>
    private static string Ecma(double value)
    {
        if (value == 0)
        {
            return "0";
        }

        if (!double.IsFinite(value))
        {
            throw new JsonException("a number beyond what a double holds");
        }

        var text = Math.Abs(value).ToString("R", CultureInfo.InvariantCulture);
        var e = text.IndexOf('E', StringComparison.Ordinal);
        var power = e < 0 ? 0 : int.Parse(text[(e + 1)..], CultureInfo.InvariantCulture);
        var mantissa = (e < 0 ? text : text[..e]).Split('.');
        var (whole, fraction) = (mantissa[0].TrimStart('0'), mantissa.Length > 1 ? mantissa[1] : "");
        var digits = (whole + fraction).TrimStart('0').TrimEnd('0');

        // How many digits stand before the decimal point; below zero, how many zeros behind it.
        var before = power + (whole.Length > 0 ? whole.Length : fraction.TrimStart('0').Length - fraction.Length);
        var sign = value < 0 ? "-" : "";
        return before switch
        {
            > 0 and <= 21 when digits.Length <= before => sign + digits.PadRight(before, '0'),
            > 0 and <= 21 => $"{sign}{digits[..before]}.{digits[before..]}",
            > -6 and <= 0 => $"{sign}0.{new string('0', -before)}{digits}",
            _ => $"{sign}{digits[0]}{(digits.Length > 1 ? "." + digits[1..] : "")}e{(before > 0 ? "+" : "-")}{Math.Abs(before - 1)}",
        };
    }

    private void Add(byte one)
    {
        Reserve(1);
        bytes[length++] = one;
    }

    private void Add(ReadOnlySpan<byte> more)
    {
        Reserve(more.Length);
        more.CopyTo(bytes.AsSpan(length));
        length += more.Length;
    }

    private void Reserve(int more)
    {
        if (length + more > bytes.Length)
        {
            Array.Resize(ref bytes, Math.Max(2 * bytes.Length, length + more));
        }
    }
}
