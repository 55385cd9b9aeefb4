using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Ledger.Api.Hosting;
using Ledger.Api.Identities;
using Ledger.Api.Operations;
using Ledger.Domain.Events;
using Ledger.Domain.Money;
using Ledger.Projections.Identities;
using Ledger.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using NodaTime;

namespace Ledger.Tests.Http;

/// <summary>Who may use the service: local users, sessions in cookies, tokens, an identity provider, a proxy.</summary>
public sealed class SignInTests
{
    private const string Password = "正确的马 电池 订书钉 correct";

    [Fact]
    public async Task A_first_start_makes_one_administrator_who_sets_a_password_by_a_link_once()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var service = await RunningService.StartAsync(database.Ledger, identity: new IdentitySettings());
        var first = service.Services.GetRequiredService<FirstAdministrator>();
        var link = (await first.InviteAsync(default))!;

        // Started again before anybody did, the link before is none.
        var second = (await first.InviteAsync(default))!;
        using var browser = service.Browser();
        Assert.Contains("<form", await browser.GetStringAsync(new Uri(second, UriKind.Relative)), StringComparison.Ordinal);
        foreach (
            var (given, password, expected) in new[]
            {
                (link, Password, 401),
                (second, "short", 400),
                (second, Password, 200),
                (second, Password, 401),
            }
        )
        {
            using var answer = await browser.SubmitAsync(
                given.Replace("/welcome", "/zh/welcome", StringComparison.Ordinal),
                "welcome",
                ("Password", password)
            );
            Assert.Equal(expected, (int)answer.StatusCode);
        }

        Assert.Null(await first.InviteAsync(default));
        var session = await browser.GetFromJsonAsync<JsonElement>(new Uri("/api/session", UriKind.Relative));
        Assert.Equal("administrator", session.GetProperty("user").GetString());
        Assert.DoesNotContain(
            Password,
            await database.ScalarAsync<string>("select string_agg(data::text, '') from ledger.mt_events"),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task What_a_page_changes_needs_the_antiforgery_token_and_a_browser_that_says_the_page_is_ours()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var service = await RunningService.StartAsync(database.Ledger);
        await RegisterAsync(database.Ledger, "admin-2", Role.Administrator);
        using var browser = service.Browser();
        var token = (await SignInAsync(browser, "admin-2", Password))!.Value.GetProperty("antiforgery").GetString()!;
        var body = new { roles = new[] { "finance" } };
        Assert.Equal(HttpStatusCode.Forbidden, await PutAsync(browser, "/api/users/finance-9", body));
        Assert.Equal(HttpStatusCode.Forbidden, await PutAsync(browser, "/api/users/finance-9", body, ("X-CSRF-Token", "wrong")));
        Assert.Equal(
            HttpStatusCode.Forbidden,
            await PutAsync(browser, "/api/users/finance-9", body, ("X-CSRF-Token", token), ("Sec-Fetch-Site", "cross-site"))
        );
        Assert.Equal(HttpStatusCode.OK, await PutAsync(browser, "/api/users/finance-9", body, ("X-CSRF-Token", token)));

        // Whoever is withdrawn is out at once, session or not.
        await database.Ledger.SendAsync<User>(LedgerSource.Contract, new RegisterUser("admin-3", [Role.Administrator], null, "admin-2"));
        await database.Ledger.SendAsync<User>(LedgerSource.Contract, new WithdrawUser("admin-2", "left", "admin-3"));
        service.Services.GetRequiredService<KnownUsers>().Forget();
        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.GetAsync(new Uri("/api/session", UriKind.Relative))).StatusCode);
    }

    [Fact]
    public async Task The_fifth_wrong_password_locks_a_user_for_a_quarter_of_an_hour_and_is_on_record()
    {
        var clock = new SetClock("2026-01-05T01:00:00Z");
        await using var database = await TestDatabase.CreateAsync(clock);
        await RegisterAsync(database.Ledger, "finance-1", Role.Finance);
        for (var i = 1; i < UserHandler.MostFailures; i++)
        {
            Assert.Null((await TryAsync(database.Ledger, "wrong")).User);
        }

        Assert.NotNull((await TryAsync(database.Ledger, Password)).User);
        for (var i = 1; i <= UserHandler.MostFailures; i++)
        {
            Assert.Null((await TryAsync(database.Ledger, "wrong")).User);
        }

        var locked = await Assert.ThrowsAsync<Domain.Errors.LedgerException>(() => TryAsync(database.Ledger, Password));
        Assert.Contains("quarter of an hour", locked.Message, StringComparison.Ordinal);
        Assert.Equal(1, await database.ScalarAsync<long>("select count(*) from ledger.mt_events where type = 'user_locked'"));
        clock.Now += UserHandler.Locked - Duration.FromSeconds(1);
        await Assert.ThrowsAsync<Domain.Errors.LedgerException>(() => TryAsync(database.Ledger, Password));
        clock.Now += Duration.FromSeconds(1);
        Assert.NotNull((await TryAsync(database.Ledger, Password)).User);
        Assert.Null((await database.Ledger.SendAsync<SignInOutcome>(LedgerSource.Contract, new SignInUser("nobody", Password))).User);
    }

    [Fact]
    public async Task A_token_is_taken_until_it_ends_or_is_revoked_and_is_nowhere_in_the_database()
    {
        var clock = new SetClock("2026-01-05T01:00:00Z");
        await using var database = await TestDatabase.CreateAsync(clock);
        await using var service = await RunningService.StartAsync(database.Ledger);
        await RegisterAsync(database.Ledger, "vendor-1", Role.Vendor);
        var tokens = new List<NewToken>();
        foreach (var days in new[] { 1, 30 })
        {
            tokens.Add(
                await database.Ledger.SendAsync<NewToken>(
                    LedgerSource.Contract,
                    new IssueToken("vendor-1", "export", Duration.FromDays(days), "administrator")
                )
            );
        }

        foreach (var made in tokens)
        {
            Assert.Equal(HttpStatusCode.OK, await SessionAsync(service, made.Token));
            Assert.Equal(HttpStatusCode.Unauthorized, await SessionAsync(service, made.Token[..^1]));
            Assert.Equal(
                0,
                await database.ScalarAsync<long>(
                    $"select count(*) from ledger.mt_doc_api_token where data::text like '%{made.Token.Split('_')[2]}%'"
                )
            );
        }

        clock.Now += Duration.FromDays(1);
        Assert.Equal(HttpStatusCode.Unauthorized, await SessionAsync(service, tokens[0].Token));
        Assert.Equal(HttpStatusCode.OK, await SessionAsync(service, tokens[1].Token));
        using var revoked = await service.Http.DeleteAsync(new Uri($"/api/tokens/{tokens[1].Id}", UriKind.Relative));
        Assert.Equal(HttpStatusCode.OK, revoked.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, await SessionAsync(service, tokens[1].Token));
    }

    [Fact]
    public async Task A_vendor_sees_its_own_contracts_and_another_is_not_there()
    {
        await using var database = await TestDatabase.RegisteredAsync();
        await using var service = await RunningService.StartAsync(database.Ledger);
        using var vendor = service.As("vendor-1", [Role.Vendor], "anding-2023");
        var seen = await vendor.GetFromJsonAsync<JsonElement>(new Uri("/api/contracts", UriKind.Relative));
        Assert.Equal(["anding-2023"], seen.EnumerateArray().Select(c => c.GetProperty("contract").GetString()));
        foreach (var path in new[] { "/api/contracts/gaomidian-2025", "/api/events?contract=gaomidian-2025", "/api/events/2" })
        {
            Assert.Equal(HttpStatusCode.NotFound, (await vendor.GetAsync(new Uri(path, UriKind.Relative))).StatusCode);
        }

        var events = await vendor.GetFromJsonAsync<JsonElement>(new Uri("/api/events", UriKind.Relative));
        Assert.All(events.EnumerateArray(), e => Assert.Equal("anding-2023", e.GetProperty("contract").GetString()));
        var payables = await vendor.GetStringAsync(new Uri("/api/payables", UriKind.Relative));
        Assert.DoesNotContain("gaomidian", payables, StringComparison.Ordinal);

        // Nor do its sums tell of others.
        var sums = JsonElement.Parse(payables);
        Assert.Equal(
            Cny.Parse(sums.GetProperty("netPayable").GetString()!),
            sums.GetProperty("rows").EnumerateArray().Sum(r => Cny.Parse(r.GetProperty("netPayable").GetString()!))
        );
        using var bound = service.As("vendor-2", [Role.Vendor]);
        Assert.Equal("[]", await bound.GetStringAsync(new Uri("/api/contracts", UriKind.Relative)));
    }

    [Fact]
    public async Task Who_types_anything_at_all_is_told_that_it_is_wrong()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var service = await RunningService.StartAsync(database.Ledger);
        using var browser = service.Browser();
        foreach (var user in new[] { "", "\\", "a'b", "用户", new string('x', 5000) })
        {
            using var refused = await browser.PostAsJsonAsync(new Uri("/api/session", UriKind.Relative), new { user, password = user });
            Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        }

        using var nobody = await browser.SubmitAsync("/zh/welcome", "welcome", ("Password", "x"));
        Assert.Equal(HttpStatusCode.Unauthorized, nobody.StatusCode);
        using var nothing = new FormUrlEncodedContent([]);
        using var foreign = await browser.PostAsync(new Uri("/zh/welcome", UriKind.Relative), nothing);
        Assert.Equal(HttpStatusCode.BadRequest, foreign.StatusCode);
    }

    [Fact]
    public async Task A_proxys_word_is_taken_from_its_addresses_alone()
    {
        await using var database = await TestDatabase.CreateAsync();
        await RegisterAsync(database.Ledger, "finance-1", Role.Finance);
        foreach (var (network, expected) in new[] { ("127.0.0.0/8", HttpStatusCode.OK), ("10.0.0.0/8", HttpStatusCode.Unauthorized) })
        {
            var proxy = new ProxySettings("X-Office-User", [IPNetwork.Parse(network)]);
            await using var service = await RunningService.StartAsync(database.Ledger, identity: new IdentitySettings(Proxy: proxy));
            using var client = service.Anonymous();
            client.DefaultRequestHeaders.Add("X-Office-User", "finance-1");
            Assert.Equal(expected, (await client.GetAsync(new Uri("/api/session", UriKind.Relative))).StatusCode);
        }
    }

    [Fact]
    public async Task No_vendor_goes_without_contracts_and_the_last_administrator_stays()
    {
        await using var database = await TestDatabase.CreateAsync();
        foreach (
            var (wrong, why) in new (object, string)[]
            {
                (new RegisterUser("v", [Role.Vendor], null, "a"), "its own contracts only"),
                (new RegisterUser("v", [], null, "a"), "at least one"),
                (new RegisterUser("a b", [Role.Finance], null, "a"), "letters, digits"),
                (new WithdrawUser("admin", "x", "a"), "last administrator"),
                (new RegisterUser("admin", [Role.Finance], null, "a"), "last administrator"),
            }
        )
        {
            await database.Ledger.SendAsync<User>(LedgerSource.Contract, new RegisterUser("admin", [Role.Administrator], null, "a"));
            var refused = await Assert.ThrowsAsync<Domain.Errors.LedgerException>(() =>
                database.Ledger.SendAsync<User>(LedgerSource.Contract, wrong)
            );
            Assert.Contains(why, refused.Message, StringComparison.Ordinal);
        }
    }

    private static Task RegisterAsync(TestLedger ledger, string code, Role role) =>
        Ledgers.SignUpAsync(ledger, code, role, role == Role.Vendor ? ["anding-2023"] : null, Password);

    private static Task<SignInOutcome> TryAsync(TestLedger ledger, string password) =>
        ledger.SendAsync<SignInOutcome>(LedgerSource.Contract, new SignInUser("finance-1", password));

    private static async Task<JsonElement?> SignInAsync(HttpClient browser, string user, string password)
    {
        using var answer = await browser.PostAsJsonAsync(new Uri("/api/session", UriKind.Relative), new { user, password });
        return answer.IsSuccessStatusCode ? await answer.Content.ReadFromJsonAsync<JsonElement>() : null;
    }

    private static async Task<HttpStatusCode> SessionAsync(RunningService service, string token)
    {
        using var client = service.Anonymous(token);
        using var answer = await client.GetAsync(new Uri("/api/session", UriKind.Relative));
        return answer.StatusCode;
    }

    private static async Task<HttpStatusCode> PutAsync(
        HttpClient client,
        string path,
        object body,
        params (string Name, string Value)[] headers
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, path) { Content = JsonContent.Create(body) };
        foreach (var (name, value) in headers)
        {
            request.Headers.Add(name, value);
        }

        using var answer = await client.SendAsync(request);
        return answer.StatusCode;
    }
}
