using System.Globalization;
using Microsoft.AspNetCore.Http.Extensions;

namespace Ledger.Api.Web;

/// <summary>Links from a page to the next (RFC 8288).</summary>
internal static class Paging
{
    /// <summary>The address of a request with another value of one parameter, and without those that it stands for.</summary>
    public static string Next(HttpRequest request, string name, object value, params string[] without) =>
        request.PathBase
        + request.Path
        + new QueryBuilder(request.Query.Where(q => q.Key != name && !without.Contains(q.Key)))
        {
            { name, string.Create(CultureInfo.InvariantCulture, $"{value}") },
        }.ToQueryString();
}
