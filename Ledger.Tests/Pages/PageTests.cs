using System.Net;
using System.Text.RegularExpressions;
using Ledger.Domain.Events;
using Ledger.Tests.Support;

namespace Ledger.Tests.Pages;

/// <summary>What pages say and keep to themselves, as a program without script reads them.</summary>
public sealed partial class PageTests
{
    private const string Contract = "gaomidian-2025";

    [Fact]
    public async Task Who_is_not_signed_in_is_led_to_sign_in_and_back_and_to_no_other_site()
    {
        await using var database = await TestDatabase.DemoAsync();
        await using var service = await RunningService.StartAsync(database.Ledger);
        using var browser = service.Browser();
        var asked = $"/en/contracts/{Contract}/statements/2?on=2026-Q1";
        using var led = await browser.GetAsync(new Uri(asked, UriKind.Relative));
        Assert.Equal("/en/sign-in", led.RequestMessage!.RequestUri!.AbsolutePath);
        var signIn = led.RequestMessage.RequestUri.PathAndQuery;
        using var wrong = await browser.SubmitAsync(signIn, "sign-in", ("User", "finance-01"), ("Password", "guessed"));
        Assert.Contains("role=\"alert\"", await wrong.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var back = await browser.SubmitAsync(signIn, "sign-in", ("User", "finance-01"), ("Password", Ledgers.Password));
        Assert.Equal(asked, back.RequestMessage!.RequestUri!.PathAndQuery);

        using var stranger = service.Browser();
        var elsewhere = "/en/sign-in?to=" + Uri.EscapeDataString("//evil.example/en");
        using var home = await stranger.SubmitAsync(elsewhere, "sign-in", ("User", "finance-01"), ("Password", Ledgers.Password));
        Assert.Equal(
            (service.Address, "/en"),
            (home.RequestMessage!.RequestUri!.GetLeftPart(UriPartial.Authority), home.RequestMessage.RequestUri.AbsolutePath)
        );
    }

    [Fact]
    public async Task A_vendor_sees_its_own_contract_and_of_another_s_not_that_there_is_one()
    {
        await using var database = await TestDatabase.DemoAsync();
        await using var service = await RunningService.StartAsync(database.Ledger);
        using var vendor = await SignedInAsync(service, "vendor-01");
        foreach (var path in new[] { "", "/statements/1", "/deductions", "/replay", "/clauses/2.2" })
        {
            using var other = await vendor.GetAsync(new Uri($"/zh/contracts/anding-2023{path}", UriKind.Relative));
            using var none = await vendor.GetAsync(new Uri($"/zh/contracts/nowhere-2023{path}", UriKind.Relative));
            Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.NotFound), (other.StatusCode, none.StatusCode));
            Assert.Equal("text/html", other.Content.Headers.ContentType!.MediaType);
            Assert.Equal(
                Token().Replace(await none.Content.ReadAsStringAsync(), ""),
                Token()
                    .Replace((await other.Content.ReadAsStringAsync()).Replace("anding-2023", "nowhere-2023", StringComparison.Ordinal), "")
            );
        }

        Assert.DoesNotContain("安定镇", await vendor.GetStringAsync(new Uri("/zh", UriKind.Relative)), StringComparison.Ordinal);
        Assert.DoesNotContain(
            "anding-2023",
            await vendor.GetStringAsync(new Uri("/en/payables", UriKind.Relative)),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_figure_and_the_list_behind_it_are_one()
    {
        await using var database = await TestDatabase.DemoAsync();
        await using var service = await RunningService.StartAsync(database.Ledger);
        using var finance = await SignedInAsync(service, "finance-01");
        foreach (var moment in new[] { "", "?on=2026-03", "?on=2026-Q2" })
        {
            var home = await finance.GetStringAsync(new Uri($"/en{moment}", UriKind.Relative));
            var followed = 0;
            foreach (var link in Links().Matches(home).Select(m => m.Groups))
            {
                var address = WebUtility.HtmlDecode(link["address"].Value);
                if (!address.Contains("status=", StringComparison.Ordinal))
                {
                    continue;
                }

                // The list's heading names its sum; at the same moment, which the link keeps.
                Assert.Contains(moment.TrimStart('?'), address, StringComparison.Ordinal);
                var list = await finance.GetStringAsync(new Uri(address, UriKind.Relative));
                Assert.Contains(link["figure"].Value, Heading().Match(list).Value, StringComparison.Ordinal);
                followed++;
            }

            Assert.True(followed >= 10, $"{moment}: {followed} figures lead to a list");
        }
    }

    [Fact]
    public async Task A_list_as_a_file_has_the_rows_of_the_page_at_its_moment()
    {
        await using var database = await TestDatabase.DemoAsync();
        await using var service = await RunningService.StartAsync(database.Ledger);
        using var finance = await SignedInAsync(service, "finance-01");
        foreach (
            var path in new[]
            {
                $"/zh/contracts/{Contract}/deductions?status=in_force&clause=4.6.4&on=2026-05",
                "/zh/payables?status=to_pay&on=2026-03",
            }
        )
        {
            var page = await finance.GetStringAsync(new Uri(path, UriKind.Relative));
            var file = WebUtility.HtmlDecode(
                Regex.Match(page, "href=\"(?<a>[^\"]*\\.csv[^\"]*)\"", RegexOptions.None, TimeSpan.FromSeconds(1)).Groups["a"].Value
            );
            var rows = (await finance.GetStringAsync(new Uri(file, UriKind.Relative))).Split('\n', StringSplitOptions.RemoveEmptyEntries);
            Assert.Equal(
                Regex.Count(page, "<th scope=\"row\"><a", RegexOptions.None, TimeSpan.FromSeconds(1)),
                rows.Count(r => r.Contains(".00", StringComparison.Ordinal))
            );
        }
    }

    [Fact]
    public async Task A_past_moment_can_not_be_acted_on_signed_or_mistaken_for_now()
    {
        await using var database = await TestDatabase.DemoAsync();
        await using var service = await RunningService.StartAsync(database.Ledger);
        using var finance = await SignedInAsync(service, "finance-02");
        var statement = $"/zh/contracts/{Contract}/statements/2";
        var now = await finance.GetStringAsync(new Uri(statement, UriKind.Relative));
        Assert.Contains("甲方（盖章）", now, StringComparison.Ordinal);
        Assert.Contains("value=\"pay\"", now, StringComparison.Ordinal);
        var then = await finance.GetStringAsync(new Uri(statement + "?on=2026-05", UriKind.Relative));
        Assert.Contains("历史时点", then, StringComparison.Ordinal);
        Assert.Contains("不作签章和付款依据", then, StringComparison.Ordinal);
        Assert.DoesNotContain("甲方（盖章）", then, StringComparison.Ordinal);
        Assert.DoesNotContain("value=\"pay\"", then, StringComparison.Ordinal);

        // A form of now that is sent to a past moment is not there, either.
        var head = await database.Ledger.Log.HeadAsync(default);
        using var sent = await finance.PostAsync(
            new Uri(statement + "?on=2026-05", UriKind.Relative),
            new FormUrlEncodedContent(Fields(now, "pay"))
        );
        Assert.Equal(HttpStatusCode.BadRequest, sent.StatusCode);
        Assert.Equal(head, await database.Ledger.Log.HeadAsync(default));
    }

    [Fact]
    public async Task A_form_that_is_sent_twice_is_one_decision_and_one_that_others_overtook_is_shown_anew()
    {
        await using var database = await TestDatabase.DemoAsync();
        await using var service = await RunningService.StartAsync(database.Ledger);
        using var officer = await SignedInAsync(service, "officer-07");
        var proposed = (await database.Ledger.Read.DeductionsAsync(Contract, null, default))
            .Where(d => d.Status == Domain.Contracts.DeductionStatus.Proposed)
            .ToList();
        var (first, second) = (Address(proposed[0].Id), Address(proposed[1].Id));
        var (form, overtaken) = (Fields(await PageAsync(officer, first), "confirm"), Fields(await PageAsync(officer, second), "confirm"));
        var before = (await database.Ledger.Log.HeadAsync(default)).Position;
        for (var i = 0; i < 2; i++)
        {
            using var answer = await officer.PostAsync(new Uri(first, UriKind.Relative), new FormUrlEncodedContent(form));
            Assert.Contains("recorded=", answer.RequestMessage!.RequestUri!.Query, StringComparison.Ordinal);
        }

        Assert.Equal(before + 1, (await database.Ledger.Log.HeadAsync(default)).Position);
        using var refused = await officer.PostAsync(new Uri(second, UriKind.Relative), new FormUrlEncodedContent(overtaken));
        Assert.Contains("刚才又有新的记录", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(before + 1, (await database.Ledger.Log.HeadAsync(default)).Position);
    }

    [Fact]
    public async Task An_address_says_only_what_somebody_chose_and_one_that_says_nonsense_is_told_what_is_wrong()
    {
        await using var database = await TestDatabase.DemoAsync();
        await using var service = await RunningService.StartAsync(database.Ledger);
        using var finance = await SignedInAsync(service, "finance-01");
        using var led = await finance.GetAsync(new Uri("/zh/payables?status=&contract=gaomidian-2025&at=", UriKind.Relative));
        Assert.Equal("?contract=gaomidian-2025", led.RequestMessage!.RequestUri!.Query);
        foreach (
            var (path, status) in new[]
            {
                ("/zh?at=yesterday", 400),
                ("/zh?at=1&on=2026-03", 400),
                ("/zh?at=99999999", 404),
                ("/zh?on=2026-Q5", 400),
                ("/zh/payables?status=nearly", 400),
                ($"/zh/contracts/{Contract}/statements/9", 404),
                ($"/zh/contracts/{Contract}/statements/two", 404),
                ($"/zh/contracts/{Contract}/deductions/none", 404),
                ($"/zh/contracts/{Contract}/clauses/99", 404),
                ("/zh/nothing", 404),
            }
        )
        {
            using var answer = await finance.GetAsync(new Uri(path, UriKind.Relative));
            Assert.Equal((path, status, "text/html"), (path, (int)answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
            Assert.Contains("没有记录任何内容", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task An_empty_ledger_says_what_will_stand_there()
    {
        await using var database = await TestDatabase.CreateAsync();
        await Ledgers.SignUpAsync(database.Ledger, "finance-01", Role.Finance);
        await using var service = await RunningService.StartAsync(database.Ledger);
        using var finance = await SignedInAsync(service, "finance-01");
        Assert.Contains("还没有登记合同", await PageAsync(finance, "/zh"), StringComparison.Ordinal);
        Assert.Contains("没有符合条件", await PageAsync(finance, "/zh/payables"), StringComparison.Ordinal);
    }

    private static string Address(string deduction) => $"/zh/contracts/{Contract}/deductions/{Uri.EscapeDataString(deduction)}";

    private static Task<string> PageAsync(HttpClient browser, string path) => browser.GetStringAsync(new Uri(path, UriKind.Relative));

    private static IDictionary<string, string> Fields(string page, string form) => PageForm.FieldsOf(page, form);

    private static async Task<HttpClient> SignedInAsync(RunningService service, string user)
    {
        var browser = service.Browser();
        using var answer = await browser.SubmitAsync("/zh/sign-in", "sign-in", ("User", user), ("Password", Ledgers.Password));
        Assert.Equal("/zh", answer.RequestMessage!.RequestUri!.AbsolutePath);
        return browser;
    }

    [GeneratedRegex("<a href=\"(?<address>[^\"]+)\">(?<figure>[0-9,]+\\.[0-9]{2})</a>", RegexOptions.None, 1000)]
    private static partial Regex Links();

    [GeneratedRegex("name=\"_antiforgery\" value=\"[^\"]*\"", RegexOptions.None, 1000)]
    private static partial Regex Token();

    [GeneratedRegex("<h1>.*?</h1>", RegexOptions.Singleline, 1000)]
    private static partial Regex Heading();
}
