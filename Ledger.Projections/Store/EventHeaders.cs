using System.Buffers;
using System.Text.Json;
using Ledger.Domain.Json;
using Ledger.Domain.Time;

namespace Ledger.Projections.Store;

/// <summary>
/// What Marten's columns do not hold of an event's envelope, as its headers: id, source, subject, occurred at and with what
/// precision, and actor. Of each value there is one spelling, so that a header that was touched shows.
/// </summary>
/// <param name="OccurredAt">Microseconds since 1970 UTC.</param>
/// <param name="Precision">With how much less than a moment that is known; null, and no header, where it is exact.</param>
public readonly record struct EventHeaders(
    string Id,
    string Source,
    string Subject,
    long OccurredAt,
    string Actor,
    TimePrecision? Precision = null
)
{
    /// <summary>The CloudEvents id.</summary>
    public const string IdName = "id";

    /// <summary>The CloudEvents source.</summary>
    public const string SourceName = "source";

    /// <summary>The CloudEvents subject.</summary>
    public const string SubjectName = "subject";

    /// <summary>When it occurred, RFC 3339 in UTC.</summary>
    public const string TimeName = "time";

    /// <summary>Who did it.</summary>
    public const string ActorName = "actor";

    /// <summary>The precision of the time, where it has one.</summary>
    public const string PrecisionName = "timeprecision";

    private static readonly string[] Names = [IdName, SourceName, SubjectName, TimeName, ActorName, PrecisionName];

    /// <summary>Reads headers as PostgreSQL serves them; throws <see cref="FormatException"/> for others, or another spelling.</summary>
    public static EventHeaders Parse(ReadOnlySpan<byte> json)
    {
        var values = new string?[Names.Length];
        var reader = new Utf8JsonReader(json);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = IndexOf(ref reader);
            reader.Read();
            values[name] =
                reader.TokenType == JsonTokenType.String
                    ? reader.GetString()
                    : throw new FormatException($"the header \"{Names[name]}\" is not text");
        }

        if (Array.IndexOf(values, null, 0, Names.Length - 1) is var missing and >= 0)
        {
            throw new FormatException($"the header \"{Names[missing]}\" is missing");
        }

        var time = values[Array.IndexOf(Names, TimeName)]!;
        return Instants.TryParse(time, out var at) && Instants.Write(at) == time
            ? new EventHeaders(values[0]!, values[1]!, values[2]!, Instants.ToMicroseconds(at), values[4]!, PrecisionIn(values[^1]))
            : throw new FormatException($"the header \"{TimeName}\" is not written as the ledger writes times: {time}");
    }

    /// <summary>The headers as JSON.</summary>
    public void Write(IBufferWriter<byte> output)
    {
        using var json = new Utf8JsonWriter(output, new JsonWriterOptions { Encoder = LedgerJson.Options.Encoder, SkipValidation = true });
        json.WriteStartObject();
        json.WriteString(IdName, Id);
        json.WriteString(SourceName, Source);
        json.WriteString(SubjectName, Subject);
        json.WriteString(TimeName, Instants.Write(Instants.FromMicroseconds(OccurredAt)));
        json.WriteString(ActorName, Actor);
        if (Precision is { } precision)
        {
            json.WriteString(PrecisionName, Words<TimePrecision>.Of(precision));
        }

        json.WriteEndObject();
    }

    /// <summary>Sets them on an event on its way into a session.</summary>
    public void Set(JasperFx.Events.IEvent e)
    {
        e.SetHeader(IdName, Id);
        e.SetHeader(SourceName, Source);
        e.SetHeader(SubjectName, Subject);
        e.SetHeader(TimeName, Instants.Write(Instants.FromMicroseconds(OccurredAt)));
        e.SetHeader(ActorName, Actor);
        if (Precision is { } precision)
        {
            e.SetHeader(PrecisionName, Words<TimePrecision>.Of(precision));
        }
    }

    /// <summary>The headers of an event that Marten read.</summary>
    public static EventHeaders Of(JasperFx.Events.IEvent e) =>
        new(
            Text(e, IdName),
            Text(e, SourceName),
            Text(e, SubjectName),
            Instants.TryParse(Text(e, TimeName), out var at)
                ? Instants.ToMicroseconds(at)
                : throw new FormatException($"the header \"{TimeName}\" holds no time"),
            Text(e, ActorName),
            PrecisionIn(e.GetHeader(PrecisionName) as string)
        );

    private static TimePrecision? PrecisionIn(string? word) =>
        word is null ? null
        : Words<TimePrecision>.TryParse(word, out var precision) ? precision
        : throw new FormatException($"the header \"{PrecisionName}\" is none of {string.Join(", ", Words<TimePrecision>.All)}: {word}");

    private static int IndexOf(ref Utf8JsonReader reader)
    {
        for (var i = 0; i < Names.Length; i++)
        {
            if (reader.ValueTextEquals(Names[i]))
            {
                return i;
            }
        }

        throw new FormatException($"the header \"{reader.GetString()}\" is none of the ledger's");
    }

    private static string Text(JasperFx.Events.IEvent e, string name) =>
        e.GetHeader(name) as string ?? throw new FormatException($"the header \"{name}\" is missing");
}
