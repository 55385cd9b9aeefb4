using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Spreadsheet;

namespace Ledger.Api.Tables;

/// <summary>
/// The merged ranges of a sheet: what a range shows stands in its first cell alone, and is the value of all of them. A file names them
/// after its rows, so that a sheet that has any is read twice.
/// </summary>
internal sealed class XlsxMerges
{
    private static readonly byte[] Word = "mergeCell"u8.ToArray();

    private readonly Queue<Merge> ahead;
    private readonly List<Merge> active = [];

    private XlsxMerges(IEnumerable<Merge> merges) => ahead = new Queue<Merge>(merges.OrderBy(m => m.FirstRow));

    /// <summary>The ranges of a sheet.</summary>
    public static XlsxMerges Read(WorksheetPart sheet)
    {
        var merges = new List<Merge>();
        if (Mentions(sheet))
        {
            using var xml = XlsxPart.Open(sheet, TableLimits.SheetBytes, TableLimits.SheetBytes);
            while (xml.Reader.Read())
            {
                if (xml.Reader.ElementType == typeof(SheetData))
                {
                    xml.Reader.Skip();
                }

                if (xml.Reader.ElementType == typeof(MergeCell) && xml.Reader.IsStartElement)
                {
                    merges.Add(Merge.Of(xml.Attribute("ref") ?? ""));
                    if (merges.Count > TableLimits.Merges)
                    {
                        throw new InvalidDataException($"it has more than {TableLimits.Merges:#,0} merged ranges");
                    }
                }
            }
        }

        return new XlsxMerges(merges);
    }

    /// <summary>Gives each cell of a merged range what its first one has; rows come in order.</summary>
    public void Fill(long row, List<Cell> cells)
    {
        active.RemoveAll(m => m.LastRow < row);
        while (ahead.TryPeek(out var next) && next.FirstRow <= row)
        {
            ahead.Dequeue();
            next.Value = next.FirstRow == row && next.FirstColumn < cells.Count ? cells[next.FirstColumn] : new Cell("");
            if (next.LastRow >= row)
            {
                active.Add(next);
            }
        }

        // Those of one row lie beside each other.
        if (active.Count > TableLimits.Columns)
        {
            throw new InvalidDataException($"merged ranges overlap in row {row}");
        }

        foreach (var merge in active)
        {
            var last = Math.Min(merge.LastColumn, TableLimits.Columns - 1);
            cells.Reach(last);

            for (var column = merge.FirstColumn; column <= last; column++)
            {
                cells[column] = merge.Value;
            }
        }
    }

    /// <summary>Whether the word stands in the part at all: most sheets merge nothing and need not be parsed for it.</summary>
    private static bool Mentions(WorksheetPart sheet)
    {
        using var stream = sheet.GetStream(FileMode.Open, FileAccess.Read);
        var buffer = new byte[1 << 16];
        var kept = 0;
        for (int read; (read = stream.Read(buffer, kept, buffer.Length - kept)) > 0; )
        {
            var window = buffer.AsSpan(0, kept + read);
            if (window.IndexOf(Word) >= 0 || window is [0xFE, 0xFF, ..] or [0xFF, 0xFE, ..])
            {
                return true;
            }

            kept = Math.Min(Word.Length - 1, window.Length);
            window[^kept..].CopyTo(buffer);
        }

        return false;
    }

    private sealed class Merge
    {
        public required long FirstRow { get; init; }

        public required long LastRow { get; init; }

        public required int FirstColumn { get; init; }

        public required int LastColumn { get; init; }

        public Cell Value { get; set; }

        public static Merge Of(string reference)
        {
            var ends = reference.Split(':');
            var (first, last) = (XlsxTable.PlaceOf(ends[0]), XlsxTable.PlaceOf(ends[^1]));
            return new Merge
            {
                FirstRow = first.Row,
                LastRow = last.Row,
                FirstColumn = first.Column,
                LastColumn = last.Column,
            };
        }
    }
}
