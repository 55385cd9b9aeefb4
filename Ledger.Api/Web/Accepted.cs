using Ledger.Domain.Errors;

namespace Ledger.Api.Web;

/// <summary>Content negotiation (RFC 9110, section 12.5.1).</summary>
internal static class Accepted
{
    /// <summary>
    /// The one of the media types on offer that the caller likes best, the first of them where it does not care. Throws
    /// <see cref="LedgerException"/> where it takes none.
    /// </summary>
    public static string First(HttpRequest request, params string[] offered)
    {
        var accepted = request.GetTypedHeaders().Accept;
        if (accepted.Count == 0)
        {
            return offered[0];
        }

        return accepted
                .Where(a => a.Quality != 0)
                .OrderByDescending(a => a.Quality ?? 1)
                .Select(a => Array.Find(offered, o => new Microsoft.Net.Http.Headers.MediaTypeHeaderValue(o).IsSubsetOf(a)))
                .FirstOrDefault(o => o is not null)
            ?? throw new LedgerException(
                ErrorCode.NotAcceptable,
                $"Accept: expected one of {string.Join(", ", offered)}, got \"{request.Headers.Accept}\""
            );
    }
}
