using System.Net.Http.Headers;
using System.Text.Json;
using Alba;
using Ledger.Api.Web;
using Ledger.Domain.Errors;
using Ledger.Domain.Events;
using Ledger.Projections.Evidence.Checkpoints;
using Ledger.Tests.Support;
using Microsoft.AspNetCore.Http;

namespace Ledger.Tests.Http;

/// <summary>
/// The service as the people of one contract meet it over HTTP, on a clock that the story sets. What is refused moves nothing: each refusal
/// looks at the log's end before and after.
/// </summary>
public sealed class Office : IAsyncDisposable
{
    private static readonly Dictionary<string, Role[]> People = new()
    {
        ["recorder-01"] = [Role.Recorder],
        ["vendor-01"] = [Role.Vendor],
        ["officer-01"] = [Role.Principal],
        ["officer-02"] = [Role.Principal],
        ["officer-03"] = [Role.Principal, Role.Finance],
        ["finance-01"] = [Role.Finance],
        ["investigator-01"] = [Role.Investigator],
        ["auditor-01"] = [Role.Auditor],
        ["administrator-01"] = [Role.Administrator],
    };

    private readonly TestDatabase database;
    private readonly IAlbaHost host;

    private Office(string contract, TestDatabase database, IAlbaHost host, SetClock clock) =>
        (Contract, this.database, this.host, Clock) = (contract, database, host, clock);

    public string Contract { get; }

    public SetClock Clock { get; }

    public TestLedger Ledger => database.Ledger;

    /// <summary>Opens on a day, with the contract registered by its principal.</summary>
    public static async Task<Office> OpenAsync(string contract, string at)
    {
        var clock = new SetClock(at);
        var database = await TestDatabase.CreateAsync(clock);
        var settings = database.Ledger.Settings with { Identity = TestIssuer.Settings };
        var builder = await LedgerApi.ConfigureAsync(
            database.Ledger.Opened,
            settings,
            clock,
            "http://127.0.0.1:0",
            default,
            database.Ledger.Get<ISigner>()
        );
        var office = new Office(contract, database, await AlbaHost.For(builder, LedgerApi.Map), clock);
        await office.AnswerAsync("officer-01", HttpMethod.Post, "/api/contracts", Terms.File(contract), 201);
        return office;
    }

    /// <summary>Somebody does what is recorded; gives the answer.</summary>
    public Task<JsonElement> DoAsync(string who, string path, object? body = null) =>
        AnswerAsync(who, HttpMethod.Post, Under(path), body, 201);

    /// <summary>Somebody is refused, for a reason of a kind, and nothing is recorded.</summary>
    public async Task<string> RefusedAsync(string who, string path, object? body, ErrorCode why, Action<HttpRequest>? with = null)
    {
        var before = (await Ledger.Log.HeadAsync(default)).Position;
        var problem = await AnswerAsync(who, HttpMethod.Post, Under(path), body, Problems.StatusOf(why), with);
        Assert.Equal(Problems.TypeOf(why), problem.GetProperty("type").GetString());
        Assert.Equal(before, (await Ledger.Log.HeadAsync(default)).Position);
        return problem.GetProperty("detail").GetString()!;
    }

    /// <summary>What somebody reads about the contract.</summary>
    public Task<JsonElement> ReadAsync(string who, string path, int status = 200) =>
        AnswerAsync(who, HttpMethod.Get, Under(path), null, status);

    /// <summary>A recorder sends facts about the contract.</summary>
    public Task<JsonElement> TellAsync(params IReadOnlyList<NewEvent> facts) =>
        AnswerAsync(
            "recorder-01",
            HttpMethod.Post,
            "/api/events",
            facts.SelectMany(f => (byte[])[.. EventWriter.Write(f), (byte)'\n']).ToArray(),
            201
        );

    /// <summary>A fact about the contract.</summary>
    public NewEvent Fact(string subject, string time, EventData data, string actor = "seat-01") =>
        new(Contract, subject, Guid.NewGuid().ToString(), "platform", History.At(time), actor, data);

    /// <summary>Sends a request as somebody and gives the answer, which has a status.</summary>
    public async Task<JsonElement> AnswerAsync(
        string who,
        HttpMethod method,
        string path,
        object? body,
        int status,
        Action<HttpRequest>? with = null
    )
    {
        var result = await host.Scenario(scenario =>
        {
            scenario.ConfigureHttpContext(context =>
            {
                var request = context.Request;
                request.Method = method.Method;
                var asked = new Uri(new Uri("http://localhost"), path);
                request.Path = PathString.FromUriComponent(asked);
                request.QueryString = QueryString.FromUriComponent(asked);
                string[] seen = who.StartsWith("vendor", StringComparison.Ordinal) ? [Contract] : [];
                request.Headers.Authorization = new AuthenticationHeaderValue(
                    "Bearer",
                    TestIssuer.TokenOf(who, People[who], seen)
                ).ToString();
                if (body is not null)
                {
                    var bytes = body as byte[] ?? JsonSerializer.SerializeToUtf8Bytes(body);
                    (request.Body, request.ContentLength, request.ContentType) = (
                        new MemoryStream(bytes),
                        bytes.Length,
                        "application/json"
                    );
                }

                with?.Invoke(request);
            });
            scenario.IgnoreStatusCode();
        });
        var text = await result.ReadAsTextAsync();
        Assert.True(result.Context.Response.StatusCode == status, $"{who} {method} {path}: {result.Context.Response.StatusCode} {text}");
        return text.Length == 0 ? default : JsonDocument.Parse(text).RootElement;
    }

    public async ValueTask DisposeAsync()
    {
        await host.DisposeAsync();
        await database.DisposeAsync();
    }

    private string Under(string path) =>
        path.StartsWith('/') ? path
        : path.Length == 0 ? $"/api/contracts/{Contract}"
        : $"/api/contracts/{Contract}/{path}";
}
