using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Ledger.Domain.Json;

/// <summary>
/// The words of an enumeration on the wire: snake_case of the member's name, or its
/// <see cref="JsonStringEnumMemberNameAttribute"/>. Case matters; numbers and lists are refused.
/// </summary>
public static class Words<T>
    where T : struct, Enum
{
    private static readonly Dictionary<T, string> ByValue = Enum.GetValues<T>().ToDictionary(v => v, Name);
    private static readonly Dictionary<string, T> ByWord = ByValue.ToDictionary(p => p.Value, p => p.Key);

    /// <summary>All words in the order in which they are declared.</summary>
    public static IReadOnlyList<string> All { get; } = [.. ByValue.Values];

    /// <summary>The word of a value.</summary>
    public static string Of(T value) => ByValue[value];

    /// <summary>The value of a word.</summary>
    public static bool TryParse(string word, out T value) => ByWord.TryGetValue(word, out value);

    private static string Name(T value)
    {
        var member = typeof(T).GetField(value.ToString()!)!;
        return member.GetCustomAttribute<JsonStringEnumMemberNameAttribute>()?.Name
            ?? JsonNamingPolicy.SnakeCaseLower.ConvertName(member.Name);
    }
}

/// <summary>Makes the converter of each enumeration.</summary>
internal sealed class WordConverterFactory : JsonConverterFactory
{
    public override bool CanConvert(Type typeToConvert) => typeToConvert.IsEnum;

    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
        (JsonConverter)
            typeof(WordConverterFactory)
                .GetMethod(nameof(Create), BindingFlags.NonPublic | BindingFlags.Static)!
                .MakeGenericMethod(typeToConvert)
                .Invoke(null, null)!;

    private static TextConverter<T> Create<T>()
        where T : struct, Enum =>
        new(
            "one of " + string.Join(", ", Words<T>.All.Select(w => $"\"{w}\"")),
            $$"""{"enum":[{{string.Join(',', Words<T>.All.Select(w => $"\"{w}\""))}}]}""",
            Words<T>.TryParse,
            Words<T>.Of
        );
}
