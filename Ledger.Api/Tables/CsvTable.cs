using System.Runtime.CompilerServices;
using System.Text;
using CsvHelper;
using Ledger.Domain.Errors;

namespace Ledger.Api.Tables;

/// <summary>
/// Reads CSV (RFC 4180) row by row: quoted line breaks, any delimiter; a row that is broken says so and the next one is read.
/// </summary>
internal static class CsvTable
{
    /// <summary>
    /// The rows in <paramref name="encoding"/>, or in what the file's bytes say where null; the heading is the first of them.
    /// </summary>
    public static async IAsyncEnumerable<TableRow> ReadAsync(
        Stream stream,
        string? encoding,
        char delimiter,
        [EnumeratorCancellation] CancellationToken cancel
    )
    {
        var detected = await TableEncoding.DetectAsync(stream, encoding, cancel);
        using var text = new StreamReader(stream, detected, detectEncodingFromByteOrderMarks: true, 1 << 16, leaveOpen: true);
        var broken = new Dictionary<long, string>();
        using var csv = CsvReader.Create(
            text,
            new CsvReaderOptions
            {
                Separator = delimiter,
                HasHeader = false,
                TrackLineNumbers = true,
                PoolStrings = true,
                MaxRecordSize = TableLimits.RowBytes,
                OnMalformedRecord = bad =>
                    broken[bad.LineNumber] = bad.Reason switch
                    {
                        CsvMalformedReason.UnterminatedQuote =>
                            "the file ends inside a quoted field: it is cut off, or a quotation mark is missing",
                        CsvMalformedReason.StrayQuote => "a quotation mark stands inside a field without quotation marks",
                        _ => "text follows the closing quotation mark of a field",
                    },
            }
        );
        while (await ReadAsync(csv, detected, cancel))
        {
            if (csv.FieldCount > TableLimits.Columns)
            {
                throw new LedgerException(
                    ErrorCode.FileUnreadable,
                    $"line {csv.LineNumber} has {csv.FieldCount:#,0} columns: expected at most {TableLimits.Columns:#,0}; is "
                        + $"\"{delimiter}\" the delimiter?"
                );
            }

            var cells = new Cell[csv.FieldCount];
            for (var i = 0; i < cells.Length; i++)
            {
                cells[i] = new Cell(csv.GetString(i));
            }

            broken.Remove(csv.LineNumber, out var problem);
            yield return new TableRow(csv.LineNumber, cells, csv.RawRecord.ToArray(), problem);
        }
    }

    private static async Task<bool> ReadAsync(CsvReader csv, Encoding encoding, CancellationToken cancel)
    {
        try
        {
            return await csv.ReadAsync(cancel);
        }
        catch (DecoderFallbackException e)
        {
            throw new LedgerException(
                ErrorCode.FileUnreadable,
                $"after line {csv.LineNumber} there are bytes that are not {encoding.WebName}: name the file's encoding in the "
                    + "mapping (\"encoding\": \"gb18030\" or \"utf-8\")",
                e
            );
        }
        catch (CsvFormatException e)
        {
            throw new LedgerException(
                ErrorCode.FileUnreadable,
                $"after line {csv.LineNumber} a row does not end within {TableLimits.RowBytes / (1024 * 1024)} MB: is a quotation "
                    + "mark missing, or is this not a CSV file?",
                e
            );
        }
    }
}
