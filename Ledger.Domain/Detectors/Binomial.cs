namespace Ledger.Domain.Detectors;

/// <summary>How likely it is that chance alone would bring something about so often.</summary>
public static class Binomial
{
    /// <summary>
    /// The probability of at least <paramref name="k"/> of <paramref name="n"/> where each has a chance of
    /// <paramref name="part"/> in <paramref name="of"/>. Terms are taken relative to the likeliest, from which they fall off on both sides: no
    /// power underflows.
    /// </summary>
    public static decimal Tail(int n, int k, int part, int of)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(part, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(part, of);
        if (part == of)
        {
            return k <= n ? 1 : 0;
        }

        var odds = (decimal)part / (of - part);
        var mode = (int)((n + 1L) * part / of);
        var (all, tail) = (0m, 0m);
        for (var (i, term) = (mode, 1m); i <= n && term > 0; term = term * (n - i) / (i + 1) * odds, i++)
        {
            all += term;
            tail += i >= k ? term : 0;
        }

        for (
            var (i, term) = (mode - 1, mode == 0 ? 0m : mode / odds / (n - mode + 1));
            i >= 0 && term > 0;
            term = term * i / odds / (n - i + 1), i--
        )
        {
            all += term;
            tail += i >= k ? term : 0;
        }

        return tail / all;
    }
}
