using System.Text.Encodings.Web;
using System.Text.Unicode;
using Ledger.Api.Hosting;
using Ledger.Api.Pages.Decisions;
using Ledger.Api.Pages.Frame;
using Ledger.Api.Pages.SignIn;
using Microsoft.AspNetCore.ResponseCompression;

namespace Ledger.Api.Pages;

/// <summary>The pages: Razor components that the server renders whole; what a browser runs of them is one script.</summary>
internal static class PageServices
{
    /// <summary>The field in which a form repeats its antiforgery token.</summary>
    public const string AntiforgeryField = "_antiforgery";

    public static void AddPages(this IServiceCollection services)
    {
        services.AddRazorComponents();
        services.AddHttpContextAccessor();
        services.AddScoped<Here>();
        services.AddScoped<PageDecisions>();

        // Without this each Chinese character leaves as a reference of eight bytes instead of three.
        services.AddSingleton(HtmlEncoder.Create(UnicodeRanges.All));

        // Over HTTPS, too: what a page repeats of its address stands beside an antiforgery token, but a cookie that is SameSite=Strict is
        // not sent with another site's requests, by whose lengths the token could be guessed.
        services.AddResponseCompression(options =>
        {
            options.EnableForHttps = true;
            options.MimeTypes = ["text/html", "text/css", "text/javascript"];
            options.Providers.Add<BrotliCompressionProvider>();
            options.Providers.Add<GzipCompressionProvider>();
        });
    }

    public static void MapPages(this WebApplication app)
    {
        EmbeddedFile.Map(app);
        SessionPages.Map(app, app.Services.GetRequiredService<LedgerSettings>());
        app.MapRazorComponents<App>();
    }

    /// <summary>Whether a path is a page's.</summary>
    public static bool Serves(PathString path) =>
        path.StartsWithSegments("/zh", StringComparison.Ordinal) || path.StartsWithSegments("/en", StringComparison.Ordinal);
}
