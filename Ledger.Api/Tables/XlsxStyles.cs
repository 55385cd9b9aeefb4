using System.Globalization;
using System.Text.RegularExpressions;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Spreadsheet;
using ExcelNumberFormat;
using NodaTime;

namespace Ledger.Api.Tables;

/// <summary>Which of a workbook's cell styles show a number as a date or a time, and how: only that makes a number one.</summary>
internal sealed partial class XlsxStyles
{
    private const string HalfDayZh = "上午/下午";
    private const string HalfDay = "AM/PM";
    private const decimal MillisecondsPerDay = 86_400_000m;

    // What a spreadsheet keeps of a number.
    private const decimal MostShown = 1_000_000_000_000_000m;

    // Built in, and never written into a file (ECMA-376 18.8.30), as a spreadsheet in Chinese shows them.
    private static readonly Dictionary<int, string> BuiltIn = new()
    {
        [9] = "0%",
        [10] = "0.00%",
        [14] = "yyyy/m/d",
        [15] = "d-mmm-yy",
        [16] = "d-mmm",
        [17] = "mmm-yy",
        [18] = "h:mm AM/PM",
        [19] = "h:mm:ss AM/PM",
        [20] = "h:mm",
        [21] = "h:mm:ss",
        [22] = "yyyy/m/d h:mm",
        [27] = "yyyy\"年\"m\"月\"",
        [28] = "m\"月\"d\"日\"",
        [29] = "m\"月\"d\"日\"",
        [30] = "m/d/yy",
        [31] = "yyyy\"年\"m\"月\"d\"日\"",
        [32] = "h\"时\"mm\"分\"",
        [33] = "h\"时\"mm\"分\"ss\"秒\"",
        [34] = "上午/下午h\"时\"mm\"分\"",
        [35] = "上午/下午h\"时\"mm\"分\"ss\"秒\"",
        [36] = "yyyy\"年\"m\"月\"",
        [45] = "mm:ss",
        [47] = "mm:ss.0",
        [50] = "yyyy\"年\"m\"月\"",
        [51] = "m\"月\"d\"日\"",
        [52] = "yyyy\"年\"m\"月\"",
        [53] = "m\"月\"d\"日\"",
        [54] = "m\"月\"d\"日\"",
        [55] = "上午/下午h\"时\"mm\"分\"",
        [56] = "上午/下午h\"时\"mm\"分\"ss\"秒\"",
        [57] = "yyyy\"年\"m\"月\"",
        [58] = "m\"月\"d\"日\"",
    };

    private readonly List<DateFormat?> dates = [];
    private readonly List<NumberFormat?> shown = [];
    private readonly LocalDate zero;

    private XlsxStyles(bool from1904) => zero = from1904 ? new LocalDate(1904, 1, 1) : new LocalDate(1899, 12, 30);

    /// <summary>The styles of a workbook; <paramref name="from1904"/> where its dates count from 1904.</summary>
    public static XlsxStyles Read(WorkbookPart workbook, bool from1904)
    {
        var styles = new XlsxStyles(from1904);
        if (workbook.WorkbookStylesPart is not { } part)
        {
            return styles;
        }

        var own = new Dictionary<int, string>();
        var formats = new Dictionary<int, (DateFormat? Date, NumberFormat? Shown)>();
        using var xml = XlsxPart.Open(part, TableLimits.KeptBytes);
        var inCells = false;
        while (xml.Reader.Read())
        {
            var type = xml.Reader.ElementType;
            xml.BeginPiece();
            if (type == typeof(CellFormats))
            {
                inCells = xml.Reader.IsStartElement;
            }
            else if (xml.Reader.IsStartElement && type == typeof(NumberingFormat))
            {
                own[xml.Number("numFmtId") ?? 0] = xml.Attribute("formatCode") ?? "";
            }
            else if (xml.Reader.IsStartElement && inCells && type == typeof(CellFormat))
            {
                var id = xml.Number("numFmtId") ?? 0;
                if (!formats.TryGetValue(id, out var format))
                {
                    var code = own.GetValueOrDefault(id) ?? BuiltIn.GetValueOrDefault(id);
                    formats[id] = format = (DateFormat.Of(code), ShownOf(code));
                }

                styles.dates.Add(format.Date);
                styles.shown.Add(format.Shown);
            }
        }

        return styles;
    }

    /// <summary>
    /// A number in a style: a date where the style shows one; the text that is shown where that is another number, of percents, or has
    /// zeros before it; else the number, with the moment that it is where the mapping says that it is one.
    /// </summary>
    public Cell CellOf(string number, string? style)
    {
        _ = int.TryParse(style, NumberStyles.None, CultureInfo.InvariantCulture, out var index);
        if (!decimal.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out var days))
        {
            return new Cell(number, CellKind.Number);
        }

        if (shown.ElementAtOrDefault(index) is { } other && Math.Abs(days) < MostShown)
        {
            return new Cell(other.Format((double)days, CultureInfo.InvariantCulture));
        }

        // 1900-02-29, which spreadsheets count, is before any record: day 61 is 1900-03-01.
        var at = days is < 0 or >= 2_958_466
            ? (LocalDateTime?)null
            : zero.AtMidnight().PlusMilliseconds((long)decimal.Round(days * MillisecondsPerDay));
        return at is not { } moment || dates.ElementAtOrDefault(index) is not { } format
            ? new Cell(number, CellKind.Number, at)
            : DateOf(format, moment);
    }

    /// <summary>A format by which a sheet shows other digits than the number's; null where it shows these.</summary>
    private static NumberFormat? ShownOf(string? code) =>
        code is not null && (Padded().IsMatch(code) || Literals().Replace(code, "").Contains('%', StringComparison.Ordinal))
            ? new NumberFormat(code)
            : null;

    [GeneratedRegex("""^(0{2,}|0*(\"[^\"]*\"0*|-0+)+)(;.*)?$""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Padded();

    [GeneratedRegex("""\"[^\"]*\"|\[[^\]]*\]|\\.""", RegexOptions.None, 1000)]
    private static partial Regex Literals();

    private static Cell DateOf(DateFormat format, LocalDateTime at) =>
        new(format.Show(at), CellKind.Date, at, IsDay: !format.ShowsTime && at.TimeOfDay == LocalTime.Midnight);

    /// <summary>How a style shows a date.</summary>
    private sealed record DateFormat(NumberFormat Format, bool ShowsTime)
    {
        /// <summary>The format of a code; null where it shows none.</summary>
        public static DateFormat? Of(string? code)
        {
            if (code is null)
            {
                return null;
            }

            var format = new NumberFormat(code.Replace(HalfDayZh, HalfDay, StringComparison.Ordinal));
            return format is { IsValid: true, IsDateTimeFormat: true }
                ? new DateFormat(format, Literals().Replace(code, "").AsSpan().ContainsAny("hHsS"))
                : null;
        }

        public string Show(LocalDateTime at) =>
            Format
                .Format(at.ToDateTimeUnspecified(), CultureInfo.InvariantCulture)
                .Replace("AM", "上午", StringComparison.Ordinal)
                .Replace("PM", "下午", StringComparison.Ordinal);
    }
}
