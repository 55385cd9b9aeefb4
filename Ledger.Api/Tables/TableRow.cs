namespace Ledger.Api.Tables;

/// <summary>What a spreadsheet cell holds.</summary>
public enum CellKind
{
    /// <summary>Text, or nothing.</summary>
    Text,

    /// <summary>A number as the file writes it; a date is one, too.</summary>
    Number,

    /// <summary>True or false, as 1 or 0.</summary>
    Boolean,

    /// <summary>A formula: what it shows is not what was recorded.</summary>
    Formula,

    /// <summary>A spreadsheet error such as #N/A.</summary>
    Error,
}

/// <summary>One cell.</summary>
public readonly record struct Cell(string Text, CellKind Kind = CellKind.Text)
{
    /// <summary>Whether it holds nothing but space.</summary>
    public bool IsBlank => Kind == CellKind.Text && string.IsNullOrWhiteSpace(Text);
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

    /// <summary>The most bytes of one row.</summary>
    public const int RowBytes = 16 * 1024 * 1024;

    /// <summary>The most bytes of the texts that a workbook's cells share.</summary>
    public const long SharedTextBytes = 256L * 1024 * 1024;

    /// <summary>The most bytes of one sheet, unpacked.</summary>
    public const long SheetBytes = 8L * 1024 * 1024 * 1024;

    /// <summary>How many times its packed size a part of a workbook may unpack to; spreadsheets reach about fifty.</summary>
    public const int PackingRatio = 200;
}
