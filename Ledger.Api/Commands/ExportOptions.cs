using System.CommandLine;
using Ledger.Api.Tables;

namespace Ledger.Api.Commands;

/// <summary>
/// The spreadsheets that a command can leave beside what it shows: <c>--csv</c>, <c>--xlsx</c>, with <c>--chinese</c> headings.
/// </summary>
internal sealed class ExportOptions
{
    private readonly Option<string?> csv = new("--csv")
    {
        Description = "Also write the table to this CSV file (several tables: one file each, named after it)",
    };
    private readonly Option<string?> xlsx = new("--xlsx") { Description = "Also write the table to this workbook" };
    private readonly Option<bool> chinese = new("--chinese") { Description = "With --csv or --xlsx: headings in Chinese" };

    public void AddTo(Command command)
    {
        command.Options.Add(csv);
        command.Options.Add(xlsx);
        command.Options.Add(chinese);
    }

    /// <summary>Writes the files that were asked for.</summary>
    public async Task WriteAsync(ParseResult parsed, Terminal terminal, CancellationToken cancel, params IReadOnlyList<ReportTable> tables)
    {
        if (parsed.GetValue(xlsx) is { } workbook)
        {
            await WriteWorkbookAsync(workbook, tables, parsed.GetValue(chinese), cancel);
            terminal.Say($"{workbook} written");
        }

        if (parsed.GetValue(csv) is { } file)
        {
            foreach (var table in tables)
            {
                var path =
                    tables.Count == 1
                        ? file
                        : Path.Combine(
                            Path.GetDirectoryName(file) ?? "",
                            $"{Path.GetFileNameWithoutExtension(file)}-{table.Name.Replace(' ', '-')}{Path.GetExtension(file)}"
                        );
                using var stream = CommandLine.CreateFile(path);
                CsvFile.Write(stream, table, parsed.GetValue(chinese));
                terminal.Say($"{path} written");
            }
        }
    }

    /// <summary>Writes a workbook.</summary>
    public static async Task WriteWorkbookAsync(string path, IReadOnlyList<ReportTable> tables, bool chinese, CancellationToken cancel)
    {
        await using var stream = CommandLine.CreateFile(path);
        await XlsxFile.WriteAsync(stream, tables, chinese, cancel);
    }
}
