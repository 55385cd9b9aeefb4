using System.Buffers;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Ledger.Api.Tables;
using Ledger.Domain.Errors;
using Ledger.Domain.Events;
using Ledger.Domain.Json;
using Ledger.Domain.Time;
using Ledger.Projections.Evidence;

namespace Ledger.Api.Mapping;

/// <summary>
/// A mapping applied to a table with certain headings: a row in, events out. Between rows it keeps only what <see cref="FilledDown"/>, which
/// is called for one row after the other, fills in.
/// </summary>
internal sealed partial class RowMapper
{
    // What holds the digest's place until the event is read.
    private const string NoDigest = "0000000000000000";

    private readonly ImportMapping mapping;
    private readonly string contract;
    private readonly IReadOnlyList<string> headings;
    private readonly IReadOnlySet<string> blanks;
    private readonly IReadOnlyList<RowCondition> skip;
    private readonly Dictionary<int, Cell> above = [];
    private readonly ConcurrentDictionary<string, long> unyielded = [];

    // By the name that the mapping gives them.
    private readonly Dictionary<string, int> columns = new(StringComparer.Ordinal);
    private readonly CellTimes times;
    private readonly JsonWriterOptions json = new() { Encoder = LedgerJson.Options.Encoder };
    private readonly List<PlannedEvent> plan;

    /// <summary>Binds a mapping to the headings of a file; throws <see cref="LedgerException"/> where they do not fit together.</summary>
    /// <param name="mapping">The mapping.</param>
    /// <param name="contract">The contract, which goes before the mapping's.</param>
    /// <param name="headings">The headings in order.</param>
    /// <param name="calendar">The working days by which limits end.</param>
    /// <param name="hidden">The columns that a sheet hides, from 0: read where no visible one has their heading.</param>
    public RowMapper(
        ImportMapping mapping,
        string? contract,
        WorkingDays calendar,
        IReadOnlyList<string> headings,
        IReadOnlySet<int>? hidden = null
    )
    {
        (this.mapping, this.headings) = (mapping, headings);
        blanks = (mapping.Blank ?? []).Select(CellText.Key).ToHashSet();
        skip = [.. (mapping.Skip ?? []).Select(Normal)];
        this.contract =
            contract
            ?? mapping.Contract
            ?? throw new LedgerException(
                ErrorCode.BadRequest,
                "--contract: expected the contract that the rows belong to; the mapping names none"
            );
        times = new CellTimes(mapping, calendar);
        plan =
        [
            .. mapping.Events.Select(e => new PlannedEvent(
                e with
                {
                    When = [.. (e.When ?? []).Select(Normal)],
                },
                Template.OfId(e.Id),
                Template.Parse(e.Subject),
                Template.Parse(e.Actor),
                e.Data is { } data ? Node(data, e.TimePrecision ?? mapping.TimePrecision) : null
            )),
        ];
        Check(hidden ?? new HashSet<int>());
    }

    /// <summary>A condition whose texts are as <see cref="CellText.Key"/> has them.</summary>
    private static RowCondition Normal(RowCondition condition) =>
        condition with
        {
            In = condition.In?.Select(CellText.Key).ToList(),
            NotIn = condition.NotIn?.Select(CellText.Key).ToList(),
        };

    /// <summary>A row with the cells that it has from the rows above it.</summary>
    public TableRow FilledDown(TableRow row)
    {
        if (mapping.FillDown is not { Count: > 0 } names || row.Problem is not null)
        {
            return row;
        }

        var cells = row.Cells.ToList();
        foreach (var name in names)
        {
            var index = columns[name];
            cells.Reach(index);
            if (!CellOf(row, name).IsBlank)
            {
                above[index] = cells[index];
            }
            else if (above.TryGetValue(index, out var known))
            {
                cells[index] = known;
            }
        }

        return row with
        {
            Cells = cells,
        };
    }

    /// <summary>How many events of a kind rows did not yield, by reason.</summary>
    public IReadOnlyDictionary<string, long> Unyielded => unyielded;

    /// <summary>The columns of the file that the mapping says are personal data.</summary>
    public IReadOnlyList<string> PersonalColumns
    {
        get
        {
            var named = (mapping.PersonalData ?? []).Select(CellText.Key).ToHashSet();
            return [.. headings.Where(h => named.Contains(CellText.Key(h)))];
        }
    }

    /// <summary>Whether the mapping leaves a row out.</summary>
    public bool Skips(TableRow row) => skip.Any(c => Holds(c, row));

    private sealed record PlannedEvent(MappedEvent Event, Template Id, Template Subject, Template Actor, DataNode? Data)
    {
        /// <summary>The value maps by which a column stands in the data.</summary>
        public IEnumerable<IReadOnlyDictionary<string, JsonElement>> MapsOf(string column) =>
            Data is null
                ? []
                : Cells(Data).Where(c => c.Cell.Column == column).Select(c => c.Map).OfType<IReadOnlyDictionary<string, JsonElement>>();

        /// <summary>The columns whose cells stand in the recorded event: a caller's do not.</summary>
        public IEnumerable<string> ColumnsOfData =>
            Event.Type == "case_received" && Data is ObjectNode data
                ? data.Properties.Where(p => p.Name != "caller").SelectMany(p => p.Value.Columns)
                : Data?.Columns ?? [];
    }

    /// <summary>The events of a row; or the faults, and nothing of the row is to be recorded.</summary>
    public IReadOnlyList<NewEvent> Map(TableRow row, List<Fault> faults)
    {
        if (row.Problem is not null)
        {
            faults.Add(new Fault("$", row.Problem));
        }
        else if (row.Cells.Count < headings.Count && row.Cells.Count <= LastColumn || row.Cells.Skip(headings.Count).Any(c => !c.IsBlank))
        {
            faults.Add(new Fault("$", $"expected {headings.Count} fields as in the heading, got {row.Cells.Count}"));
        }

        var events = new List<NewEvent>();
        foreach (var planned in faults.Count > 0 ? [] : plan)
        {
            if (WhyNot(planned, row, faults) is { } reason)
            {
                unyielded.AddOrUpdate($"{planned.Event.Type} where {reason}", 1, (_, known) => known + 1);
            }
            else if (Read(planned, row, faults) is { } e)
            {
                events.Add(e);
            }
        }

        if (events.Count == 0 && faults.Count == 0)
        {
            faults.Add(
                new Fault(
                    "$",
                    $"the row becomes no event: the conditions of none of {string.Join(", ", mapping.Events.Select(e => e.Type))} hold"
                )
            );
        }

        return events;
    }

    /// <summary>The last column that the mapping reads: a workbook leaves out blank cells at a row's end.</summary>
    private int LastColumn => IsSheet ? -1 : headings.Count - 1;

    /// <summary>Whether rows come from a workbook, where blank cells at the end are left out.</summary>
    public bool IsSheet { get; init; }

    /// <summary>
    /// Why a row yields no event of a kind: the first condition that does not hold; null where all do. A text that a condition does not
    /// list and the event's value map does not know is left to the map, which refuses it.
    /// </summary>
    private string? WhyNot(PlannedEvent planned, TableRow row, List<Fault> faults)
    {
        if (CellOf(row, planned.Event.Time).IsBlank)
        {
            return $"\"{planned.Event.Time}\" is blank";
        }

        foreach (var condition in planned.Event.When!.Where(c => !Holds(c, row)))
        {
            var text = CellText.Key(Shown(CellOf(row, condition.Column)));
            if (
                text.Length > 0
                && condition.In is not null
                && planned.MapsOf(condition.Column).ToList() is [var map, ..] maps
                && maps.TrueForAll(m => !m.ContainsKey(text))
            )
            {
                faults.Add(new Fault($"column \"{condition.Column}\"", $"expected one of {Listed(map.Keys)}, got \"{text}\""));
            }

            return text.Length == 0 ? $"\"{condition.Column}\" is blank"
                : condition.Blank == true ? $"\"{condition.Column}\" is not blank"
                : $"\"{condition.Column}\" is none of those that count";
        }

        return null;
    }

    private bool Holds(RowCondition condition, TableRow row) => condition.Holds(CellText.Key(Shown(CellOf(row, condition.Column))));

    private NewEvent? Read(PlannedEvent planned, TableRow row, List<Fault> faults)
    {
        var e = planned.Event;
        var at = times.Time(CellOf(row, e.Time), e.Time, e, out var problem);
        if (at is null)
        {
            faults.Add(new Fault($"column \"{e.Time}\"", $"{problem}, got \"{CellOf(row, e.Time).Text}\""));
        }

        var buffer = new ArrayBufferWriter<byte>(256);
        if (planned.Data is not null)
        {
            using var writer = new Utf8JsonWriter(buffer, json);
            Write(writer, planned.Data, row, faults);
        }

        if (mapping.PersonalData is { Count: > 0 } personal)
        {
            var columns = personal.Select(c => $"column \"{c}\"").ToHashSet();
            for (var i = 0; i < faults.Count; i++)
            {
                faults[i] = columns.Contains(faults[i].Path) ? faults[i].WithoutValue() : faults[i];
            }
        }

        var attributes = new EventAttributes(
            Fill(planned.Id, row, faults, NoDigest),
            mapping.Source,
            e.Type,
            contract,
            Fill(planned.Subject, row, faults),
            at?.At ?? default,
            Fill(planned.Actor, row, faults),
            Precision: at?.Precision
        );
        if (faults.Count > 0)
        {
            return null;
        }

        var read = EventReader.Read(attributes, buffer.WrittenCount > 0 ? buffer.WrittenSpan : "{}"u8, out var wrong);
        faults.AddRange(wrong);
        return planned.Id.HasDigest && read is not null ? read with { Id = Fill(planned.Id, row, faults, DigestOf(read)) } : read;
    }

    /// <summary>
    /// What tells an event from others of its type in a file that comes again: its time, its actor and its data, without personal values,
    /// which no id may give away. Sixteen hexadecimal digits.
    /// </summary>
    private static string DigestOf(NewEvent e)
    {
        Span<byte> data = stackalloc byte[SHA256.HashSizeInBytes];
        CanonicalJson.Hash(JsonSerializer.SerializeToUtf8Bytes(e.Data, e.Data.GetType(), LedgerJson.Options), data);
        var precision = e.Precision is { } known ? Words<TimePrecision>.Of(known) : "";
        var text = $"{Instants.ToMicroseconds(e.OccurredAt)} {precision}\n{e.Actor}\n{Convert.ToHexStringLower(data)}";
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..NoDigest.Length];
    }

    private string Fill(Template template, TableRow row, List<Fault> faults, string digest = "") =>
        template.Fill(column =>
        {
            if (template.HasDigest && column == Template.Digest)
            {
                return digest;
            }

            var text = CellText.Key(TextOf(row, column, faults));
            if (text.Length == 0)
            {
                faults.Add(new Fault($"column \"{column}\"", "expected text, got nothing: what the row is about is named by it"));
            }

            return text;
        });

    private Cell CellOf(TableRow row, string column)
    {
        var cell = columns[column] is var index && index < row.Cells.Count ? row.Cells[index] : new Cell("");
        return blanks.Count > 0 && blanks.Contains(CellText.Key(Shown(cell))) ? new Cell("") : cell;
    }

    private static string Shown(Cell cell) => cell.Kind == CellKind.Number ? CellText.Digits(cell.Text) : CellText.Clean(cell.Text);

    /// <summary>A cell's text; a number as plain digits, and not where a spreadsheet has rounded it.</summary>
    private string TextOf(TableRow row, string column, List<Fault> faults)
    {
        var cell = CellOf(row, column);
        if (CellText.Lost(cell) is { } problem)
        {
            faults.Add(new Fault($"column \"{column}\"", problem));
        }

        return Shown(cell);
    }

    private void Check(IReadOnlySet<int> hidden)
    {
        var faults = new List<string>();
        var named = mapping
            .Events.SelectMany(e => new[] { e.Time }.Concat((e.When ?? []).Select(c => c.Column)))
            .Concat(plan.SelectMany(p => p.Id.Columns.Concat(p.Subject.Columns).Concat(p.Actor.Columns).Concat(p.Data?.Columns ?? [])))
            .Concat(skip.Select(c => c.Column))
            .Concat(mapping.FillDown ?? [])
            .Concat(mapping.SerialDates ?? [])
            .Distinct()
            .ToList();
        var keys = headings.Select(CellText.Key).ToList();
        foreach (var name in named)
        {
            var key = CellText.Key(name);
            var places = Enumerable.Range(0, keys.Count).Where(i => keys[i] == key).ToList();
            var shown = places.FindAll(i => !hidden.Contains(i));
            places = shown.Count > 0 ? shown : places;
            if (places.Count > 0)
            {
                columns[name] = places.Count == 1 ? places[0] : -1;
            }
        }

        var missing = named.Where(c => !columns.ContainsKey(c)).ToList();
        if (missing.Count > 0)
        {
            faults.Add(
                $"the file has no column {string.Join(", ", missing.Select(c => $"\"{c}\""))}; it has "
                    + $"{string.Join(", ", headings.Where(h => h.Length > 0).Take(30).Select(h => $"\"{h}\""))}"
            );
        }

        faults.AddRange(named.Where(c => columns.GetValueOrDefault(c) < 0).Select(c => $"the file has two columns \"{c}\""));
        var exposed = mapping
            .Events.SelectMany(e => new[] { e.Time }.Concat((e.When ?? []).Select(c => c.Column)))
            .Concat(plan.SelectMany(p => p.Id.Columns.Concat(p.Subject.Columns).Concat(p.Actor.Columns).Concat(p.ColumnsOfData)));
        faults.AddRange(
            exposed
                .Intersect(mapping.PersonalData ?? [])
                .Select(c => $"column \"{c}\" is personal data: it can stand in the caller of case_received and nowhere else")
        );
        if (faults.Count > 0)
        {
            throw new LedgerException(ErrorCode.Refused, $"the mapping \"{mapping.Name}\" does not fit: {string.Join("; ", faults)}");
        }
    }
}
