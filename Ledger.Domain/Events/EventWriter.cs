using System.Buffers;
using System.Text.Json;
using Ledger.Domain.Json;
using Ledger.Domain.Time;

namespace Ledger.Domain.Events;

/// <summary>Writes events in their wire form, CloudEvents 1.0 in JSON.</summary>
public static class EventWriter
{
    private static readonly JsonWriterOptions Options = new() { Encoder = LedgerJson.Options.Encoder };

    /// <summary>One event on one line, without the line's end.</summary>
    public static byte[] Write(NewEvent e)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer, Options);
        json.WriteStartObject();
        json.WriteString("specversion", "1.0");
        json.WriteString("id", e.Id);
        json.WriteString("source", e.Source);
        json.WriteString("type", e.Type.Alias);
        json.WriteString("contract", e.Contract);
        json.WriteString("subject", e.Subject);
        json.WriteString("time", JsonSerializer.SerializeToElement(e.OccurredAt, LedgerJson.Options).GetString());
        if (e.Precision is { } precision)
        {
            json.WriteString("timeprecision", Words<TimePrecision>.Of(precision));
        }

        json.WriteString("actor", e.Actor);
        if (e.CorrelationId is not null)
        {
            json.WriteString("correlationid", e.CorrelationId);
        }

        if (e.CausationId is not null)
        {
            json.WriteString("causationid", e.CausationId);
        }

        if (e.ExpectedVersion is { } version)
        {
            json.WriteNumber("expectedversion", version);
        }

        json.WritePropertyName("data");
        JsonSerializer.Serialize(json, e.Data, e.Data.GetType(), LedgerJson.Options);
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }
}
