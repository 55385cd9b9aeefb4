namespace Ledger.Api.Pages.Language;

/// <summary>
/// The language of a page. Words stand in pairs where they are used, so that none can lack its translation; those of the field, which
/// several pages say, stand beside this one by subject.
/// </summary>
public sealed record Tongue(bool IsChinese)
{
    /// <summary>中文.</summary>
    public static Tongue Chinese { get; } = new(true);

    /// <summary>English.</summary>
    public static Tongue English { get; } = new(false);

    /// <summary>The language of a path: <c>/en/…</c> is English, anything else Chinese.</summary>
    public static Tongue Of(PathString path) => path.StartsWithSegments("/en", StringComparison.Ordinal) ? English : Chinese;

    /// <summary>The language that a browser asks for (RFC 9110, section 12.5.4); Chinese where it does not say.</summary>
    public static Tongue Preferred(HttpRequest request) =>
        request
            .GetTypedHeaders()
            .AcceptLanguage.OrderByDescending(l => l.Quality ?? 1)
            .Select(l => l.Value.ToString())
            .FirstOrDefault(l =>
                l.StartsWith("zh", StringComparison.OrdinalIgnoreCase) || l.StartsWith("en", StringComparison.OrdinalIgnoreCase)
            )
            ?.StartsWith("en", StringComparison.OrdinalIgnoreCase) == true
            ? English
            : Chinese;

    /// <summary>The first segment of its paths.</summary>
    public string Segment => IsChinese ? "zh" : "en";

    /// <summary>Its code (BCP 47).</summary>
    public string Code => IsChinese ? "zh-CN" : "en";

    /// <summary>The other one.</summary>
    public Tongue Other => IsChinese ? English : Chinese;

    /// <summary>A pair of words.</summary>
    public string this[string chinese, string english] => IsChinese ? chinese : english;
}
