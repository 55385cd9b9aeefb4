namespace Ledger.Api.Pages.Frame;

/// <summary>
/// A page of a list: a hundred rows, or up to five hundred where somebody asks for all; more than these are exported. What is counted and
/// summed over a list is so over all of its rows.
/// </summary>
/// <param name="Rows">The rows of the page.</param>
/// <param name="Count">How many rows there are on all pages.</param>
/// <param name="Number">The page, from 1.</param>
/// <param name="Size">The most rows of a page.</param>
public sealed record Paged<T>(IReadOnlyList<T> Rows, int Count, int Number, int Size)
{
    /// <summary>How many pages there are; at least one.</summary>
    public int Pages => Math.Max(1, (Count + Size - 1) / Size);
}

/// <summary>Pages of lists.</summary>
public static class Paged
{
    /// <summary>The query's name of the page.</summary>
    public const string PageName = "p";

    /// <summary>The value of <c>p</c> that asks for all.</summary>
    public const string All = "all";

    /// <summary>The rows of a page.</summary>
    public const int UsualRows = 100;

    /// <summary>The most rows that are shown at once.</summary>
    public const int MostRows = 500;

    /// <summary>The page of a list that an address names; the nearest where it has fewer.</summary>
    public static Paged<T> Of<T>(IReadOnlyList<T> all, string? page, int usual = UsualRows)
    {
        var size = page == All && all.Count <= MostRows ? MostRows : usual;
        var last = Math.Max(1, (all.Count + size - 1) / size);
        var number = Math.Clamp(int.TryParse(page, out var named) ? named : 1, 1, last);
        return new Paged<T>([.. all.Skip((number - 1) * size).Take(size)], all.Count, number, size);
    }
}
