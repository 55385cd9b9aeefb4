namespace Ledger.Domain.Simulation;

/// <summary>
/// A small reproducible generator (SplitMix64): the same seed gives the same year on every machine and runtime version,
/// which the framework's does not promise.
/// </summary>
public sealed class Dice(ulong seed)
{
    private ulong state = seed;

    /// <summary>A whole number from <paramref name="from"/> to <paramref name="to"/>, both inclusive.</summary>
    public long Between(long from, long to) => from + (long)(Next() % (ulong)(to - from + 1));

    /// <summary>True in so many of a thousand cases.</summary>
    public bool Chance(int perMille) => Between(1, 1000) <= perMille;

    /// <summary>One of the given values.</summary>
    public T Of<T>(params ReadOnlySpan<T> values) => values[(int)Between(0, values.Length - 1)];

    /// <summary>A made-up SHA-256 in hexadecimal.</summary>
    internal string Digest() => string.Concat(Enumerable.Range(0, 4).Select(_ => Between(0, long.MaxValue - 1).ToString("x16")));

    /// <summary>The values in another order.</summary>
    internal List<T> Shuffled<T>(IEnumerable<T> values)
    {
        var list = values.ToList();
        for (var i = list.Count - 1; i > 0; i--)
        {
            var j = (int)Between(0, i);
            (list[i], list[j]) = (list[j], list[i]);
        }

        return list;
    }

    private ulong Next()
    {
        unchecked
        {
            var z = state += 0x9E3779B97F4A7C15;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            return z ^ (z >> 31);
        }
    }
}
