using NodaTime;

namespace Ledger.Api.Tables;

/// <summary>What a spreadsheet cell holds.</summary>
public enum CellKind
{
    /// <summary>Text, or nothing.</summary>
    Text,

    /// <summary>A number whose format is not that of a date.</summary>
    Number,

    /// <summary>A date, a time or both: a number in the format of one, or a date as such.</summary>
    Date,

    /// <summary>True or false.</summary>
    Boolean,

    /// <summary>A formula: what it shows is not what was recorded.</summary>
    Formula,

    /// <summary>A spreadsheet error such as #N/A.</summary>
    Error,
}

/// <summary>One cell.</summary>
/// <param name="Text">What the cell shows: a date in its own format, <c>TRUE</c> or <c>FALSE</c>; a number as the file writes it.</param>
/// <param name="Kind">What it holds.</param>
/// <param name="At">The moment that a cell of kind <see cref="CellKind.Date"/> holds, on no clock's zone.</param>
/// <param name="IsDay">Whether it shows a day and no time of it.</param>
public readonly record struct Cell(string Text, CellKind Kind = CellKind.Text, LocalDateTime? At = null, bool IsDay = false)
{
    /// <summary>Whether it holds nothing but space.</summary>
    public bool IsBlank => Kind == CellKind.Text && string.IsNullOrWhiteSpace(Text);
}

/// <summary>Steps on the cells of a row.</summary>
internal static class CellsOfRow
{
    /// <summary>Adds blank cells up to a column, from 0.</summary>
    public static void Reach(this List<Cell> cells, int column)
    {
        while (cells.Count <= column)
        {
            cells.Add(new Cell(""));
        }
    }
}

/// <summary>
/// One row of a table: the line on which it begins (or its row number in a sheet), its cells, and what is wrong with the row
/// itself; <c>Raw</c> is its text in UTF-8.
/// </summary>
public sealed record TableRow(long Line, IReadOnlyList<Cell> Cells, byte[] Raw, string? Problem = null);

/// <summary>Bounds on what a table may be, so that a hostile file costs no memory.</summary>
public static class TableLimits
{
    /// <summary>The most columns.</summary>
    public const int Columns = 1_000;

    /// <summary>The most characters of one cell; a spreadsheet keeps 32,767.</summary>
    public const int CellCharacters = 32_767 * 4;

    /// <summary>The most bytes of one row, and of one text that cells share.</summary>
    public const int RowBytes = 16 * 1024 * 1024;

    /// <summary>The most bytes of the texts that a workbook's cells share, and of any other part that is kept.</summary>
    public const long KeptBytes = 256L * 1024 * 1024;

    /// <summary>The most bytes of one sheet, unpacked.</summary>
    public const long SheetBytes = 8L * 1024 * 1024 * 1024;

    /// <summary>The most merged ranges of one sheet.</summary>
    public const int Merges = 100_000;

    /// <summary>How many times its packed size a part of a workbook may unpack to; spreadsheets reach about fifty.</summary>
    public const int PackingRatio = 200;
}
