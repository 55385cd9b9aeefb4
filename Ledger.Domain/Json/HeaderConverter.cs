using System.Text.Json;
using System.Text.Json.Serialization;

namespace Ledger.Domain.Json;

/// <summary>
/// Values of no declared type, such as the headers of a stored event: text stays text. (Serialisers that guess would turn an
/// id that looks like a date into one.)
/// </summary>
internal sealed class HeaderConverter : JsonConverter<object>
{
    public override object? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType switch
        {
            JsonTokenType.String => StrictText.Get(ref reader),
            JsonTokenType.True => true,
            JsonTokenType.False => false,
            JsonTokenType.Number when reader.TryGetInt64(out var number) => number,
            _ => JsonElement.ParseValue(ref reader),
        };

    public override void Write(Utf8JsonWriter writer, object value, JsonSerializerOptions options)
    {
        if (value is string text)
        {
            writer.WriteStringValue(text);
        }
        else
        {
            JsonSerializer.Serialize(writer, value, value.GetType(), options);
        }
    }
}
