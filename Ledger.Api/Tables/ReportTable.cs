using System.Globalization;
using Ledger.Domain.Money;
using Ledger.Domain.Time;
using NodaTime;

namespace Ledger.Api.Tables;

/// <summary>A column of a report: its heading in two languages.</summary>
public sealed record ReportColumn(string Heading, string HeadingZh);

/// <summary>
/// A table as a spreadsheet gets it. Values are text, whole and decimal numbers, yuan (<see cref="Cny"/>), dates, moments, true or
/// false, or nothing; they stay numbers and dates where the format has them.
/// </summary>
/// <param name="Name">Its name: the sheet's, and the file's where several tables become several CSV files.</param>
/// <param name="NameZh">The same in Chinese.</param>
/// <param name="Columns">Its columns.</param>
/// <param name="Rows">Its rows, one after the other.</param>
/// <param name="Notes">Lines that stand above the heading of a sheet; CSV leaves them out.</param>
public sealed record ReportTable(
    string Name,
    string NameZh,
    IReadOnlyList<ReportColumn> Columns,
    IEnumerable<IReadOnlyList<object?>> Rows,
    IReadOnlyList<string>? Notes = null
)
{
    /// <summary>Columns from their headings, <c>English|中文</c>.</summary>
    public static IReadOnlyList<ReportColumn> Headings(params IReadOnlyList<string> headings) =>
        [.. headings.Select(h => h.Split('|')).Select(h => new ReportColumn(h[0], h[1]))];

    /// <summary>A value as CSV has it: invariant, dates in ISO 8601, moments on the contracts' clock.</summary>
    public static string Text(object? value) =>
        value switch
        {
            null => "",
            string text => text,
            bool truth => truth ? "true" : "false",
            LocalDate date => date.ToString("uuuu-MM-dd", CultureInfo.InvariantCulture),
            Instant at => ChinaTime.Text(at),
            IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
            _ => throw new ArgumentException($"a report has no {value.GetType().Name}", nameof(value)),
        };
}
