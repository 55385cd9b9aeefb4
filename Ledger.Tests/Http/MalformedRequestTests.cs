using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Ledger.Tests.Support;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Ledger.Tests.Http;

/// <summary>
/// Ten thousand requests that are wrong in some way, the same on every machine: each is told so with problem details, none is a defect,
/// and nothing is recorded.
/// </summary>
public sealed partial class MalformedRequestTests
{
    private const int Requests = 10_000;
    private const int AtOnce = 8;
    private const int Seed = 20251028;

    // What needs no input at all, or reads the whole log.
    private static readonly string[] LeftOut = ["/api/session", "/api/verify", "/api/users/{user}/invitations"];

    private static readonly string[] Nasty =
    [
        "' or 1=1 --",
        "\"; drop table ledger.mt_events; --",
        "<script>alert(1)</script>",
        "../../etc/passwd",
        "%00",
        "\u0000",
        "\ud800",
        "\u202e倒",
        "99999999999999999999999999",
        "-1",
        "1e400",
        "NaN",
        "０１",
        "{{7*7}}",
        "${jndi:ldap://x}",
        "案件/😀",
        new('x', 3000),
    ];

    [Fact]
    public async Task Ten_thousand_malformed_requests_are_told_so_and_record_nothing()
    {
        await using var database = await TestDatabase.RegisteredAsync();
        await using var service = await RunningService.StartAsync(database.Ledger);
        var routes = RoutesOf(service);
        var before = (await database.Ledger.Log.HeadAsync(default)).Position;
        var wrong = new System.Collections.Concurrent.ConcurrentBag<string>();
        var statuses = new System.Collections.Concurrent.ConcurrentDictionary<int, int>();
        await Parallel.ForAsync(
            0,
            Requests,
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce },
            async (i, cancel) =>
            {
                using var request = Make(new Random(Seed + i), routes);
                using var response = await service.Http.SendAsync(request, cancel);
                statuses.AddOrUpdate((int)response.StatusCode, 1, (_, n) => n + 1);
                var isTold = response.Content.Headers.ContentType?.MediaType == "application/problem+json";
                if ((int)response.StatusCode is < 400 or >= 500 || !(isTold || request.Method == HttpMethod.Head))
                {
                    wrong.Add(
                        $"{i}: {request.Method} {request.RequestUri} gave {(int)response.StatusCode} {response.Content.Headers.ContentType}"
                    );
                }
            }
        );
        Assert.True(wrong.IsEmpty, string.Join('\n', wrong.Order().Take(20)));
        Assert.Equal(before, (await database.Ledger.Log.HeadAsync(default)).Position);

        // They were wrong in many ways, and not all stopped at the first door.
        Assert.Superset(new HashSet<int> { 400, 404, 405, 415, 422 }, statuses.Keys.ToHashSet());
        Assert.True(statuses[422] > Requests / 20, $"only {statuses[422]} were read as far as their data");
    }

    private static List<(string Method, string Route)> RoutesOf(RunningService service) =>
        [
            .. from endpoint in service.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            let route = "/" + endpoint.RoutePattern.RawText!.TrimStart('/')
            where route.StartsWith("/api/", StringComparison.Ordinal) && !LeftOut.Contains(route)
            from method in endpoint.Metadata.GetRequiredMetadata<IHttpMethodMetadata>().HttpMethods
            orderby route, method
            select (method, route),
        ];

    private static HttpRequestMessage Make(Random dice, List<(string Method, string Route)> routes)
    {
        var (method, route) = routes[dice.Next(routes.Count)];
        var isRead = method == "GET";
        var isWrongMethod = dice.Next(8) == 0 || (isRead && !route.Contains('{') && !HasMoment(route));
        var path = Parameter().Replace(route, m => m.Value == "{contract}" && dice.Next(3) > 0 ? "gaomidian-2025" : Encoded(dice));
        var query =
            isRead ? $"?{ReadBy(dice, route)}=*{Encoded(dice)}"
            : dice.Next(4) == 0 ? $"?{Pick(dice, "dryRun", "time")}=*{Encoded(dice)}"
            : "";
        var request = new HttpRequestMessage(
            new HttpMethod(isWrongMethod ? Pick(dice, "PATCH", "TRACE", "PROPFIND", "DELETEX") : method),
            new Uri(path + query, UriKind.Relative)
        );
        if (!isRead)
        {
            request.Content = new ByteArrayContent(Body(dice, NeedsNoData(route)));
            request.Content.Headers.TryAddWithoutValidation(
                "Content-Type",
                dice.Next(6) == 0
                    ? Pick(dice, "text/plain", "application/xml", "multipart/form-data", "json", "application/json;charset=utf-16")
                    : "application/json"
            );
        }

        if (dice.Next(5) == 0)
        {
            request.Headers.TryAddWithoutValidation(
                Pick(dice, "If-Match", "Prefer", "Accept", "Last-Event-ID"),
                Pick(dice, "\"x\"", "wait=-1", "a/b/c", "*", "99999999999999999999")
            );
        }

        return request;
    }

    private static string ReadBy(Random dice, string route) =>
        route.EndsWith("/changes", StringComparison.Ordinal) ? Pick(dice, "from", "to")
        : route == "/api/events" ? Pick(dice, "from", "position", "asOf", "pageSize", "occurredFrom", "live")
        : Pick(dice, "position", "asOf", "pageSize", "cursor");

    private static bool HasMoment(string route) => route is "/api/contracts" or "/api/payables" or "/api/calendar" or "/api/events";

    // A NUL in an address is refused by the server before it is any request.
    // A NUL in an address is refused by the server before it is any request.
    private static string Encoded(Random dice) =>
        Uri.EscapeDataString(Shown(Pick(dice, Nasty)).Replace("\0", "", StringComparison.Ordinal) + "*");

    private static string Shown(string text) => text.Replace("\ud800", "\ufffd", StringComparison.Ordinal);

    // With an empty body these are no malformed requests.
    private static bool NeedsNoData(string route) => route.Contains("/settlement/", StringComparison.Ordinal);

    private static byte[] Body(Random dice, bool isNeverEmpty)
    {
        var text = Pick(dice, Nasty);
        var quoted = JsonSerializer.Serialize(text.Replace("\ud800", "", StringComparison.Ordinal));
        return dice.Next(isNeverEmpty ? 1 : 0, 12) switch
        {
            0 => [],
            1 => Encoding.UTF8.GetBytes("{\"reason\":" + quoted),
            2 => Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("[", 2000)) + "1"),
            3 => Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("{\"a\":", 2000)) + "1" + new string('}', 2000)),
            4 => Encoding.Unicode.GetBytes("{\"reason\":\"x\"}"),
            5 => [0xff, 0xfe, 0x00, 0xc3, 0x28],
            6 => Encoding.UTF8.GetBytes("{\"amount\":1e999999,\"reason\":" + quoted + "}"),
            7 => Encoding.UTF8.GetBytes("{\"reason\":{\"$ne\":null},\"unknown\":" + quoted + "}"),
            8 => Encoding.UTF8.GetBytes("[" + quoted + "]"),
            9 => Encoding.UTF8.GetBytes("{\"reason\":\"a\",\"reason\":\"b\",\"x\":1}"),
            10 => Encoding.UTF8.GetBytes("{\"specversion\":\"1.0\",\"type\":" + quoted + ",\"id\":" + quoted + "}"),
            _ => Encoding.UTF8.GetBytes("{\"reason\":\"\\ud800\",\"grounds\":\"\\u0000\",\"asOf\":" + quoted + "}"),
        };
    }

    private static string Pick(Random dice, params IReadOnlyList<string> of) => of[dice.Next(of.Count)];

    [GeneratedRegex(@"\{\w+(:\w+)?\}", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Parameter();
}
