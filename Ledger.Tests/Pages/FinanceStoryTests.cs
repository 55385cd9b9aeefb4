using Ledger.Domain.Statements;
using Ledger.Tests.Support;
using Microsoft.Playwright;

namespace Ledger.Tests.Pages;

/// <summary>Finance finds what blocks a payment, issues the statement, records the invoice, pays: from sign-in to the result.</summary>
public sealed class FinanceStoryTests
{
    private const string Contract = "gaomidian-2025";

    [BrowserTheory]
    [InlineData("zh", true)]
    [InlineData("en", false)]
    public async Task Finance_finds_what_blocks_a_payment_issues_records_the_invoice_and_pays(string language, bool script)
    {
        await using var database = await TestDatabase.DemoAsync();
        await using var service = await RunningService.StartAsync(database.Ledger);
        await using var browser = await Browser.OpenAsync(service, script);
        var page = browser.Page;

        // The last period waits for the vendor's report: the first page says so, and leads there.
        await browser.SignInAsync(language, "finance-01");
        var blocked = page.Locator("#others-list li", new() { HasText = language == "zh" ? "三份服务材料" : "three documents" });
        await blocked.GetByRole(AriaRole.Link).ClickAsync();
        Assert.EndsWith($"/{language}/contracts/{Contract}/statements/4", page.Url, StringComparison.Ordinal);
        Assert.Equal(0, await page.Locator("form.form").CountAsync());

        await browser.SignInAsync(language, "vendor-01");
        await page.GotoAsync($"/{language}/contracts/{Contract}/statements/4");
        await SubmitAsync(page, "report");
        await browser.SignInAsync(language, "officer-02");
        await page.GotoAsync($"/{language}/contracts/{Contract}/statements/4");
        await SubmitAsync(page, "accept");

        // What it comes to stands on the form before it is sent.
        await browser.SignInAsync(language, "finance-01");
        await page.GotoAsync($"/{language}/contracts/{Contract}/statements/4");
        var net = (await database.Ledger.Read.OneAsync(Contract, 4, null, default)).NetPayable.ToDisplay();
        Assert.Contains(net, await page.Locator("form[aria-labelledby=form-issue-h]").InnerTextAsync(), StringComparison.Ordinal);
        await SubmitAsync(page, "issue");

        // An invoice of another amount is told before it is recorded, and opens no gate.
        await page.FillAsync("#form-invoice-number", "24700099");
        await SubmitAsync(page, "invoice");
        Assert.Contains(
            language == "zh" ? "可付款" : "Payable",
            await page.Locator(".lede").First.InnerTextAsync(),
            StringComparison.Ordinal
        );

        await browser.SignInAsync(language, "finance-02");
        await page.GotoAsync($"/{language}/contracts/{Contract}/statements/4");
        await page.FillAsync("#form-pay-amount", "1");
        await page.ClickAsync("form[aria-labelledby=form-pay-h] button[value=try]");
        Assert.Contains("→", await page.Locator("form[aria-labelledby=form-pay-h] .effect").InnerTextAsync(), StringComparison.Ordinal);
        await page.FillAsync("#form-pay-amount", (await database.Ledger.Read.OneAsync(Contract, 4, null, default)).Outstanding.ToString());
        await SubmitAsync(page, "pay");

        var paid = await database.Ledger.Read.OneAsync(Contract, 4, null, default);
        Assert.Equal((PeriodStatus.Paid, 0), (paid.Status, paid.Outstanding.Fen));
        Assert.Contains(paid.NetPayable.ToDisplay(), await page.Locator("h1").InnerTextAsync(), StringComparison.Ordinal);
        Assert.Equal(0, await page.Locator("form.form").CountAsync());
        Assert.Empty(browser.Troubles);
        Assert.True((await database.Ledger.VerifyAsync()).Ok);
    }

    /// <summary>Payment of what is payable, without a mouse.</summary>
    [BrowserTheory]
    [InlineData("zh")]
    public async Task It_is_done_by_the_keyboard_alone(string language)
    {
        await using var database = await TestDatabase.DemoAsync();
        await using var service = await RunningService.StartAsync(database.Ledger);
        await using var browser = await Browser.OpenAsync(service);
        var page = browser.Page;
        await page.GotoAsync($"/{language}/sign-in");
        await page.Keyboard.TypeAsync("finance-02"); // The user's field has the focus.
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.TypeAsync(Ledgers.Password);
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForURLAsync($"**/{language}");
        await browser.TabToAsync(page.Locator("#mine-list li", new() { HasText = "可付款" }).GetByRole(AriaRole.Link));
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForURLAsync("**/statements/2");
        await browser.TabToAsync(page.Locator("form[aria-labelledby=form-pay-h] button[value=record]"));
        await page.Keyboard.PressAsync("Enter");
        await page.WaitForURLAsync("**recorded=**");
        Assert.Equal(PeriodStatus.Paid, (await database.Ledger.Read.OneAsync(Contract, 2, null, default)).Status);
        Assert.Empty(browser.Troubles);
    }

    private static async Task SubmitAsync(IPage page, string form)
    {
        await page.ClickAsync($"form[aria-labelledby=form-{form}-h] button[value=record]");
        await page.WaitForURLAsync("**recorded=**");
        Assert.Equal(1, await page.Locator("[role=status].done").CountAsync());
    }
}
