using System.Globalization;
using System.Net.Http.Headers;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using Ledger.Domain.Json;
using Ledger.Domain.Time;
using NodaTime;

namespace Ledger.Domain.Events;

/// <summary>What an event says beside its data, unchecked.</summary>
public readonly record struct EventAttributes(
    string Id,
    string Source,
    string Type,
    string? Contract,
    string Subject,
    Instant Time,
    string Actor,
    string? Correlation = null,
    string? Causation = null,
    long? ExpectedVersion = null,
    TimePrecision? Precision = null
);

/// <summary>
/// Reads one event in its wire form, CloudEvents 1.0 in JSON, with every fault named by its JSON path. Pure: whether
/// the contract exists and whether a decision follows is asked elsewhere.
/// </summary>
public static class EventReader
{
    /// <summary>The most characters in an id, source, subject, actor, correlation or causation.</summary>
    public const int MaxAttributeLength = 256;

    /// <summary>The most bytes of one event.</summary>
    public const int MaxEventBytes = 1024 * 1024;

    private sealed record Envelope(
        string Specversion,
        string Id,
        string Source,
        string Type,
        string Subject,
        Instant Time,
        string Actor,
        string? Contract = null,
        JsonElement? Data = null,
        string? Datacontenttype = null,
        string? Dataschema = null,
        long? Position = null,
        string? Recordedat = null,
        string? Correlationid = null,
        string? Causationid = null,
        long? Expectedversion = null,
        TimePrecision? Timeprecision = null
    )
    {
        /// <summary>Attributes that the ledger does not know.</summary>
        [JsonExtensionData]
        public Dictionary<string, JsonElement>? Extensions { get; init; }
    }

    /// <summary>
    /// Reads one event; <paramref name="contract"/> stands in where the event names none, and refuses another where
    /// given. Null, with at least one fault, when the event is not to be recorded.
    /// </summary>
    public static NewEvent? Read(ReadOnlySpan<byte> utf8, string? contract, out IReadOnlyList<Fault> faults)
    {
        if (utf8.Length > MaxEventBytes)
        {
            faults = [new Fault("$", $"expected an event of at most {MaxEventBytes} bytes, got {utf8.Length}")];
            return null;
        }

        if (StrictJson.Read<Envelope>(utf8, "$", out faults) is not { } envelope)
        {
            return null;
        }

        var found = new List<Fault>();
        if (envelope.Specversion != "1.0")
        {
            found.Add(new Fault("$.specversion", $"expected \"1.0\", got \"{envelope.Specversion}\""));
        }

        if (envelope.Datacontenttype is { } type && !IsJson(type))
        {
            found.Add(new Fault("$.datacontenttype", $"expected \"application/json\" in UTF-8, got \"{type}\""));
        }

        found.AddRange(ExtensionFaults(envelope.Extensions ?? []));

        var attributes = new EventAttributes(
            envelope.Id,
            envelope.Source,
            envelope.Type,
            envelope.Contract ?? contract,
            envelope.Subject,
            envelope.Time,
            envelope.Actor,
            envelope.Correlationid,
            envelope.Causationid,
            envelope.Expectedversion,
            envelope.Timeprecision
        );
        if (contract is not null && envelope.Contract is not null && envelope.Contract != contract)
        {
            found.Add(new Fault("$.contract", $"expected \"{contract}\", got \"{envelope.Contract}\""));
        }

        var read = Read(attributes, envelope.Data is { } element ? JsonMarshal.GetRawUtf8Value(element) : "{}"u8, found, out faults);
        return envelope.Extensions is { Count: > 0 } extensions && read is not null
            ? read with
            {
                Dropped = [.. extensions.Keys.Order(StringComparer.Ordinal)],
            }
            : read;
    }

    /// <summary>JSON, whatever the parameters of the media type say, but in another encoding than UTF-8 (RFC 8259).</summary>
    private static bool IsJson(string type) =>
        MediaTypeHeaderValue.TryParse(type, out var media)
        && string.Equals(media.MediaType, "application/json", StringComparison.OrdinalIgnoreCase)
        && (media.CharSet is null || string.Equals(media.CharSet.Trim('"'), "utf-8", StringComparison.OrdinalIgnoreCase));

    /// <summary>CloudEvents 1.0: an extension's name has lower-case letters and digits, its value is a text, a number or a truth.</summary>
    private static IEnumerable<Fault> ExtensionFaults(Dictionary<string, JsonElement> extensions)
    {
        foreach (var (name, value) in extensions)
        {
            if (name.Length == 0 || !name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c)))
            {
                yield return new Fault(
                    $"$.{name}",
                    "unknown property; an extension's name has lower-case letters and digits alone, and the ledger's own attributes are "
                        + "contract, actor, correlationid, causationid, expectedversion and timeprecision"
                );
            }
            else if (value.ValueKind is JsonValueKind.Object or JsonValueKind.Array)
            {
                yield return new Fault($"$.{name}", "expected a text, a number or a truth: an extension holds nothing else");
            }
        }
    }

    /// <summary>
    /// Reads one event whose attributes did not come in JSON (a row of a table) and whose data is. Null, with at least one fault, when
    /// it is not to be recorded.
    /// </summary>
    public static NewEvent? Read(EventAttributes attributes, ReadOnlySpan<byte> data, out IReadOnlyList<Fault> faults) =>
        Read(attributes, data, [], out faults);

    private static NewEvent? Read(EventAttributes e, ReadOnlySpan<byte> utf8, List<Fault> found, out IReadOnlyList<Fault> faults)
    {
        AddFaults(e, found);
        var data = ReadData(e, utf8, found);
        faults = found;
        if (found.Count > 0 || data is null)
        {
            return null;
        }

        // Here, at the only way in: what forgets the values loses them, and does not record them.
        var (rest, personal) = data.Separate();
        return new NewEvent(e.Contract!, e.Subject, e.Id, e.Source, e.Time, e.Actor, rest, e.Correlation, e.Causation, e.ExpectedVersion)
        {
            Precision = e.Precision,
            Personal = personal,
        };
    }

    private static void AddFaults(EventAttributes e, List<Fault> found)
    {
        // The id of a deduction holds a whole subject: what could be recorded can be decided.
        var mostOfSubject = e.Subject.StartsWith("deduction/", StringComparison.Ordinal) ? 2 * MaxAttributeLength : MaxAttributeLength;
        Check("id", e.Id, MaxAttributeLength);
        Check("source", e.Source, MaxAttributeLength);
        Check("subject", e.Subject, mostOfSubject);
        Check("actor", e.Actor, MaxAttributeLength);
        Check("contract", e.Contract, MaxAttributeLength);
        Check("correlationid", e.Correlation, MaxAttributeLength);
        Check("causationid", e.Causation, MaxAttributeLength);

        if (e.Id.StartsWith(LedgerSource.IdPrefix, StringComparison.Ordinal))
        {
            found.Add(new Fault("$.id", $"ids that begin with \"{LedgerSource.IdPrefix}\" are the ledger's own"));
        }

        if (e.Contract is null)
        {
            found.Add(new Fault("$.contract", "missing; expected the id of a registered contract"));
        }

        if (e.Time.InUtc().Year is < Instants.FirstYear or > Instants.LastYear)
        {
            found.Add(new Fault("$.time", $"expected a year from {Instants.FirstYear} to {Instants.LastYear}, got {e.Time}"));
        }

        if (e.ExpectedVersion < 0)
        {
            found.Add(new Fault("$.expectedversion", "expected 0 or more"));
        }

        void Check(string name, string? value, int most)
        {
            if (value is not null && (value.Length == 0 || value.Length > most || HasUnseen(value)))
            {
                found.Add(
                    new Fault(
                        "$." + name,
                        $"expected 1 to {most} characters without control characters, characters of no width and space around them"
                    )
                );
            }
        }
    }

    /// <summary>Whether there is what nobody sees: two ids that look the same are the same.</summary>
    private static bool HasUnseen(ReadOnlySpan<char> text)
    {
        foreach (var c in text)
        {
            if (char.IsControl(c) || (c > '\x7f' && char.GetUnicodeCategory(c) == UnicodeCategory.Format))
            {
                return true;
            }
        }

        return char.IsWhiteSpace(text[0]) || char.IsWhiteSpace(text[^1]);
    }

    private static EventData? ReadData(EventAttributes e, ReadOnlySpan<byte> utf8, List<Fault> faults)
    {
        if (EventCatalogue.Find(e.Type) is not { } type)
        {
            faults.Add(new Fault("$.type", $"unknown event type \"{e.Type}\"; docs/events.md lists them all"));
            return null;
        }

        if (type.KeyOf(e.Subject) is not { } key)
        {
            faults.Add(
                new Fault(
                    "$.subject",
                    $"expected {string.Join(" or ", type.Subjects.Select(s => s.Replace("*", "…", StringComparison.Ordinal)))} for "
                        + $"{e.Type}, got \"{e.Subject}\""
                )
            );
            return null;
        }

        if (StrictJson.Read(utf8, type.Data, "$.data", out var found) is not EventData data)
        {
            faults.AddRange(found.Select(f => f.Path.StartsWith("$.data.caller", StringComparison.Ordinal) ? f.WithoutValue() : f));
            return null;
        }

        faults.AddRange(
            data.Faults(key)
                .Concat(data.FaultsAt(TimeRange.Of(e.Time, e.Precision).Earliest))
                .Select(f => f with { Path = "$.data" + f.Path })
        );
        return data;
    }
}
