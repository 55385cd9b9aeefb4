using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.RegularExpressions;
using Ledger.Api.Identities;
using Ledger.Domain.Events;
using Ledger.Domain.Json;
using Ledger.Tests.Support;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Ledger.Tests.Http;

/// <summary>Who may call what: docs/roles.md is made of the endpoints, and every cell of it is tried.</summary>
public sealed partial class RoleTests
{
    private static readonly IReadOnlyList<Role> People = [.. Enum.GetValues<Role>().Except([Role.Ledger])];

    private sealed record Row(string Method, string Route, IReadOnlyList<Role>? Allowed)
    {
        public bool IsFor(Role role) => Allowed?.Contains(role) != false;
    }

    [Fact]
    public async Task The_page_of_roles_is_made_of_the_endpoints()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var service = await RunningService.StartAsync(database.Ledger);
        var page = new StringBuilder(
            "# Roles\n\nWho may call what over HTTP; made of the endpoints (`UPDATE_GOLDEN=1 dotnet test --filter RoleTests`), and every cell is "
                + "tried by a specification. Whoever is bound to contracts sees and touches these alone: another contract is not there (404); a "
                + "vendor is always so bound. `/log/…`, `/health…`, `/openapi/…` and signing in need nobody. What somebody decides is checked "
                + "against the contract's register of actors, too, where it has one.\n"
        );
        page.Append("\n| | ")
            .AppendJoin(" | ", People.Select(Words<Role>.Of))
            .Append(" |\n|")
            .Append(string.Concat(Enumerable.Repeat(" --- |", People.Count + 1)));
        foreach (var row in Rows(service))
        {
            page.Append($"\n| `{row.Method} {row.Route}` | ")
                .AppendJoin(" | ", People.Select(r => row.IsFor(r) ? "yes" : "–"))
                .Append(" |");
        }

        Golden.Equal("docs/roles.md", page.Append('\n').ToString());
    }

    [Fact]
    public async Task Every_cell_of_it_holds_and_nobody_who_may_not_records_anything()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var service = await RunningService.StartAsync(database.Ledger);
        var before = (await database.Ledger.Log.HeadAsync(default)).Position;
        var wrong = new List<string>();
        using var nobody = service.Anonymous();
        foreach (var row in Rows(service))
        {
            wrong.AddRange(await CallAsync(nobody, row) == HttpStatusCode.Unauthorized ? [] : [$"{row} without a token"]);
        }

        foreach (var role in People)
        {
            using var client = service.As($"{role}-01", [role], role == Role.Vendor ? ["none"] : []);
            foreach (var row in Rows(service))
            {
                var status = await CallAsync(client, row);
                var refused = status is HttpStatusCode.Forbidden or HttpStatusCode.Unauthorized;
                wrong.AddRange(refused == !row.IsFor(role) && (int)status < 500 ? [] : [$"{row.Method} {row.Route} as {role}: {status}"]);
            }
        }

        Assert.Equal("", string.Join('\n', wrong));
        Assert.Equal(before, (await database.Ledger.Log.HeadAsync(default)).Position);
    }

    /// <summary>Every endpoint of the API that is not for anybody, with the roles that all of its conditions leave.</summary>
    private static IEnumerable<Row> Rows(RunningService service) =>
        from endpoint in service.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
        let route = "/" + endpoint.RoutePattern.RawText!.TrimStart('/')
        where route.StartsWith("/api/", StringComparison.Ordinal) && endpoint.Metadata.GetMetadata<IAllowAnonymous>() is null
        let conditions = endpoint.Metadata.OfType<AuthorizeAttribute>().ToList()
        from method in endpoint.Metadata.GetRequiredMetadata<IHttpMethodMetadata>().HttpMethods
        orderby route, method
        select new Row(
            method,
            Constraint().Replace(route, "}"),
            conditions.Count == 0 ? throw new InvalidOperationException($"{method} {route} says for whom it is by no attribute")
                : conditions.OfType<ForAttribute>().Select(f => f.Allowed).ToList() is { Count: > 0 } lists
                    ? [.. People.Where(r => lists.TrueForAll(l => l.Contains(r)))]
                : null
        );

    private static async Task<HttpStatusCode> CallAsync(HttpClient client, Row row)
    {
        var path = Parameter()
            .Replace(
                row.Route,
                m =>
                    m.Value is "{position}" or "{period}" ? "1"
                    : m.Value == "{cycle}" ? "2025-11"
                    : "none"
            );
        using var request = new HttpRequestMessage(new HttpMethod(row.Method), path);
        if (row.Method is "POST" or "PUT")
        {
            request.Content = JsonContent.Create(new { nothing = true });
        }

        using var response = await client.SendAsync(request);
        return response.StatusCode;
    }

    [GeneratedRegex(@":\w+\}", RegexOptions.None, 1000)]
    private static partial Regex Constraint();

    [GeneratedRegex(@"\{\w+\}", RegexOptions.None, 1000)]
    private static partial Regex Parameter();
}
