using System.Xml;
using Ledger.Domain.Money;
using Ledger.Domain.Time;
using NodaTime;
using SpreadCheetah;
using SpreadCheetah.Styling;
using SpreadCheetah.Worksheets;

namespace Ledger.Api.Tables;

/// <summary>
/// Writes tables as a workbook, a sheet each, in constant memory: numbers and dates are such, texts stand in their cells, and the heading
/// stays in place. The same tables give the same bytes.
/// </summary>
public static class XlsxFile
{
    private const int MostCellCharacters = 32_767;
    private const int MostSheetName = 31;
    private const int ColumnWidth = 20;

    // Without properties, which would name the moment of writing.
    private static readonly SpreadCheetahOptions Options = new() { DocumentProperties = null, PreserveStringWhitespace = true };

    /// <summary>Writes to a seekable stream, from its start.</summary>
    public static async Task WriteAsync(Stream stream, IReadOnlyList<ReportTable> tables, bool chinese, CancellationToken cancel)
    {
        await using (var workbook = await Spreadsheet.CreateNewAsync(stream, Options, cancel))
        {
            var styles = new Styles(workbook);
            foreach (var table in tables)
            {
                var notes = table.Notes ?? [];
                var sheet = new WorksheetOptions { FrozenRows = notes.Count + 1, DefaultColumnWidth = ColumnWidth };
                await workbook.StartWorksheetAsync(SheetName(chinese ? table.NameZh : table.Name), sheet, cancel);
                foreach (var note in notes)
                {
                    await workbook.AddRowAsync([styles.Of(note)], cancel);
                }

                await workbook.AddRowAsync([.. table.Columns.Select(c => styles.Heading(chinese ? c.HeadingZh : c.Heading))], cancel);
                foreach (var row in table.Rows)
                {
                    await workbook.AddRowAsync([.. row.Select(styles.Of)], cancel);
                }
            }

            await workbook.FinishAsync(cancel);
        }

        await ZipTimes.ForgetAsync(stream, cancel);
    }

    private static string SheetName(string name)
    {
        var allowed = string.Concat(name.Select(c => "[]:*?/\\".Contains(c, StringComparison.Ordinal) ? '-' : c));
        return allowed.Length > MostSheetName ? allowed[..MostSheetName] : allowed;
    }

    /// <summary>Without what XML cannot hold, and no longer than a cell may be; the cut is marked.</summary>
    private static string Legible(string text)
    {
        var clean = text.All(XmlConvert.IsXmlChar)
            ? text
            : string.Concat(text.EnumerateRunes().Where(r => r.Value > 0xFFFF || XmlConvert.IsXmlChar((char)r.Value)));
        return clean.Length <= MostCellCharacters ? clean : clean[..(MostCellCharacters - 1)] + "…";
    }

    /// <summary>Values as cells, in the styles of one workbook.</summary>
    private sealed class Styles(Spreadsheet workbook)
    {
        private readonly StyleId heading = workbook.AddStyle(new Style { Font = { Bold = true } });
        private readonly StyleId date = workbook.AddStyle(new Style { Format = NumberFormat.Custom("yyyy-mm-dd") });
        private readonly StyleId moment = workbook.AddStyle(new Style { Format = NumberFormat.Custom("yyyy-mm-dd hh:mm:ss") });

        private readonly StyleId yuan = workbook.AddStyle(
            new Style { Format = NumberFormat.Standard(StandardNumberFormat.ThousandsSeparatorTwoDecimalPlaces) }
        );

        public StyledCell Heading(string text) => new(Legible(text), heading);

        public StyledCell Of(object? value) =>
            value switch
            {
                null => new StyledCell((string?)null, null),
                bool truth => new StyledCell(truth, null),
                int number => new StyledCell(number, null),
                long number => new StyledCell(number, null),
                decimal number => new StyledCell(number, null),
                LocalDate day => new StyledCell(day.ToDateTimeUnspecified(), date),
                Instant at => new StyledCell(ChinaTime.Show(at).ToDateTimeUnspecified(), moment),
                Cny amount => new StyledCell(amount.Fen / 100m, yuan),
                _ => new StyledCell(Legible(ReportTable.Text(value)), null),
            };
    }
}
