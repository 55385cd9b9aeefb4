using CsvHelper;
using Ledger.Domain.Money;

namespace Ledger.Api.Tables;

/// <summary>
/// Writes a table as CSV (RFC 4180) in UTF-8 with a byte-order mark, by which spreadsheets know it. A text that a spreadsheet would
/// run as a formula has an apostrophe before it.
/// </summary>
public static class CsvFile
{
    private const decimal FenPerYuan = 100;

    /// <summary>Writes the table; the stream stays open.</summary>
    public static void Write(Stream stream, ReportTable table, bool chinese)
    {
        using var csv = CsvWriter.Create(
            stream,
            new CsvWriterOptions { WriteByteOrderMark = true, Injection = CsvInjection.Escape },
            leaveOpen: true
        );
        foreach (var column in table.Columns)
        {
            csv.WriteField(chinese ? column.HeadingZh : column.Heading);
        }

        csv.EndRecord();
        foreach (var row in table.Rows)
        {
            for (var i = 0; i < table.Columns.Count; i++)
            {
                Write(csv, i < row.Count ? row[i] : null);
            }

            csv.EndRecord();
        }
    }

    private static void Write(CsvWriter csv, object? value)
    {
        // Numbers go past the care for formulas: a minus sign is theirs.
        switch (value)
        {
            case Cny yuan:
                csv.WriteField(yuan.Fen / FenPerYuan, "0.00");
                break;
            case decimal number:
                csv.WriteField(number, "");
                break;
            case int number:
                csv.WriteField(number, "");
                break;
            case long number:
                csv.WriteField(number, "");
                break;
            default:
                csv.WriteField(ReportTable.Text(value));
                break;
        }
    }
}
