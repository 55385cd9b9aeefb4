using System.CommandLine;
using System.Text.Json;
using Ledger.Api.Imports;
using Ledger.Api.Mapping;
using Ledger.Api.Tables;
using Ledger.Domain.Errors;
using Ledger.Domain.Time;
using Ledger.Projections.Accounts;
using Ledger.Projections.Store;
using Npgsql;
using Spectre.Console;

namespace Ledger.Api.Commands;

/// <summary><c>import FILE…</c>: events from NDJSON or a CloudEvents batch, or, through <c>--map</c>, rows of CSV or XLSX.</summary>
internal static class ImportCommand
{
    public static Command Create()
    {
        var files = new Argument<string[]>("FILE")
        {
            Arity = ArgumentArity.OneOrMore,
            Description = "NDJSON, a CloudEvents batch, or one event; with --map CSV or XLSX; - is standard input",
        };
        var map = new Option<string?>("--map")
        {
            Description = "The mapping (JSON) that says which columns of a table become what; docs/mappings has two",
        };
        var contract = new Option<string?>("--contract")
        {
            Description = "The contract of events that name none; events of others are refused",
        };
        var rejects = new Option<string?>("--rejects")
        {
            Description = "Record the good lines, and write the bad ones with their reasons to this file",
        };
        var dryRun = new Option<bool>("--dry-run") { Description = "Check everything, show the first lines as events, record nothing" };
        var command = new Command("import", "Imports events; each file is recorded whole or not at all")
        {
            files,
            contract,
            map,
            rejects,
            dryRun,
        };
        command.SetLedgerAction(
            async (Importer importer, NpgsqlDataSource database, ParseResult parsed, Terminal terminal, CancellationToken cancel) =>
            {
                var paths = parsed.GetRequiredValue(files);
                await CheckAsync(paths, parsed.GetValue(rejects));
                var mapping = parsed.GetValue(map) is { } mapFile ? await ReadMappingAsync(mapFile, cancel) : null;
                var calendar = mapping is null ? WorkingDays.Shipped : await CalendarReader.AtAsync(database, long.MaxValue, cancel);

                // Disposed after the last file has been taken: every import is awaited before.
#pragma warning disable CA2025
                await using var rejected = parsed.GetValue(rejects) is { } path
                    ? CommandLine.CreateFile(path, FileMode.CreateNew, secret: true)
                    : null;
                var status = CommandLine.Done;
                var reports = new List<ImportReport>();
                foreach (var file in paths)
                {
                    var options = new ImportOptions(
                        rejected is null ? null : line => WriteAsync(rejected, file, line),
                        parsed.GetValue(dryRun)
                    );
#pragma warning restore CA2025
                    var report = await ImportAsync(
                        importer,
                        terminal,
                        file,
                        stream => FileOf(stream, mapping, parsed.GetValue(contract), calendar),
                        options,
                        cancel
                    );
                    reports.Add(report);
                    status = report.Rejected > 0 ? CommandLine.SomethingWrong : status;
                    Explain(terminal, file, report, rejected is not null);
                }

                var sum = Sum(reports);
                terminal.Show(
                    sum,
                    console =>
                    {
                        foreach (var e in sum.Sample ?? [])
                        {
                            console.WriteLine(e.GetRawText());
                        }

                        console.MarkupLineInterpolated(
                            $"{(sum.DryRun ? "dry run, nothing recorded; it would be: " : "")}read {sum.Read:#,0} lines, recorded {sum.Recorded:#,0} events, duplicates {sum.Duplicates:#,0}, {(sum.Repeated > 0 ? $"twice in the file {sum.Repeated:#,0}, " : "")}rejected {sum.Rejected:#,0}{(sum.FirstPosition is null ? "" : $", positions {sum.FirstPosition} to {sum.LastPosition}")}"
                        );
                        foreach (var (reason, rows) in sum.LeftOut ?? new Dictionary<string, long>())
                        {
                            console.MarkupLineInterpolated($"left out: {rows:#,0} {reason}");
                        }

                        if (sum.OutsideTerm is { } outside)
                        {
                            console.MarkupLineInterpolated($"[yellow]{outside:#,0} facts occurred on no day of their contract's term[/]");
                        }

                        foreach (var open in sum.Undecided ?? [])
                        {
                            console.MarkupLineInterpolated(
                                $"[yellow]the statement of period {open.Period} of {open.Contract} {(sum.DryRun ? "would be" : "is")} issued with {open.Proposed:#,0} deductions proposed ({Terminal.Yuan(open.ProposedAmount)}) and {open.Disputed:#,0} disputed ({Terminal.Yuan(open.DisputedAmount)}): what is decided of them later is posted in the first open period[/]"
                            );
                        }

                        if (sum.Read == 0)
                        {
                            console.MarkupLine("[yellow]no event and no row was found: is it the right file, and the right sheet?[/]");
                        }

                        foreach (var (type, events) in sum.Changed ?? new Dictionary<string, long>())
                        {
                            console.MarkupLineInterpolated($"changed since the last time: {events:#,0} {type}");
                        }

                        foreach (var (type, events) in sum.Outdated ?? new Dictionary<string, long>())
                        {
                            console.MarkupLineInterpolated(
                                $"[yellow]{events:#,0} {type} say again what a later row said otherwise[/], and the later one stays the last: is it an old file? If not, tell what is right by an event with the time of its change (docs/mappings/options.md)"
                            );
                        }

                        if (sum.Personal is { } personal)
                        {
                            console.MarkupLineInterpolated($"personal data, stored apart or left out: {string.Join(", ", personal)}");
                        }
                    }
                );
                return status;
            }
        );
        return command;
    }

    private static async Task<ImportReport> ImportAsync(
        Importer importer,
        Terminal terminal,
        string file,
        Func<Stream, EventFile> fileOf,
        ImportOptions options,
        CancellationToken cancel
    )
    {
        await using var stream = CommandLine.OpenFile(file);

        // What is piped in may come slowly, and the log is locked while a file is taken: it is laid down first.
        await using var spooled = stream.CanSeek ? null : await SpoolAsync(stream, cancel);
        try
        {
            if (!Terminal.ShowsProgress)
            {
                return await importer.ImportAsync(fileOf(spooled ?? stream), options, cancel);
            }

            return await terminal
                .Notes.Status()
                .StartAsync(
                    $"importing {Markup.Escape(file)}",
                    status =>
                        importer.ImportAsync(
                            fileOf(spooled ?? stream),
                            options with
                            {
                                Progress = lines => status.Status($"importing {Markup.Escape(file)}: {lines:#,0} lines"),
                            },
                            cancel
                        )
                );
        }
        catch (IOException e) when (!DatabaseErrors.IsAway(e))
        {
            throw new LedgerException(ErrorCode.FileUnreadable, $"{file} cannot be read: {e.Message}", e);
        }
        catch (LedgerException e) when (e.Code is ErrorCode.Refused or ErrorCode.FileUnreadable)
        {
            throw new LedgerException(e.Code, $"{file}: {e.Message}", e);
        }
    }

    private static EventFile FileOf(Stream stream, ImportMapping? mapping, string? contract, WorkingDays calendar) =>
        mapping is null ? EventFile.OfEvents(stream, contract) : EventFile.OfTable(stream, mapping, contract, calendar);

    private static async Task<ImportMapping> ReadMappingAsync(string path, CancellationToken cancel) =>
        ImportMapping.Read(await CommandLine.ReadFileAsync(path, cancel), out var faults)
        ?? throw new LedgerException(ErrorCode.Refused, $"{path}: {string.Join("; ", faults)}");

    /// <summary>Before anything is recorded: every file can be read, and none of them would be overwritten by the rejects.</summary>
    private static async Task CheckAsync(string[] paths, string? rejects)
    {
        foreach (var path in paths.Where(p => p != "-"))
        {
            await using var readable = CommandLine.OpenFile(path);
        }

        if (rejects is not null && File.Exists(rejects))
        {
            throw new LedgerException(
                ErrorCode.BadRequest,
                $"--rejects {rejects}: the file exists already and may hold lines that were mended: name another"
            );
        }
    }

    private static async Task<FileStream> SpoolAsync(Stream stream, CancellationToken cancel)
    {
        var spool = TemporaryFile.Create();
        await stream.CopyToAsync(spool, cancel);
        spool.Position = 0;
        return spool;
    }

    private static async Task WriteAsync(FileStream rejects, string file, RejectedLine line)
    {
        var reason = new
        {
            file,
            line = line.Line,
            faults = line.Faults.Select(f => new { path = f.Path, problem = f.Problem }),
            text = line.Utf8 is null ? null : System.Text.Encoding.UTF8.GetString(line.Utf8),
        };
        await rejects.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(reason, Domain.Json.LedgerJson.Options));
        rejects.WriteByte((byte)'\n');
    }

    private static void Explain(Terminal terminal, string file, ImportReport report, bool kept)
    {
        foreach (var error in report.Errors)
        {
            terminal.Error($"{file} line {error.Line}: {string.Join("; ", error.Faults)}");
        }

        if (report.Rejected > report.Errors.Count)
        {
            terminal.Error($"{file}: and {report.Rejected - report.Errors.Count} lines more");
        }

        if (report.Rejected > 0 && !kept)
        {
            terminal.Error($"{file}: nothing was recorded; mend these lines, or name a file with --rejects to record the good ones");
        }
    }

    private static ImportReport Sum(List<ImportReport> reports) =>
        reports.Count == 1
            ? reports[0]
            : new ImportReport(
                reports.Sum(r => r.Read),
                reports.Sum(r => r.Recorded),
                reports.Sum(r => r.Duplicates),
                reports.Sum(r => r.Rejected),
                reports.Min(r => r.FirstPosition),
                reports.Max(r => r.LastPosition),
                [.. reports.SelectMany(r => r.Errors)],
                reports.Exists(r => r.DryRun),
                reports.TrueForAll(r => r.Sample is null) ? null : [.. reports.SelectMany(r => r.Sample ?? [])],
                Sum(reports.Select(r => r.LeftOut)),
                reports.Sum(r => r.Repeated) is > 0 and var repeated ? repeated : null,
                Sum(reports.Select(r => r.Changed)),
                reports.Sum(r => r.OutsideTerm) is > 0 and var outside ? outside : null,
                reports.SelectMany(r => r.Undecided ?? []).ToList() is { Count: > 0 } undecided ? undecided : null,
                reports.SelectMany(r => r.Personal ?? []).Distinct().ToList() is { Count: > 0 } personal ? personal : null,
                Sum(reports.Select(r => r.Outdated))
            );

    private static Dictionary<string, long>? Sum(IEnumerable<IReadOnlyDictionary<string, long>?> counts) =>
        counts.OfType<IReadOnlyDictionary<string, long>>().ToList() is { Count: > 0 } some
            ? some.SelectMany(c => c).GroupBy(c => c.Key).ToDictionary(g => g.Key, g => g.Sum(c => c.Value))
            : null;
}
