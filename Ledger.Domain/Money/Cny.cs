using System.Globalization;
using System.Numerics;

namespace Ledger.Domain.Money;

/// <summary>
/// An exact amount of Chinese yuan, held in fen (1/100 yuan). Signed: a deduction is positive, an
/// adjustment in the principal's favour negative. Bounded to ±9,999,999,999,999.99 so that sums of
/// thousands of amounts stay far from overflow; arithmetic is checked all the same.
/// On the wire a decimal string with exactly two places: <c>"5000.00"</c>.
/// </summary>
public readonly record struct Cny : IComparable<Cny>
{
    private const long MaxFen = 999_999_999_999_999;

    private Cny(long fen) => Fen = fen;

    /// <summary>The amount in fen.</summary>
    public long Fen { get; }

    /// <summary>Nothing.</summary>
    public static Cny Zero => default;

    /// <summary>True for an amount below nothing.</summary>
    public bool IsNegative => Fen < 0;

    /// <summary>True for an amount above nothing.</summary>
    public bool IsPositive => Fen > 0;

    /// <summary>An amount of <paramref name="fen"/>; throws <see cref="OverflowException"/> out of bounds.</summary>
    public static Cny OfFen(long fen) =>
        fen is >= -MaxFen and <= MaxFen ? new Cny(fen) : throw new OverflowException($"{fen} fen lies outside ±{MaxFen}");

    /// <summary>Reads <c>-?(0|[1-9]\d*)\.\d\d</c>: no sign but minus, no separators, two places, no minus zero.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Cny amount)
    {
        amount = default;
        var digits = text is ['-', ..] ? text[1..] : text;
        if (digits.Length is < 4 or > 16 || digits[^3] != '.' || (digits[0] == '0' && digits.Length > 4))
        {
            return false;
        }

        long fen = 0;
        for (var i = 0; i < digits.Length; i++)
        {
            if (i == digits.Length - 3)
            {
                continue;
            }

            if (!char.IsAsciiDigit(digits[i]))
            {
                return false;
            }

            fen = (fen * 10) + (digits[i] - '0');
        }

        if (text[0] == '-' && fen == 0)
        {
            return false;
        }

        amount = new Cny(text[0] == '-' ? -fen : fen);
        return true;
    }

    /// <summary>The amount that a text in the canonical form writes; throws <see cref="FormatException"/> for any other.</summary>
    public static Cny Parse(string text) =>
        TryParse(text, out var amount) ? amount : throw new FormatException($"\"{text}\" is no amount in yuan with two places");

    /// <summary>This amount × <paramref name="numerator"/> ÷ <paramref name="denominator"/>, rounded half up to the fen once.</summary>
    public Cny MulDiv(BigInteger numerator, BigInteger denominator)
    {
        if (denominator.Sign <= 0)
        {
            throw new ArgumentOutOfRangeException(nameof(denominator));
        }

        var product = Fen * numerator;
        var rounded = BigInteger.Divide((BigInteger.Abs(product) * 2) + denominator, denominator * 2);
        return OfFen((long)(product.Sign < 0 ? -rounded : rounded));
    }

    /// <summary>That share of this amount, rounded half up to the fen.</summary>
    public Cny Percent(Percentage share) => MulDiv(share.Digits, share.Divisor * 100);

    /// <summary>The larger of two amounts.</summary>
    public static Cny Max(Cny a, Cny b) => a.Fen >= b.Fen ? a : b;

    /// <summary>The smaller of two amounts.</summary>
    public static Cny Min(Cny a, Cny b) => a.Fen <= b.Fen ? a : b;

    /// <inheritdoc/>
    public int CompareTo(Cny other) => Fen.CompareTo(other.Fen);

    /// <summary>The wire form, such as <c>5000.00</c> or <c>-0.05</c>.</summary>
    public override string ToString()
    {
        var fen = Math.Abs(Fen);
        return string.Create(CultureInfo.InvariantCulture, $"{(Fen < 0 ? "-" : "")}{fen / 100}.{fen % 100:00}");
    }

    /// <summary>The form for people: <c>1,078,800.00</c>.</summary>
    public string ToDisplay() => (Fen / 100m).ToString("#,##0.00", CultureInfo.InvariantCulture);

    /// <summary>Sum.</summary>
    public static Cny operator +(Cny a, Cny b) => OfFen(checked(a.Fen + b.Fen));

    /// <summary>Difference.</summary>
    public static Cny operator -(Cny a, Cny b) => OfFen(checked(a.Fen - b.Fen));

    /// <summary>The same amount owed the other way.</summary>
    public static Cny operator -(Cny a) => new(-a.Fen);

    /// <summary>The amount taken <paramref name="times"/> times.</summary>
    public static Cny operator *(Cny a, long times) => OfFen(checked(a.Fen * times));

    /// <summary>Less than.</summary>
    public static bool operator <(Cny a, Cny b) => a.Fen < b.Fen;

    /// <summary>Greater than.</summary>
    public static bool operator >(Cny a, Cny b) => a.Fen > b.Fen;

    /// <summary>At most.</summary>
    public static bool operator <=(Cny a, Cny b) => a.Fen <= b.Fen;

    /// <summary>At least.</summary>
    public static bool operator >=(Cny a, Cny b) => a.Fen >= b.Fen;
}

/// <summary>Sums of amounts.</summary>
public static class CnySums
{
    /// <summary>The checked sum of what <paramref name="amount"/> picks from each item.</summary>
    public static Cny Sum<T>(this IEnumerable<T> items, Func<T, Cny> amount) =>
        items.Aggregate(Cny.Zero, (sum, item) => sum + amount(item));
}
