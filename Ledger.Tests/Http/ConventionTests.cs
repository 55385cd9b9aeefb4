using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Text;
using System.Text.Json;
using Ledger.Domain.Events;
using Ledger.Tests.Support;

namespace Ledger.Tests.Http;

/// <summary>What holds for every address: moments, pages, spreadsheets, streams, ids, versions, checkpoints.</summary>
public sealed class ConventionTests : IAsyncLifetime
{
    private const string Contract = "gaomidian-2025";
    private const int Clients = 64;

    private TestDatabase database = null!;
    private RunningService service = null!;

    public async Task InitializeAsync()
    {
        database = await TestDatabase.CreateAsync();
        await database.Ledger.RegisterAsync(Contract);
        await Ledgers.ImportSampleAsync(database.Ledger, "gaomidian-first-quarter");
        service = await RunningService.StartAsync(database.Ledger);
    }

    public async Task DisposeAsync()
    {
        await service.DisposeAsync();
        await database.DisposeAsync();
    }

    [Fact]
    public async Task A_table_is_JSON_CSV_or_a_workbook_as_the_caller_asks()
    {
        var path = $"/api/contracts/{Contract}/statements";
        foreach (
            var (suffix, accept, expected) in new (string, string?, string?)[]
            {
                ("", null, "application/json"),
                ("", "text/csv", "text/csv"),
                (".csv", null, "text/csv"),
                (".xlsx", null, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
                ("", "text/csv;q=0.5, application/json", "application/json"),
                ("", "image/png", null),
            }
        )
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path + suffix);
            if (accept is not null)
            {
                request.Headers.TryAddWithoutValidation("Accept", accept);
            }

            using var answer = await service.Http.SendAsync(request);
            Assert.Equal(expected is null ? HttpStatusCode.NotAcceptable : HttpStatusCode.OK, answer.StatusCode);
            Assert.Equal(expected ?? "application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        }

        var chinese = await GetAsync($"{path}.csv?lang=zh");
        Assert.StartsWith("合同,期次", chinese.TrimStart('\uFEFF'), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_decision_without_data_may_have_no_body_or_null()
    {
        foreach (
            var (body, expected) in new (string, HttpStatusCode)[]
            {
                ("", HttpStatusCode.Conflict),
                ("{}", HttpStatusCode.Conflict),
                ("null", HttpStatusCode.Conflict),
                (" null\n", HttpStatusCode.Conflict),
                ("[]", HttpStatusCode.UnprocessableEntity),
                ("nul", HttpStatusCode.BadRequest),
            }
        )
        {
            using var content = new StringContent(body, Encoding.UTF8, "application/json");
            using var answer = await service.Http.PostAsync(
                new Uri($"/api/contracts/{Contract}/periods/1/issue", UriKind.Relative),
                content
            );
            Assert.Equal((body, expected), (body, answer.StatusCode));
        }
    }

    [Fact]
    public async Task Pages_of_a_list_stand_at_one_position_whatever_is_recorded_between_them()
    {
        await database.Ledger.AssessAsync(Contract, History.At("2026-01-31T23:59:59+08:00"));
        var all = Ids(await GetAsync($"/api/contracts/{Contract}/deductions"));
        Assert.True(all.Count > 2);
        var seen = new List<string>();
        for (var next = $"/api/contracts/{Contract}/deductions?pageSize=2"; next is not null; )
        {
            using var answer = await service.Http.GetAsync(new Uri(next, UriKind.Relative));
            seen.AddRange(Ids(await answer.Content.ReadAsStringAsync()));
            next = answer.Headers.TryGetValues("Link", out var links) ? links.Single().Split('<', '>')[1] : null;

            // The first of the list goes away while it is read.
            var gone = Uri.EscapeDataString(all[seen.Count / 2]);
            using var _ = await PostAsync($"/api/contracts/{Contract}/deductions/{gone}/waive", new { reason = "x" });
        }

        Assert.Equal(all, seen);
        Assert.Equal(HttpStatusCode.BadRequest, await StatusAsync($"/api/contracts/{Contract}/deductions?pageSize=0"));
        Assert.Equal(HttpStatusCode.BadRequest, await StatusAsync($"/api/contracts/{Contract}/deductions?pageSize=1001"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync($"/api/contracts/{Contract}/deductions?pageSize=1000"));
    }

    [Fact]
    public async Task Events_go_out_as_they_come_in_and_come_back_as_duplicates()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/events?contract={Contract}");
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/x-ndjson"));
        using var answer = await service.Http.SendAsync(request);
        var lines = (await answer.Content.ReadAsStringAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal((await database.Ledger.Log.HeadAsync(default)).Position, lines.Length);

        // A decision is its sender's own: another's is refused, and nothing of the file is recorded.
        using var all = new StringContent(string.Join('\n', lines), Encoding.UTF8, "application/x-ndjson");
        using var refused = await service.Http.PostAsync(new Uri("/api/events", UriKind.Relative), all);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        Assert.Contains("nobody decides for another", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        var facts = lines.Where(l =>
            EventCatalogue.Find(JsonDocument.Parse(l).RootElement.GetProperty("type").GetString()!)!.Class == EventClass.Fact
        );
        using var batch = new StringContent($"[{string.Join(',', facts)}]", Encoding.UTF8, "application/cloudevents-batch+json");
        using var again = await service.Http.PostAsync(new Uri("/api/events", UriKind.Relative), batch);
        var report = JsonDocument.Parse(await again.Content.ReadAsStringAsync()).RootElement;
        Assert.Equal((0, facts.Count()), (report.GetProperty("recorded").GetInt32(), report.GetProperty("duplicates").GetInt32()));
        Assert.Equal(lines.Length, (await database.Ledger.Log.HeadAsync(default)).Position);
    }

    [Fact]
    public async Task A_follower_gets_what_comes_and_goes_on_where_it_was_cut_off()
    {
        var head = (await database.Ledger.Log.HeadAsync(default)).Position;
        var seen = new List<long>();
        for (var round = 1; round <= 2; round++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/events?from={head - 2}&live=true");
            if (seen.Count > 0)
            {
                request.Headers.Add("Last-Event-ID", seen[^1].ToString(System.Globalization.CultureInfo.InvariantCulture));
            }

            using var answer = await service.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
            using var told = await PostAsync("/api/events", Complaint($"c-{round}"));
            Assert.Equal(HttpStatusCode.Created, told.StatusCode);
            await foreach (var item in SseParser.Create(await answer.Content.ReadAsStreamAsync()).EnumerateAsync(patience.Token))
            {
                seen.Add(long.Parse(item.EventId!, System.Globalization.CultureInfo.InvariantCulture));
                if (seen[^1] == head + round)
                {
                    break;
                }
            }
        }

        Assert.Equal([head - 1, head, head + 1, head + 2], seen);
    }

    [Fact]
    public async Task A_service_that_stops_waits_for_no_follower()
    {
        await using var other = await RunningService.StartAsync(database.Ledger);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/events?live=true");
        using var answer = await other.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType?.MediaType);
        var watch = System.Diagnostics.Stopwatch.StartNew();
        await other.StopAsync();
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(15), $"it took {watch.Elapsed} to stop");
    }

    [Theory]
    [InlineData("subject=%00", 400)]
    [InlineData("subject=case/GMD-0001&subject=x", 400)]
    [InlineData("from=9223372036854775808", 400)]
    [InlineData("position=1000000", 404)]
    [InlineData("subject=%27%3B%20drop%20table%20x", 200)]
    [InlineData("from=9223372036854775807", 200)]
    public async Task What_a_query_of_events_says_is_a_value_and_nothing_else(string query, int expected) =>
        Assert.Equal(expected, (int)await StatusAsync($"/api/events?{query}"));

    [Fact]
    public async Task An_answer_names_the_checkpoint_that_covers_it_for_whoever_waits()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/contracts/{Contract}/claims/W/loss")
        {
            Content = JsonContent.Create(
                new
                {
                    clause = "4.4",
                    amount = "1.00",
                    reason = "x",
                }
            ),
        };
        request.Headers.Add("Prefer", "wait=10");
        using var answer = await service.Http.SendAsync(request);
        var decided = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;
        Assert.True(decided.GetProperty("checkpoint").GetProperty("size").GetInt64() >= decided.GetProperty("position").GetInt64());
        Assert.Equal($"\"{decided.GetProperty("version").GetInt64()}\"", answer.Headers.ETag?.Tag);
    }

    [Fact]
    public async Task Of_sixty_four_clients_that_decide_on_one_account_at_once_none_hears_of_the_others()
    {
        var statuses = await Task.WhenAll(
            Enumerable
                .Range(0, Clients)
                .Select(async i =>
                {
                    using var client = service.As($"officer-{i}", [Role.Principal]);
                    using var answer = await client.PostAsJsonAsync(
                        new Uri($"/api/contracts/{Contract}/claims/C{i}/loss", UriKind.Relative),
                        new
                        {
                            clause = "4.4",
                            amount = "1.00",
                            reason = "x",
                        }
                    );
                    return answer.StatusCode;
                })
        );
        Assert.All(statuses, s => Assert.Equal(HttpStatusCode.Created, s));
        Assert.Equal(
            Clients,
            await database.ScalarAsync<long>(
                "select count(distinct headers ->> 'subject') from ledger.mt_events where headers ->> 'subject' like 'claim/C%'"
            )
        );
        Assert.True((await database.Ledger.VerifyAsync()).Ok);
    }

    [Fact]
    public async Task Who_decides_on_the_version_that_was_read_is_refused_once_it_moved()
    {
        using var read = await service.Http.GetAsync(new Uri($"/api/contracts/{Contract}", UriKind.Relative));
        foreach (var expected in new[] { HttpStatusCode.Created, HttpStatusCode.PreconditionFailed })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, $"/api/contracts/{Contract}/claims/V{(int)expected}/loss")
            {
                Content = JsonContent.Create(
                    new
                    {
                        clause = "4.4",
                        amount = "1.00",
                        reason = "x",
                    }
                ),
            };
            request.Headers.IfMatch.Add(read.Headers.ETag!);
            using var answer = await service.Http.SendAsync(request);
            Assert.Equal(expected, answer.StatusCode);
        }
    }

    [Fact]
    public async Task Every_answer_forbids_what_no_page_of_the_service_needs()
    {
        foreach (var path in new[] { "/api/contracts", "/api/nothing", "/health", "/welcome", "/log/checkpoint" })
        {
            using var answer = await service.Http.GetAsync(new Uri(path, UriKind.Relative));
            var policy = answer.Headers.GetValues("Content-Security-Policy").Single();
            Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
            Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
            Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
            Assert.False(answer.Headers.Contains("Server"));
        }
    }

    private static object Complaint(string id) =>
        new
        {
            specversion = "1.0",
            id,
            source = "test",
            type = "complaint_received",
            contract = Contract,
            subject = $"complaint/{id}",
            time = "2026-01-05T10:00:00+08:00",
            actor = "city-01",
            data = new { about = "噪音", upheld = true },
        };

    private static List<string> Ids(string json) =>
        [.. JsonDocument.Parse(json).RootElement.EnumerateArray().Select(d => d.GetProperty("id").GetString()!)];

    private Task<string> GetAsync(string path) => service.Http.GetStringAsync(new Uri(path, UriKind.Relative));

    private async Task<HttpStatusCode> StatusAsync(string path)
    {
        using var answer = await service.Http.GetAsync(new Uri(path, UriKind.Relative));
        return answer.StatusCode;
    }

    private Task<HttpResponseMessage> PostAsync(string path, object body) =>
        service.Http.PostAsJsonAsync(new Uri(path, UriKind.Relative), body);
}
