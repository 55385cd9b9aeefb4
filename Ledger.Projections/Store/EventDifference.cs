using System.Text.Json;
using Ledger.Domain.Json;
using Ledger.Domain.Time;

namespace Ledger.Projections.Store;

/// <summary>
/// Where an event on its way in first differs from the one on record under its id: the JSON path in its wire form, and both values as JSON;
/// null where one has none, and for personal data, which no message repeats.
/// </summary>
public sealed record EventDifference(string Path, string? Recorded, string? Given)
{
    private const string Personal = "$.data.caller";
    private const int MostCharacters = 80;

    /// <summary>The difference, of two events that are not the same.</summary>
    public static EventDifference Of(PendingEvent pending, StoredEvent stored)
    {
        var e = pending.Event;
        (string Name, string? Recorded, string? Given)[] attributes =
        [
            ("source", stored.Source, e.Source),
            ("type", stored.Type, e.Type.Alias),
            ("subject", stored.Subject, e.Subject),
            ("time", TimeOf(stored.OccurredAt), TimeOf(Instants.ToMicroseconds(e.OccurredAt))),
            ("timeprecision", WordOf(stored.Precision), WordOf(e.Precision)),
            ("actor", stored.Actor, e.Actor),
            ("correlationid", stored.Correlation, e.CorrelationId),
            ("causationid", stored.Causation, e.CausationId),
        ];
        foreach (var (name, recorded, given) in attributes)
        {
            if (recorded != given)
            {
                return new EventDifference("$." + name, Quoted(recorded), Quoted(given));
            }
        }

        return Of("$.data", JsonElement.Parse(stored.Data.Span), JsonElement.Parse(pending.Data));
    }

    /// <summary>In words: what is recorded, and what is given.</summary>
    public override string ToString() =>
        Recorded is null && Given is null
            ? $"{Path} is another"
            : $"{Path} is {Recorded ?? "absent"} on record and {Given ?? "absent"} here";

    private static EventDifference Of(string path, JsonElement? recorded, JsonElement? given)
    {
        if (path == Personal)
        {
            return new EventDifference(path, null, null);
        }

        if (recorded is not { ValueKind: JsonValueKind.Object } one || given is not { ValueKind: JsonValueKind.Object } other)
        {
            return new EventDifference(path, Shown(recorded), Shown(given));
        }

        var names = one.EnumerateObject().Concat(other.EnumerateObject()).Select(p => p.Name).Distinct().Order(StringComparer.Ordinal);
        foreach (var name in names)
        {
            var (was, now) = (Property(one, name), Property(other, name));
            if (was is not { } a || now is not { } b || !JsonElement.DeepEquals(a, b))
            {
                return Of($"{path}.{name}", was, now);
            }
        }

        return new EventDifference(path, null, null);
    }

    private static JsonElement? Property(JsonElement of, string name) => of.TryGetProperty(name, out var value) ? value : null;

    private static string TimeOf(long microseconds) => Instants.Write(Instants.FromMicroseconds(microseconds));

    private static string? WordOf(TimePrecision? precision) => precision is { } known ? Words<TimePrecision>.Of(known) : null;

    private static string? Quoted(string? text) => text is null ? null : $"\"{text}\"";

    private static string? Shown(JsonElement? value) =>
        value?.GetRawText() is not { } text ? null
        : text.Length > MostCharacters ? text[..MostCharacters] + "…"
        : text;
}
