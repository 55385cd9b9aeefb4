using System.Numerics;

namespace Ledger.Domain.Rates;

/// <summary>An exact fraction: rates are compared as such, and rounded (half up, away from zero) only when they are written.</summary>
public readonly record struct Ratio : IComparable<Ratio>
{
    private readonly BigInteger numerator;
    private readonly BigInteger denominator;

    private Ratio(BigInteger numerator, BigInteger denominator)
    {
        var divisor = BigInteger.GreatestCommonDivisor(numerator, denominator) * denominator.Sign;
        (this.numerator, this.denominator) = (numerator / divisor, denominator / divisor);
    }

    /// <summary>A fraction; the denominator is not 0.</summary>
    public static Ratio Of(BigInteger numerator, BigInteger denominator) =>
        denominator.IsZero
            ? throw new ArgumentOutOfRangeException(nameof(denominator), "a rate over nothing is not applicable")
            : new Ratio(numerator, denominator);

    /// <summary>A decimal number, exactly.</summary>
    public static Ratio Of(decimal value)
    {
        var places = (decimal.GetBits(value)[3] >> 16) & 0xFF;
        var scale = BigInteger.Pow(10, places);
        return new Ratio(new BigInteger(value * (decimal)scale), scale);
    }

    /// <summary>Sum.</summary>
    public static Ratio operator +(Ratio a, Ratio b) =>
        new((a.numerator * b.denominator) + (b.numerator * a.denominator), a.denominator * b.denominator);

    /// <summary>Product.</summary>
    public static Ratio operator *(Ratio a, Ratio b) => new(a.numerator * b.numerator, a.denominator * b.denominator);

    /// <summary>Less than.</summary>
    public static bool operator <(Ratio a, Ratio b) => a.CompareTo(b) < 0;

    /// <summary>More than.</summary>
    public static bool operator >(Ratio a, Ratio b) => a.CompareTo(b) > 0;

    /// <summary>At most.</summary>
    public static bool operator <=(Ratio a, Ratio b) => a.CompareTo(b) <= 0;

    /// <summary>At least.</summary>
    public static bool operator >=(Ratio a, Ratio b) => a.CompareTo(b) >= 0;

    /// <inheritdoc/>
    public int CompareTo(Ratio other) => (numerator * other.denominator).CompareTo(other.numerator * denominator);

    /// <summary>With four places, as documents write rates.</summary>
    public override string ToString()
    {
        var scaled = ((BigInteger.Abs(numerator) * 20_000) + denominator) / (denominator * 2);
        var digits = scaled.ToString().PadLeft(5, '0');
        return $"{(numerator.Sign < 0 && !scaled.IsZero ? "-" : "")}{digits[..^4]}.{digits[^4..]}";
    }
}
