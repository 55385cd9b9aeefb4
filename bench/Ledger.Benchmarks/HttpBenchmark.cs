using System.CommandLine;
using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Ledger.Api.Hosting;
using Ledger.Api.Operations;
using Ledger.Api.Web;
using Ledger.Domain.Events;
using Ledger.Projections.Evidence.Checkpoints;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using NodaTime;
using Npgsql;

namespace Ledger.Benchmarks;

/// <summary>
/// <c>http</c>: the service over HTTP beside a minimal API over raw Npgsql that only inserts, or reads, one row: a decision and a
/// statement by one client, in turn; single facts by many clients, each in its round.
/// </summary>
internal static class HttpBenchmark
{
    private const string Contract = "gaomidian-2025";
    private const string RawUrl = "http://127.0.0.1:5198";
    private const string LedgerUrl = "http://127.0.0.1:5199";

    // As many as it takes until the runtime has compiled what is called often, and the machine is a service's that runs since a while.
    private const int WarmUp = 300;

    public static Command Create()
    {
        var requests = new Option<int>("--requests")
        {
            DefaultValueFactory = _ => 400,
            Description = "Requests of one client, of each kind",
        };
        var clients = new Option<int>("--clients")
        {
            DefaultValueFactory = _ => 64,
            Description = "Clients that send single facts at once",
        };
        var seconds = new Option<int>("--seconds")
        {
            DefaultValueFactory = _ => 5,
            Description = "How long they do, in each round; as long before, to warm up",
        };
        var command = new Command("http", "Requests over HTTP beside a minimal API over raw Npgsql") { requests, clients, seconds };
        command.SetAction(parsed =>
            RunAsync(parsed.GetValue(requests), parsed.GetValue(clients), TimeSpan.FromSeconds(parsed.GetValue(seconds)))
        );
        return command;
    }

    private static async Task<int> RunAsync(int requests, int clients, TimeSpan each)
    {
        await using var bench = await Bench.OpenAsync();
        await bench.DescribeAsync();
        await bench.RegisterAsync(Bench.Terms(Contract));
        await using var raw = await RawAsync(bench);
        await using var service = await ServiceAsync(bench);
        using var plain = new HttpClient { BaseAddress = new Uri(RawUrl) };
        using var ours = new HttpClient { BaseAddress = new Uri(LedgerUrl) };
        ours.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", await TokenAsync(bench));

        var (decided, inserted) = await InTurnAsync(
            requests,
            i =>
                PostAsync(
                    ours,
                    $"/api/contracts/{Contract}/claims/B{i}/loss",
                    new
                    {
                        clause = "4.4",
                        amount = "1.00",
                        reason = "x",
                    }
                ),
            i =>
                PostAsync(
                    plain,
                    "/rows",
                    new
                    {
                        id = $"B{i}",
                        clause = "4.4",
                        amount = "1.00",
                        reason = "x",
                    }
                )
        );
        await bench.Get<ReadModels>().CatchUpAsync(CancellationToken.None);
        var (read, selected) = await InTurnAsync(
            requests,
            _ => ours.GetStringAsync(new Uri($"/api/contracts/{Contract}/statements/1", UriKind.Relative), CancellationToken.None),
            _ => plain.GetStringAsync(new Uri("/rows/B1", UriKind.Relative), CancellationToken.None)
        );
        var facts = await RateAsync(clients, each, (c, i) => PostAsync(ours, "/api/events", Fact(c, i)));
        var nothing = await RateAsync(clients, each, (c, i) => PostAsync(plain, "/nothing", Fact(c, i)));
        var rows = await RateAsync(clients, each, (c, i) => PostAsync(plain, "/rows", new { id = $"{c}-{i}", fact = Fact(c, i) }));

        Bench.Head("minimal API");
        return
            Bench.Row("one decision over HTTP, p50", inserted, decided, "µs", 4, atLeast: false)
            & Bench.Row("a statement over HTTP, p50", selected, read, "µs", 2, atLeast: false)
            & Bench.Row($"nothing by {clients} clients, beside rows", rows, nothing, "a second", 0, atLeast: true)
            & Bench.Row($"single facts by {clients} clients", rows, facts, "a second", 2, atLeast: true)
            ? 0
            : 1;
    }

    private static async Task<WebApplication> ServiceAsync(Bench bench)
    {
        var settings = bench.Get<LedgerSettings>() with { RequestsASecond = 1_000_000 };
        var app = await LedgerApi.BuildAsync(
            bench.Get<LedgerDatabase>(),
            settings,
            SystemClock.Instance,
            LedgerUrl,
            CancellationToken.None,
            bench.Get<ISigner>()
        );
        await app.StartAsync(CancellationToken.None);
        return app;
    }

    /// <summary>One row, inserted or read by its key, and nothing else.</summary>
    private static async Task<WebApplication> RawAsync(Bench bench)
    {
        await using var table = bench.Database.CreateCommand("create table raw_rows (id text primary key, data jsonb not null)");
        await table.ExecuteNonQueryAsync(CancellationToken.None);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrel().UseUrls(RawUrl);
        builder.Services.AddRouting();
        var app = builder.Build();
        app.UseRouting();
        app.MapPost(
            "/rows",
            async (HttpContext context) =>
            {
                using var body = await System.Text.Json.JsonDocument.ParseAsync(
                    context.Request.Body,
                    cancellationToken: context.RequestAborted
                );
                await using var insert = bench.Database.CreateCommand("insert into raw_rows (id, data) values ($1, $2::jsonb)");
                insert.Parameters.Add(new NpgsqlParameter { Value = body.RootElement.GetProperty("id").GetString() });
                insert.Parameters.Add(new NpgsqlParameter { Value = body.RootElement.GetRawText() });
                await insert.ExecuteNonQueryAsync(context.RequestAborted);
                return Results.StatusCode(StatusCodes.Status201Created);
            }
        );
        app.MapPost(
            "/nothing",
            async (HttpContext context) =>
            {
                using var body = await System.Text.Json.JsonDocument.ParseAsync(
                    context.Request.Body,
                    cancellationToken: context.RequestAborted
                );
                return Results.StatusCode(StatusCodes.Status201Created);
            }
        );
        app.MapGet(
            "/rows/{id}",
            async (string id, CancellationToken cancel) =>
            {
                await using var select = bench.Database.CreateCommand("select data from raw_rows where id = $1");
                select.Parameters.Add(new NpgsqlParameter { Value = id });
                return Results.Text((string?)await select.ExecuteScalarAsync(cancel), "application/json");
            }
        );
        await app.StartAsync(CancellationToken.None);
        return app;
    }

    private static async Task<string> TokenAsync(Bench bench)
    {
        var register = new RegisterUser("bench", [Role.Principal, Role.Recorder, Role.Finance], null, "bench");
        await bench.SendAsync<Projections.Identities.User>(LedgerSource.Contract, register);
        var issue = new IssueToken("bench", "bench", Duration.FromDays(1), "bench");
        return (await bench.SendAsync<NewToken>(LedgerSource.Contract, issue)).Token;
    }

    private static object Fact(int client, int number) =>
        new
        {
            specversion = "1.0",
            id = $"f-{client}-{number}",
            source = "bench",
            type = "case_signed",
            contract = Contract,
            subject = $"case/B-{client}-{number}",
            time = "2025-11-03T09:12:00+08:00",
            actor = "seat-01",
        };

    private static async Task PostAsync(HttpClient client, string path, object body)
    {
        using var answer = await client.PostAsJsonAsync(new Uri(path, UriKind.Relative), body);
        if (answer.StatusCode != System.Net.HttpStatusCode.Created)
        {
            throw new InvalidOperationException($"{path}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
        }
    }

    private static async Task<(double Ours, double Theirs)> InTurnAsync(int requests, Func<int, Task> ours, Func<int, Task> theirs)
    {
        var (a, b) = (new List<double>(), new List<double>());
        for (var i = 0; i < requests + WarmUp; i++)
        {
            var (x, y) = (await TimeAsync(() => ours(i)), await TimeAsync(() => theirs(i)));
            if (i >= WarmUp)
            {
                a.Add(x);
                b.Add(y);
            }
        }

        return (Bench.Median(a), Bench.Median(b));
    }

    private static async Task<double> RateAsync(int clients, TimeSpan each, Func<int, int, Task> send)
    {
        await RoundAsync(clients, each, send, 0);
        return await RoundAsync(clients, each, send, clients);
    }

    /// <summary>Requests a second; the clients of a round have numbers of their own.</summary>
    private static async Task<double> RoundAsync(int clients, TimeSpan each, Func<int, int, Task> send, int firstClient)
    {
        var (watch, done) = (Stopwatch.StartNew(), 0);
        await Task.WhenAll(
            Enumerable
                .Range(firstClient, clients)
                .Select(async c =>
                {
                    for (var i = 0; watch.Elapsed < each; i++)
                    {
                        await send(c, i);
                        Interlocked.Increment(ref done);
                    }
                })
        );
        return done / watch.Elapsed.TotalSeconds;
    }

    private static async Task<double> TimeAsync(Func<Task> work)
    {
        var start = Stopwatch.GetTimestamp();
        await work();
        return Stopwatch.GetElapsedTime(start).TotalMicroseconds;
    }
}
