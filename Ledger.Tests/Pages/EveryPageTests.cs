using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Ledger.Tests.Support;
using Microsoft.Playwright;

namespace Ledger.Tests.Pages;

/// <summary>What holds of every page, in both languages, light and dark, wide and narrow.</summary>
public sealed class EveryPageTests
{
    private static readonly AxeRunOptions Violations = new() { ResultTypes = [ResultType.Violations] };
    private static readonly AxeRunOptions Colours = new()
    {
        ResultTypes = [ResultType.Violations],
        RunOnly = new RunOnlyOptions { Type = "rule", Values = ["color-contrast"] },
    };

    private static readonly string[] Paths =
    [
        "",
        "?on=2026-03",
        "contracts",
        "contracts/gaomidian-2025",
        "contracts/jiuxianqiao-2025",
        "contracts/gaomidian-2025/clauses/4.6.4",
        "contracts/gaomidian-2025/statements/1",
        "contracts/gaomidian-2025/statements/2",
        "contracts/gaomidian-2025/statements/4",
        "contracts/gaomidian-2025/statements/2?on=2026-03-31",
        "contracts/gaomidian-2025/deductions",
        "contracts/gaomidian-2025/deductions?status=proposed&clause=4.6.1",
        "contracts/gaomidian-2025/replay",
        "contracts/gaomidian-2025/replay?on=2026-Q1&fold=1",
        "contracts/gaomidian-2025/settlement",
        "contracts/anding-2023/settlement",
        "log",
        "log/events/1",
        "log/events/52",
        "payables",
        "payables?status=to_pay",
        "sign-in",
    ];

    [BrowserTheory]
    [InlineData("zh")]
    [InlineData("en")]
    public async Task No_page_shuts_somebody_out_says_an_error_asks_another_host_or_is_wider_than_its_screen(string language)
    {
        await using var database = await TestDatabase.DemoAsync();
        await using var service = await RunningService.StartAsync(database.Ledger);
        await using var browser = await Browser.OpenAsync(service);
        var page = browser.Page;
        await browser.SignInAsync(language, "finance-01");
        var deduction = (await database.Ledger.Read.DeductionsAsync("gaomidian-2025", null, default))[0].Id;
        var wrong = new List<string>();
        foreach (var path in Paths.Append($"contracts/gaomidian-2025/deductions/{Uri.EscapeDataString(deduction)}"))
        {
            await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Light });
            await page.SetViewportSizeAsync(1280, 900);
            var answer = await page.GotoAsync($"/{language}/{path}");
            Assert.True(answer!.Ok, $"{path}: {answer.Status}");
            wrong.AddRange(Told(path, await page.RunAxe(Violations)));
            wrong.AddRange(await page.Locator("[style]").CountAsync() > 0 ? [$"{path} has a style attribute"] : []);
            wrong.AddRange(await page.Locator("h1").CountAsync() == 1 ? [] : [$"{path} has no heading, or several"]);

            // In the dark only colours differ.
            await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Dark });
            wrong.AddRange(Told($"{path}, dark", await page.RunAxe(Colours)));
            await page.SetViewportSizeAsync(360, 800);
            var over = await page.EvaluateAsync<int>("document.documentElement.scrollWidth - innerWidth");
            wrong.AddRange(over > 0 ? [$"{path} is {over} px wider than a telephone"] : []);
        }

        wrong.AddRange(browser.Troubles);
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    private static IEnumerable<string> Told(string path, AxeResult found) =>
        found.Violations.Where(v => v.Impact is "serious" or "critical").Select(v => $"{path}: {v.Id} {v.Nodes[0].Html}");
}
