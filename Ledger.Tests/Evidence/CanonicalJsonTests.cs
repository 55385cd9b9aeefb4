using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Ledger.Projections.Evidence;

namespace Ledger.Tests.Evidence;

/// <summary>RFC 8785, with its own examples.</summary>
public sealed class CanonicalJsonTests
{
    /// <summary>Section 3.2.2 and 3.2.3, and appendix B's numbers.</summary>
    [Theory]
    [InlineData(
        """{ "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001], "literals": [null, true, false] }""",
        """{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27]}"""
    )]
    [InlineData("""{"string":"\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/"}""", "{\"string\":\"\u20ac$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}")]
    [InlineData(
        """{"\u20ac":"Euro Sign","\r":"Carriage Return","\ufb33":"Hebrew Letter Dalet With Dagesh","1":"One","\ud83d\ude00":"Emoji: Grinning Face","\u0080":"Control","\u00f6":"Latin Small Letter O With Diaeresis"}""",
        "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\u0080\":\"Control\",\"ö\":\"Latin Small Letter O With "
            + "Diaeresis\",\"€\":\"Euro Sign\",\"😀\":\"Emoji: Grinning Face\",\"\ufb33\":\"Hebrew Letter Dalet With Dagesh\"}"
    )]
    [InlineData("[0, -0, 0.0, -0.0, 1, -1, 1.50, 10, 100.0, 123456789012345]", "[0,0,0,0,1,-1,1.5,10,100,123456789012345]")]
    [InlineData(
        "[9007199254740992, 9007199254740994, 1e21, 999999999999999900000, 1e-6, 1e-7, 0.0000033333333333333333, 5e-324, "
            + "1.7976931348623157e308, -5e-324]",
        "[9007199254740992,9007199254740994,1e+21,999999999999999900000,0.000001,1e-7,0.0000033333333333333333,5e-324,1.7976931348623157e+308,-5e-324]"
    )]
    [InlineData("""{"b":{"d":1,"c":[{"z":1,"y":2}]},"a":{}}""", """{"a":{},"b":{"c":[{"y":2,"z":1}],"d":1}}""")]
    [InlineData("\"a\"", "\"a\"")]
    [InlineData(" [ ] ", "[]")]
    public void It_gives_the_form_that_is_published(string json, string canonical) =>
        Assert.Equal(canonical, Encoding.UTF8.GetString(CanonicalJson.Of(Encoding.UTF8.GetBytes(json))));

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[1e999]")]
    public void What_has_no_canonical_form_is_refused(string json) =>
        Assert.ThrowsAny<JsonException>(() => CanonicalJson.Of(Encoding.UTF8.GetBytes(json)));

    /// <summary>
    /// However PostgreSQL orders and spaces a document: the form is one, it is JSON of the same meaning, and its own form.
    /// </summary>
    [Fact]
    public void Any_order_and_spacing_of_the_same_document_has_one_form()
    {
        var names = Gen.Elements("a", "b", "ab", "A", "é", "日", "\n", "\"", "\ud83d\ude00", "\ufb33", "");
        var value = Gen.OneOf(
            ArbMap
                .Default.GeneratorFor<double>()
                .Where(double.IsFinite)
                .Select(d => d.ToString("R", System.Globalization.CultureInfo.InvariantCulture)),
            ArbMap.Default.GeneratorFor<int>().Select(i => $"{i}"),
            ArbMap.Default.GeneratorFor<bool>().Select(b => b ? "true" : "false"),
            Gen.Constant("null"),
            names.Select(n => JsonSerializer.Serialize(n)),
            Gen.Constant("[]"),
            Gen.Constant("{ }")
        );
        var properties = Gen.Zip(names, value).ListOf(6).Select(list => list.DistinctBy(p => p.Item1).ToList());
        Prop.ForAll(
                properties.ToArbitrary(),
                list =>
                {
                    string Text(IEnumerable<(string Name, string Value)> p, string space) =>
                        "{" + string.Join("," + space, p.Select(x => $"{JsonSerializer.Serialize(x.Name)}{space}:{space}{x.Value}")) + "}";
                    var form = CanonicalJson.Of(Encoding.UTF8.GetBytes(Text(list, " ")));
                    Assert.Equal(form, CanonicalJson.Of(Encoding.UTF8.GetBytes(Text(Enumerable.Reverse(list), ""))));
                    Assert.Equal(form, CanonicalJson.Of(form));
                    Assert.True(
                        JsonElement.DeepEquals(JsonDocument.Parse(Text(list, "")).RootElement, JsonDocument.Parse(form).RootElement)
                    );
                }
            )
            .QuickCheckThrowOnFailure();
    }
}
