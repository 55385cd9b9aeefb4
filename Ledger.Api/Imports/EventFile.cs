using System.Collections.Concurrent;
using Ledger.Api.Mapping;
using Ledger.Api.Tables;
using Ledger.Domain.Errors;
using Ledger.Domain.Events;
using Ledger.Domain.Json;
using Ledger.Domain.Time;
using Ledger.Projections.Store;

namespace Ledger.Api.Imports;

/// <summary>
/// What a line of a file comes to: its events, or its faults. <c>Utf8</c> is the line itself; null where it was too long.
/// </summary>
public sealed record FileLine(long Number, byte[]? Utf8, IReadOnlyList<PendingEvent> Events, IReadOnlyList<Fault> Faults);

/// <summary>A file of events, seekable: its lines come one after the other, and are read on all cores.</summary>
public abstract class EventFile
{
    /// <summary>How much was left out, by what it was (rows, attributes); known once all lines were read.</summary>
    public virtual IReadOnlyDictionary<string, long> LeftOut => new Dictionary<string, long>();

    /// <summary>The columns that hold personal data; known once all lines were read.</summary>
    public virtual IReadOnlyList<string> Personal => [];

    /// <summary>The types of which a changed row yields another event: a file that comes again and again.</summary>
    public virtual IReadOnlyList<string> Refreshed => [];

    /// <summary>The lines from the first one on, in bounded memory, each with what reads it.</summary>
    internal abstract IAsyncEnumerable<Func<FileLine>> LinesAsync(CancellationToken cancel);

    /// <summary>
    /// Events in their wire form (<see cref="EventLines"/>); <paramref name="contract"/> stands in where an event names none.
    /// </summary>
    public static EventFile OfEvents(Stream stream, string? contract) => new Wire(stream, contract);

    /// <summary>Events that are read already, one a line.</summary>
    public static EventFile Of(IReadOnlyList<NewEvent> events) => new Listed(events);

    /// <summary>
    /// A table, CSV or XLSX by its first bytes, through a mapping; limits that it computes end by <paramref name="calendar"/>.
    /// </summary>
    public static EventFile OfTable(Stream stream, ImportMapping mapping, string? contract, WorkingDays calendar) =>
        new Table(stream, mapping, contract, calendar);

    /// <summary>The same file, of which a check names what may not be recorded, and why.</summary>
    public EventFile Restricted(Func<NewEvent, Fault?> check) => new Checked(this, check);

    private static bool IsZip(ReadOnlySpan<byte> start) => start is [0x50, 0x4B, 0x03, 0x04, ..];

    private static bool IsOldExcel(ReadOnlySpan<byte> start) => start is [0xD0, 0xCF, 0x11, 0xE0, ..];

    private sealed class Listed(IReadOnlyList<NewEvent> events) : EventFile
    {
        internal override IAsyncEnumerable<Func<FileLine>> LinesAsync(CancellationToken cancel) =>
            events.Select((e, i) => (Func<FileLine>)(() => new FileLine(i + 1, null, [PendingEvent.Of(e)], []))).ToAsyncEnumerable();
    }

    private sealed class Checked(EventFile file, Func<NewEvent, Fault?> check) : EventFile
    {
        public override IReadOnlyDictionary<string, long> LeftOut => file.LeftOut;

        public override IReadOnlyList<string> Personal => file.Personal;

        public override IReadOnlyList<string> Refreshed => file.Refreshed;

        internal override IAsyncEnumerable<Func<FileLine>> LinesAsync(CancellationToken cancel) =>
            file.LinesAsync(cancel).Select(read => (Func<FileLine>)(() => Check(read())));

        private FileLine Check(FileLine line) =>
            line.Events.Select(e => check(e.Event)).OfType<Fault>().ToList() is { Count: > 0 } wrong
                ? line with
                {
                    Events = [],
                    Faults = [.. line.Faults, .. wrong],
                }
                : line;
    }

    private sealed class Wire(Stream stream, string? contract) : EventFile
    {
        private readonly ConcurrentDictionary<string, long> dropped = [];

        public override IReadOnlyDictionary<string, long> LeftOut =>
            dropped.OrderBy(d => d.Key, StringComparer.Ordinal).ToDictionary(d => $"extension attribute {d.Key}", d => d.Value);

        internal override async IAsyncEnumerable<Func<FileLine>> LinesAsync(
            [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel
        )
        {
            await RefuseTableAsync(cancel);
            stream.Position = 0;
            dropped.Clear();
            await foreach (var line in EventLines.ReadAsync(stream, cancel))
            {
                yield return () => Read(line);
            }
        }

        /// <summary>Who imports a table without a mapping is told so, and not of each of its lines that it is no event.</summary>
        private async Task RefuseTableAsync(CancellationToken cancel)
        {
            stream.Position = 0;
            var buffer = new byte[4096];
            var start = buffer.AsMemory(0, await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancel));
            if (IsTable(start.Span))
            {
                throw new LedgerException(
                    ErrorCode.FileUnreadable,
                    "this is a table and not events: name with --map the mapping that says what its rows become; docs/mappings has two"
                );
            }
        }

        private static bool IsTable(ReadOnlySpan<byte> start)
        {
            if (IsZip(start) || IsOldExcel(start))
            {
                return true;
            }

            start = start is [0xEF, 0xBB, 0xBF, ..] ? start[3..] : start;
            var end = start.IndexOf((byte)'\n');
            var line = (end < 0 ? start : start[..end]).Trim(" \t\r"u8);
            return line.Length > 0 && line[0] is not ((byte)'{' or (byte)'[') && line.ContainsAny((byte)',', (byte)';', (byte)'\t');
        }

        private FileLine Read(EventLine line)
        {
            if (line.Utf8 is null)
            {
                return new FileLine(
                    line.Number,
                    null,
                    [],
                    [new Fault("$", $"expected an event of at most {EventReader.MaxEventBytes} bytes")]
                );
            }

            var e = EventReader.Read(line.Utf8, contract, out var faults);
            foreach (var name in e?.Dropped ?? [])
            {
                dropped.AddOrUpdate(name, 1, (_, known) => known + 1);
            }

            return new FileLine(line.Number, line.Utf8, e is null ? [] : [PendingEvent.Of(e)], faults);
        }
    }

    private sealed class Table(Stream stream, ImportMapping mapping, string? contract, WorkingDays calendar) : EventFile
    {
        private const string Hidden = "hidden rows";
        private const string Skipped = "rows that the mapping skips";

        public override IReadOnlyList<string> Refreshed => mapping.Refreshed;

        public override IReadOnlyList<string> Personal => bound?.PersonalColumns ?? [];

        private RowMapper? bound;
        private long skipped;
        private long hidden;

        public override IReadOnlyDictionary<string, long> LeftOut =>
            new[] { (Hidden, hidden), (Skipped, Interlocked.Read(ref skipped)) }
                .Where(l => l.Item2 > 0)
                .Concat((bound?.Unyielded ?? new Dictionary<string, long>()).Select(u => (u.Key, u.Value)).OrderBy(u => u.Key))
                .ToDictionary();

        internal override async IAsyncEnumerable<Func<FileLine>> LinesAsync(
            [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel
        )
        {
            (skipped, hidden) = (0, 0);
            using var workbook = await IsWorkbookAsync(cancel) ? XlsxTable.Open(stream) : null;
            var rows = workbook is null
                ? CsvTable.ReadAsync(stream, mapping.Encoding, mapping.Delimiter[0], cancel)
                : workbook.ReadAsync(mapping.Sheet, mapping.HiddenRows, cancel);
            bound = null;
            var number = 0L;
            await foreach (var row in rows)
            {
                // In a workbook blank rows are left out: the heading has its own number.
                number = workbook is null ? number + 1 : row.Line;
                if (number < mapping.HeaderRow)
                {
                    continue;
                }

                if (bound is not { } mapper)
                {
                    bound = new RowMapper(mapping, contract, calendar, [.. row.Cells.Select(c => c.Text)], workbook?.HiddenColumns)
                    {
                        IsSheet = workbook is not null,
                    };
                }
                else if (row.Problem is not null || row.Cells.Any(c => !c.IsBlank))
                {
                    var filled = mapper.FilledDown(row);
                    yield return () => Read(mapper, filled);
                }
            }

            hidden = workbook?.HiddenRows ?? 0;
            if (bound is null)
            {
                throw new LedgerException(ErrorCode.FileUnreadable, $"the file ends before its heading in row {mapping.HeaderRow}");
            }
        }

        private FileLine Read(RowMapper mapper, TableRow row)
        {
            if (mapper.Skips(row))
            {
                Interlocked.Increment(ref skipped);
                return new FileLine(row.Line, row.Raw, [], []);
            }

            var faults = new List<Fault>();
            var events = mapper.Map(row, faults);

            // Several events of a row may read the same cell: what is wrong with it is said once.
            return new FileLine(row.Line, row.Raw, faults.Count > 0 ? [] : [.. events.Select(PendingEvent.Of)], [.. faults.Distinct()]);
        }

        private async Task<bool> IsWorkbookAsync(CancellationToken cancel)
        {
            stream.Position = 0;
            var start = new byte[4];
            var length = await stream.ReadAtLeastAsync(start, start.Length, throwOnEndOfStream: false, cancel);
            stream.Position = 0;
            return IsOldExcel(start.AsSpan(0, length))
                ? throw new LedgerException(
                    ErrorCode.FileUnreadable,
                    "this is an old Excel file (.xls) or one with a password: save it as XLSX without a password, or as CSV"
                )
                : IsZip(start.AsSpan(0, length));
        }
    }
}
