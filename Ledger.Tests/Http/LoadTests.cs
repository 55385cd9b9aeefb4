using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using Ledger.Domain.Events;
using Ledger.Tests.Support;

namespace Ledger.Tests.Http;

/// <summary>
/// Many clients read, report and decide at once: nobody hears of the others, and what was acknowledged is there. For ten minutes with
/// <c>LEDGER_LOAD_SECONDS=600</c>.
/// </summary>
public sealed class LoadTests
{
    private const string Contract = "gaomidian-2025";
    private const int Clients = 64;

    private static readonly TimeSpan Load = TimeSpan.FromSeconds(
        int.Parse(Environment.GetEnvironmentVariable("LEDGER_LOAD_SECONDS") ?? "20", System.Globalization.CultureInfo.InvariantCulture)
    );

    [Fact]
    public async Task Sixty_four_clients_meet_no_error_and_nothing_that_was_acknowledged_is_lost()
    {
        await using var database = await TestDatabase.CreateAsync();
        await database.Ledger.RegisterAsync(Contract);
        await using var service = await RunningService.StartAsync(database.Ledger);
        var (acknowledged, wrong) = (new ConcurrentDictionary<string, bool>(), new ConcurrentBag<string>());
        using var ends = new CancellationTokenSource(Load);
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(c => RunAsync(service, c, acknowledged, wrong, ends.Token)));

        Assert.True(wrong.IsEmpty, string.Join('\n', wrong.Take(10)));
        var recorded = new HashSet<string>();
        await foreach (var e in database.Ledger.Log.ReadAsync(0, long.MaxValue))
        {
            recorded.Add(e.EventId);
        }

        Assert.Empty(acknowledged.Keys.Except(recorded));
        Assert.True(acknowledged.Count > Clients, $"only {acknowledged.Count} were acknowledged");
        Assert.True((await database.Ledger.VerifyAsync()).Ok);
    }

    private static async Task RunAsync(
        RunningService service,
        int client,
        ConcurrentDictionary<string, bool> acknowledged,
        ConcurrentBag<string> wrong,
        CancellationToken ends
    )
    {
        using var http = service.As($"officer-{client}", [Role.Principal, Role.Recorder, Role.Auditor]);
        for (var i = 0; !ends.IsCancellationRequested; i++)
        {
            var id = $"{client}-{i}";
            using var request = (i % 4) switch
            {
                0 => Of(
                    HttpMethod.Post,
                    $"/api/contracts/{Contract}/claims/{id}/loss",
                    id,
                    new
                    {
                        clause = "4.4",
                        amount = "1.00",
                        reason = "x",
                    }
                ),
                1 => Of(HttpMethod.Post, "/api/events", null, Fact(id)),
                2 => Of(HttpMethod.Get, $"/api/contracts/{Contract}/statements/1", null, null),
                _ => Of(HttpMethod.Get, "/api/events?pageSize=5", null, null),
            };
            using var answer = await http.SendAsync(request, CancellationToken.None);
            var expected = request.Method == HttpMethod.Get ? HttpStatusCode.OK : HttpStatusCode.Created;
            if (answer.StatusCode != expected)
            {
                wrong.Add(
                    $"{request.Method} {request.RequestUri}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync(CancellationToken.None)}"
                );
            }
            else if (request.Method == HttpMethod.Post)
            {
                acknowledged[id] = true;
            }
        }
    }

    private static HttpRequestMessage Of(HttpMethod method, string path, string? key, object? body)
    {
        var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        if (key is not null)
        {
            request.Headers.Add("Idempotency-Key", key);
        }

        return request;
    }

    private static object Fact(string id) =>
        new
        {
            specversion = "1.0",
            id,
            source = "load",
            type = "case_signed",
            contract = Contract,
            subject = $"case/{id}",
            time = "2025-11-03T09:12:00+08:00",
            actor = "seat-01",
        };
}
