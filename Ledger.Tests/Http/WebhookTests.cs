using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Ledger.Api.Webhooks;
using Ledger.Tests.Support;
using Microsoft.AspNetCore.Http;
using NodaTime;

namespace Ledger.Tests.Http;

/// <summary>Events are sent on to whoever registered a webhook: in order, signed, at least once, whoever else is down.</summary>
public sealed class WebhookTests : IAsyncLifetime
{
    private const string Contract = "gaomidian-2025";
    private const string Other = "anding-2023";

    private TestDatabase database = null!;
    private RunningService service = null!;
    private WebhookReceiver receiver = null!;

    public async Task InitializeAsync()
    {
        database = await TestDatabase.CreateAsync();
        await database.Ledger.RegisterAsync(Contract);
        await database.Ledger.RegisterAsync(Other);
        service = await RunningService.StartAsync(database.Ledger);
        receiver = await WebhookReceiver.StartAsync();
    }

    public async Task DisposeAsync()
    {
        await receiver.DisposeAsync();
        await service.DisposeAsync();
        await database.DisposeAsync();
    }

    [Fact]
    public async Task A_webhook_gets_the_events_of_its_contracts_in_order_each_signed_from_the_position_that_it_names()
    {
        await RecordAsync("before", 30);
        var registered = await PutAsync(
            "office",
            new
            {
                url = receiver.Url,
                contracts = new[] { Contract },
                after = 5,
            }
        );
        await RecordAsync("after", 250);

        var expected = await PositionsAsync(after: 5);
        Assert.Equal(expected, await receiver.WaitAsync(expected.Count));
        var secret = registered.GetProperty("secret").GetString()!;
        foreach (var request in receiver.Requests)
        {
            Assert.Equal(SignatureOf(secret, request), request.Signature);
            Assert.Equal("application/cloudevents+json; charset=utf-8", request.Type);
        }

        var first = receiver.Requests.First();
        Assert.Equal($"event-{expected[0]}", first.Id);
        Assert.Equal(await GetAsync($"/api/events/{expected[0]}"), first.Body);
        Assert.Equal("following", (await ShowAsync("office")).GetProperty("state").GetString());
    }

    [Fact]
    public async Task Several_events_go_in_one_request_where_the_webhook_takes_batches()
    {
        await RecordAsync("a", 45);
        await PutAsync(
            "office",
            new
            {
                url = receiver.Url,
                contracts = new[] { Contract },
                after = 0,
                batch = 20,
            }
        );

        var expected = await PositionsAsync(after: 0);
        Assert.Equal(expected, await receiver.WaitAsync(expected.Count));
        Assert.Equal(3, receiver.Requests.Count);
        Assert.All(receiver.Requests, r => Assert.Equal("application/cloudevents-batch+json; charset=utf-8", r.Type));
    }

    [Fact]
    public async Task One_that_is_down_loses_nothing_and_holds_nobody_up()
    {
        await using var down = await WebhookReceiver.StartAsync();
        down.Answer = async (n, context) =>
        {
            if (n == 4)
            {
                await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
            }

            return n is >= 3 and <= 4 ? StatusCodes.Status500InternalServerError : StatusCodes.Status200OK;
        };
        await PutAsync("down", new { url = down.Url, contracts = new[] { Contract } });
        await PutAsync("up", new { url = receiver.Url, contracts = new[] { Contract } });
        await RecordAsync("a", 10);

        await receiver.WaitAsync(10);
        await service.WaitAsync("/api/webhooks", (_, text) => text.Contains("\"retrying\"", StringComparison.Ordinal));
        var failing = await ShowAsync("down");
        Assert.Equal(
            ("retrying", "answered 500"),
            (failing.GetProperty("state").GetString(), failing.GetProperty("lastError").GetString())
        );
        Assert.Equal(2, down.Taken.Count);

        // Set to work again, it goes on with the very event that it did not take; while it hangs on that one, others do not.
        await PostAsync("/api/webhooks/down/resume", new { });
        await RecordAsync("b", 5);
        await receiver.WaitAsync(15);
        Assert.Equal(2, down.Taken.Count);

        // What it did not take comes again by itself.
        Assert.Equal(await receiver.WaitAsync(15), await down.WaitAsync(15));

        // That it was taken is confirmed a moment after.
        await service.WaitAsync("/api/webhooks", (_, text) => !text.Contains("\"retrying\"", StringComparison.Ordinal));
        Assert.Equal("following", (await ShowAsync("down")).GetProperty("state").GetString());
    }

    [Fact]
    public async Task What_was_recorded_while_no_service_ran_is_sent_by_the_next_one()
    {
        await PutAsync("office", new { url = receiver.Url, contracts = new[] { Contract } });
        await RecordAsync("a", 3);
        await receiver.WaitAsync(3);
        await service.DisposeAsync();
        await RecordAsync("b", 3);
        Assert.Equal(3, receiver.Taken.Count);

        service = await RunningService.StartAsync(database.Ledger);
        Assert.Equal(6, (await receiver.WaitAsync(6)).Count);
        Assert.Equal(receiver.Taken.Order(), receiver.Taken);
    }

    [Fact]
    public async Task One_that_says_that_it_is_gone_is_given_up_on_record_until_it_is_resumed()
    {
        receiver.Answer = (_, _) => Task.FromResult(StatusCodes.Status410Gone);
        await PutAsync("office", new { url = receiver.Url, contracts = new[] { Contract } });
        await RecordAsync("a", 2);

        await service.WaitAsync("/api/webhooks", (_, text) => text.Contains("\"stopped\"", StringComparison.Ordinal));
        Assert.Contains("answered 410", await GetAsync("/health"), StringComparison.Ordinal);
        Assert.Single(receiver.Requests);
        receiver.Answer = (_, _) => Task.FromResult(StatusCodes.Status200OK);
        await PostAsync("/api/webhooks/office/resume", new { });

        await receiver.WaitAsync(2);
        Assert.Equal(["webhook_registered", "webhook_stopped", "webhook_resumed"], await TypesAsync("webhook/office"));
        Assert.DoesNotContain("in-the-address", await GetAsync("/api/events?subject=webhook/office"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_renewed_secret_signs_beside_the_former_one_for_a_day()
    {
        var former = (await PutAsync("office", new { url = receiver.Url, contracts = new[] { Contract } }))
            .GetProperty("secret")
            .GetString()!;
        var now = (await PostAsync("/api/webhooks/office/secret", new { })).GetProperty("secret").GetString()!;
        await RecordAsync("a", 1);
        await receiver.WaitAsync(1);

        var request = receiver.Requests.Single();
        Assert.Equal($"{SignatureOf(now, request)} {SignatureOf(former, request)}", request.Signature);
        Assert.NotEqual(former, now);
        Assert.False((await ShowAsync("office")).TryGetProperty("secret", out var shown) && shown.ValueKind == JsonValueKind.String);
    }

    [Fact]
    public async Task A_withdrawn_one_gets_nothing_more()
    {
        await PutAsync("office", new { url = receiver.Url, contracts = new[] { Contract } });
        await PostAsync("/api/webhooks/office/withdrawal", new { reason = "the project ended" });
        await PutAsync("last", new { url = receiver.Url, contracts = new[] { Contract } });
        await RecordAsync("a", 1);

        await receiver.WaitAsync(1);
        await service.WaitAsync("/api/webhooks", (_, text) => text.Contains("\"confirmed\"", StringComparison.Ordinal));
        Assert.Single(receiver.Requests);
    }

    [Fact]
    public async Task What_is_no_webhook_is_refused()
    {
        foreach (
            var (code, body, expected) in new (string, string, HttpStatusCode)[]
            {
                ("office", """{"url":"ftp://127.0.0.1/x"}""", HttpStatusCode.BadRequest),
                ("office", """{"url":"/only/a/path"}""", HttpStatusCode.BadRequest),
                ("office", """{"url":"https://user:word@127.0.0.1/x"}""", HttpStatusCode.BadRequest),
                ("office", """{"url":"https://127.0.0.1/x#part"}""", HttpStatusCode.BadRequest),
                ("office", """{"url":"https://127.0.0.1/x","batch":0}""", HttpStatusCode.BadRequest),
                ("office", """{"url":"https://127.0.0.1/x","batch":1001}""", HttpStatusCode.BadRequest),
                ("office", """{"url":"https://127.0.0.1/x","after":-1}""", HttpStatusCode.BadRequest),
                ("office", """{"url":"https://127.0.0.1/x","after":3}""", HttpStatusCode.NotFound),
                ("office", """{"url":"https://127.0.0.1/x","contracts":["none"]}""", HttpStatusCode.NotFound),
                ("an%20office", """{"url":"https://127.0.0.1/x"}""", HttpStatusCode.BadRequest),
            }
        )
        {
            using var content = new StringContent(body, Encoding.UTF8, "application/json");
            using var answer = await service.Http.PutAsync(new Uri($"/api/webhooks/{code}", UriKind.Relative), content);
            Assert.Equal((body, expected), (body, answer.StatusCode));
        }

        Assert.Equal("[]", await GetAsync("/api/webhooks"));
        await PutAsync(
            "office",
            new
            {
                url = "https://127.0.0.1/x",
                after = 2,
                batch = 1000,
            }
        );
    }

    [Fact]
    public void The_pauses_grow_from_seconds_to_hours_and_heed_what_the_webhook_asks_for()
    {
        Assert.Equal(Duration.FromSeconds(5), WebhookBackOff.PauseAfter(1, null));
        Assert.Equal(Duration.FromHours(8), WebhookBackOff.PauseAfter(9, null));
        Assert.Equal(Duration.FromHours(8), WebhookBackOff.PauseAfter(1000, null));
        Assert.Equal(Duration.FromMinutes(3), WebhookBackOff.PauseAfter(1, Duration.FromMinutes(3)));
        Assert.Equal(Duration.FromSeconds(5), WebhookBackOff.PauseAfter(1, Duration.FromSeconds(1)));
        Assert.Equal(Duration.FromHours(8), WebhookBackOff.PauseAfter(1, Duration.FromDays(365)));
    }

    private Task RecordAsync(string prefix, int events) =>
        database.Ledger.Facts.RecordAsync([.. Fact.Many(events, 3, prefix).Select(e => e with { Contract = Contract })], default);

    private async Task<IReadOnlyList<long>> PositionsAsync(long after) =>
        await database.Ledger.Log.ReadAsync(after, long.MaxValue, Contract).Select(e => e.Position).ToListAsync();

    private async Task<IReadOnlyList<string>> TypesAsync(string subject)
    {
        using var events = JsonDocument.Parse(await GetAsync($"/api/events?subject={subject}"));
        return [.. events.RootElement.EnumerateArray().Select(e => e.GetProperty("type").GetString()!)];
    }

    /// <summary>As the specification says: HMAC-SHA-256 over id, timestamp and body, by the secret's bytes.</summary>
    private static string SignatureOf(string secret, WebhookReceiver.Request request) =>
        "v1,"
        + Convert.ToBase64String(
            HMACSHA256.HashData(
                Convert.FromBase64String(secret["whsec_".Length..]),
                Encoding.UTF8.GetBytes($"{request.Id}.{request.Timestamp}.{request.Body}")
            )
        );

    private async Task<JsonElement> ShowAsync(string webhook)
    {
        using var all = JsonDocument.Parse(await GetAsync("/api/webhooks"));
        return all.RootElement.EnumerateArray().Single(w => w.GetProperty("webhook").GetString() == webhook).Clone();
    }

    private async Task<string> GetAsync(string path)
    {
        using var answer = await service.Http.GetAsync(new Uri(path, UriKind.Relative));
        return await answer.Content.ReadAsStringAsync();
    }

    private Task<JsonElement> PutAsync(string webhook, object body) => SendAsync(HttpMethod.Put, $"/api/webhooks/{webhook}", body);

    private Task<JsonElement> PostAsync(string path, object body) => SendAsync(HttpMethod.Post, path, body);

    private async Task<JsonElement> SendAsync(HttpMethod method, string path, object body)
    {
        using var request = new HttpRequestMessage(method, path) { Content = JsonContent.Create(body) };
        using var answer = await service.Http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, string.Create(CultureInfo.InvariantCulture, $"{path}: {(int)answer.StatusCode} {text}"));
        using var json = JsonDocument.Parse(text);
        return json.RootElement.Clone();
    }
}
