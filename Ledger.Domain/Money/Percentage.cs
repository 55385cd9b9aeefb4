using System.Numerics;

namespace Ledger.Domain.Money;

/// <summary>
/// An exact, non-negative percentage with any number of places up to <see cref="MaxLength"/> characters:
/// <c>12.345</c> is 12.345 %. Held as digits and a power of ten, so that nothing is rounded before the amount is.
/// </summary>
public readonly record struct Percentage : IComparable<Percentage>
{
    /// <summary>The longest text that is read.</summary>
    public const int MaxLength = 40;

    private readonly int places;

    private Percentage(BigInteger digits, int places) => (Digits, this.places) = (digits, places);

    /// <summary>All digits without the point: 12345 for 12.345.</summary>
    public BigInteger Digits { get; }

    /// <summary>What <see cref="Digits"/> is divided by to give the percentage: 1000 for 12.345.</summary>
    public BigInteger Divisor => BigInteger.Pow(10, places);

    /// <summary>A whole percentage.</summary>
    public static Percentage Of(int whole) => whole >= 0 ? new Percentage(whole, 0) : throw new ArgumentOutOfRangeException(nameof(whole));

    /// <summary>Reads <c>(0|[1-9]\d*)(\.\d+)?</c>; trailing zeros after the point are dropped, so equal values are equal.</summary>
    public static bool TryParse(string text, out Percentage share)
    {
        share = default;
        var point = text.IndexOf('.', StringComparison.Ordinal);
        var whole = point < 0 ? text : text[..point];
        var fraction = point < 0 ? "" : text[(point + 1)..];
        if (
            text.Length is 0 or > MaxLength
            || whole.Length == 0
            || (whole.Length > 1 && whole[0] == '0')
            || (point >= 0 && fraction.Length == 0)
            || !(whole + fraction).All(char.IsAsciiDigit)
        )
        {
            return false;
        }

        fraction = fraction.TrimEnd('0');
        share = new Percentage(BigInteger.Parse(whole + fraction), fraction.Length);
        return true;
    }

    /// <inheritdoc/>
    public int CompareTo(Percentage other) => (Digits * other.Divisor).CompareTo(other.Digits * Divisor);

    /// <summary>The wire form: <c>12.345</c>.</summary>
    public override string ToString()
    {
        var text = Digits.ToString().PadLeft(places + 1, '0');
        return places == 0 ? text : $"{text[..^places]}.{text[^places..]}";
    }

    /// <summary>Less than.</summary>
    public static bool operator <(Percentage a, Percentage b) => a.CompareTo(b) < 0;

    /// <summary>Greater than.</summary>
    public static bool operator >(Percentage a, Percentage b) => a.CompareTo(b) > 0;

    /// <summary>At most.</summary>
    public static bool operator <=(Percentage a, Percentage b) => a.CompareTo(b) <= 0;

    /// <summary>At least.</summary>
    public static bool operator >=(Percentage a, Percentage b) => a.CompareTo(b) >= 0;
}
