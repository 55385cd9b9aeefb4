using System.Collections.Concurrent;
using Ledger.Tests.Support;
using Microsoft.Playwright;

namespace Ledger.Tests.Pages;

/// <summary>
/// Debian's chromium over a running service, as one person's browser. What a page says on its console, what it asks of other hosts, and
/// what answers with a defect is kept: a specification ends by asserting that there was none.
/// </summary>
public sealed class Browser : IAsyncDisposable
{
    private const string Program = "/usr/bin/chromium";

    private static readonly Lazy<Task<IBrowser>> Chromium = new(StartAsync);

    private readonly IBrowserContext context;
    private readonly string address;
    private readonly ConcurrentQueue<string> troubles = [];

    private Browser(IBrowserContext context, IPage page, string address)
    {
        (this.context, Page, this.address) = (context, page, address);
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
            {
                troubles.Enqueue($"{page.Url} says {message.Text}");
            }
        };
        page.PageError += (_, error) => troubles.Enqueue($"{page.Url} throws {error}");
        page.Request += (_, request) =>
        {
            if (!request.Url.StartsWith(address, StringComparison.Ordinal) && !request.Url.StartsWith("data:", StringComparison.Ordinal))
            {
                troubles.Enqueue($"{page.Url} asks {request.Url}");
            }
        };
    }

    /// <summary>Why browser tests are skipped; null where they run.</summary>
    public static string? Lacks => File.Exists(Program) ? null : $"there is no {Program}; .ci/run installs Debian's chromium";

    public IPage Page { get; }

    /// <summary>What went wrong so far.</summary>
    public IReadOnlyCollection<string> Troubles => troubles;

    public static async Task<Browser> OpenAsync(RunningService service, bool script = true, bool dark = false, int width = 1280)
    {
        var context = await (await Chromium.Value).NewContextAsync(
            new BrowserNewContextOptions
            {
                JavaScriptEnabled = script,
                ColorScheme = dark ? ColorScheme.Dark : ColorScheme.Light,
                ViewportSize = new ViewportSize { Width = width, Height = 900 },
                BaseURL = service.Address,
                Locale = "zh-CN",
                TimezoneId = "Asia/Shanghai",
            }
        );
        return new Browser(context, await context.NewPageAsync(), service.Address);
    }

    /// <summary>Signs somebody in by the form, and opens the first page.</summary>
    public async Task SignInAsync(string language, string user)
    {
        await context.ClearCookiesAsync();
        await Page.GotoAsync($"/{language}/sign-in");
        await Page.FillAsync("#user", user);
        await Page.FillAsync("#password", Ledgers.Password);
        await Page.ClickAsync("button.do");
        await Page.WaitForURLAsync($"{address}/{language}");
    }

    /// <summary>Presses Tab until what is sought has the focus, as somebody without a mouse does; fails where it never has.</summary>
    public async Task TabToAsync(ILocator sought)
    {
        for (var i = 0; i < 300; i++)
        {
            await Page.Keyboard.PressAsync("Tab");
            if (await sought.EvaluateAsync<bool>("e => e === document.activeElement"))
            {
                return;
            }
        }

        Assert.Fail($"{sought} is not reached by the keyboard on {Page.Url}");
    }

    public async ValueTask DisposeAsync() => await context.DisposeAsync();

    private static async Task<IBrowser> StartAsync()
    {
        var playwright = await Playwright.CreateAsync();
        return await playwright.Chromium.LaunchAsync(
            new BrowserTypeLaunchOptions
            {
                ExecutablePath = Program,
                Args =
                [
                    "--no-sandbox",
                    "--disable-gpu",
                    "--disable-quic",
                    "--no-first-run",
                    "--disable-background-networking",
                    "--disable-sync",
                ],
            }
        );
    }
}

/// <summary>A specification in a real browser.</summary>
public sealed class BrowserTheoryAttribute : TheoryAttribute
{
    public BrowserTheoryAttribute() => Skip = Browser.Lacks;
}
