using System.Runtime.InteropServices;
using System.Text.Json;
using Ledger.Domain.Json;
using NodaTime;

namespace Ledger.Domain.Events;

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
        long? Expectedversion = null);

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

        if (Reading.Read<Envelope>(utf8, "$", out faults) is not { } envelope)
        {
            return null;
        }

        var found = new List<Fault>(EnvelopeFaults(envelope, contract));
        var data = ReadData(envelope, found);
        faults = found;
        return found.Count > 0 || data is null ? null : new NewEvent(
            envelope.Contract ?? contract!,
            envelope.Subject,
            envelope.Id,
            envelope.Source,
            envelope.Time,
            envelope.Actor,
            data,
            envelope.Correlationid,
            envelope.Causationid,
            envelope.Expectedversion);
    }

    private static IEnumerable<Fault> EnvelopeFaults(Envelope e, string? contract)
    {
        if (e.Specversion != "1.0")
        {
            yield return new Fault("$.specversion", $"expected \"1.0\", got \"{e.Specversion}\"");
        }

        if (e.Datacontenttype is not (null or "application/json"))
        {
            yield return new Fault("$.datacontenttype", $"expected \"application/json\", got \"{e.Datacontenttype}\"");
        }

        foreach (var (name, value) in new[]
        {
            ("id", e.Id), ("source", e.Source), ("subject", e.Subject), ("actor", e.Actor), ("contract", e.Contract),
            ("correlationid", e.Correlationid), ("causationid", e.Causationid),
        })
        {
            // The id of a deduction holds a whole subject: what could be recorded can be decided.
            var most = name == "subject" && e.Subject.StartsWith("deduction/", StringComparison.Ordinal) ? 2 * MaxAttributeLength : MaxAttributeLength;
            if (value is not null && (value.Length == 0 || value.Length > most || value.Any(char.IsControl)))
            {
                yield return new Fault("$." + name, $"expected 1 to {most} characters without control characters");
            }
        }

        if (e.Id.StartsWith(LedgerSource.IdPrefix, StringComparison.Ordinal))
        {
            yield return new Fault("$.id", $"ids that begin with \"{LedgerSource.IdPrefix}\" are the ledger's own");
        }

        if (e.Contract is null && contract is null)
        {
            yield return new Fault("$.contract", "missing; expected the id of a registered contract");
        }
        else if (contract is not null && e.Contract is not null && e.Contract != contract)
        {
            yield return new Fault("$.contract", $"expected \"{contract}\", got \"{e.Contract}\"");
        }

        if (e.Expectedversion < 0)
        {
            yield return new Fault("$.expectedversion", "expected 0 or more");
        }
    }

    private static EventData? ReadData(Envelope e, List<Fault> faults)
    {
        if (EventCatalogue.Find(e.Type) is not { } type)
        {
            faults.Add(new Fault("$.type", $"unknown event type \"{e.Type}\"; the documentation lists them all"));
            return null;
        }

        if (type.KeyOf(e.Subject) is not { } key)
        {
            faults.Add(new Fault("$.subject", $"expected {string.Join(" or ", type.Subjects.Select(s => s.Replace("*", "…", StringComparison.Ordinal)))} for {e.Type}, got \"{e.Subject}\""));
            return null;
        }

        var utf8 = e.Data is { } element ? JsonMarshal.GetRawUtf8Value(element) : "{}"u8;
        if (Reading.Read(utf8, type.Data, "$.data", out var found) is not EventData data)
        {
            faults.AddRange(found);
            return null;
        }

        faults.AddRange(data.Faults(key).Select(f => f with { Path = "$.data" + f.Path }));
        return data;
    }
}
