using System.Reflection;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Ledger.Domain.Json;

/// <summary>
/// The word that names this type where a value of its base is written (<c>"block": "zero_score_case"</c>). It stands on the type itself:
/// <see cref="JsonDerivedTypeAttribute"/> stands on the base, which would have to know what is built upon it.
/// </summary>
/// <param name="word">The snake_case word. Once used, it never changes its meaning.</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class DiscriminatorAttribute(string word) : Attribute
{
    /// <summary>The word.</summary>
    public string Word { get; } = word;

    /// <summary>Tells a base that names no derived types which ones carry a word, in the order of their words.</summary>
    internal static void FindDerived(JsonTypeInfo info)
    {
        if (info.PolymorphismOptions is { DerivedTypes: { Count: 0 } derived })
        {
            var found =
                from type in info.Type.Assembly.GetTypes()
                where type.IsSubclassOf(info.Type)
                let own = type.GetCustomAttribute<DiscriminatorAttribute>()
                where own is not null
                orderby own.Word
                select new JsonDerivedType(type, own.Word);
            foreach (var type in found)
            {
                derived.Add(type);
            }
        }
    }
}
