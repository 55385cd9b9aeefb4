using System.Net;
using System.Text.RegularExpressions;

namespace Ledger.Tests.Support;

/// <summary>Forms of pages as a browser without script sends them: with every field that the page put there.</summary>
public static partial class PageForm
{
    /// <summary>Opens a page, fills a form of it in, and sends it; redirections are followed.</summary>
    public static async Task<HttpResponseMessage> SubmitAsync(
        this HttpClient browser,
        string address,
        string form,
        params (string Name, string Value)[] fields
    )
    {
        var values = FieldsOf(await browser.GetStringAsync(new Uri(address, UriKind.Relative)), form);
        foreach (var (name, value) in fields)
        {
            values[name] = value;
        }

        using var content = new FormUrlEncodedContent(values);
        return await browser.PostAsync(new Uri(address, UriKind.Relative), content);
    }

    /// <summary>The fields of a form of a page, as the page holds them.</summary>
    public static IDictionary<string, string> FieldsOf(string page, string form)
    {
        var body =
            Forms()
                .Matches(page)
                .Select(m => m.Value)
                .FirstOrDefault(f => f.Contains($"name=\"_handler\" value=\"{form}\"", StringComparison.Ordinal))
            ?? throw new InvalidOperationException($"the page has no form {form}");
        return Inputs()
            .Matches(body)
            .Select(m => m.Value)
            .ToDictionary(i => Attribute(i, "name"), i => WebUtility.HtmlDecode(Attribute(i, "value")));
    }

    private static string Attribute(string tag, string name) =>
        Regex.Match(tag, $" {name}=\"(?<value>[^\"]*)\"", RegexOptions.None, TimeSpan.FromSeconds(1)).Groups["value"].Value;

    [GeneratedRegex("<form.*?</form>", RegexOptions.Singleline, 1000)]
    private static partial Regex Forms();

    [GeneratedRegex("<input[^>]*>", RegexOptions.None, 1000)]
    private static partial Regex Inputs();
}
