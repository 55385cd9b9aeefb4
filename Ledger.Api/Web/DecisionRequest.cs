using System.Globalization;
using Ledger.Api.Identities;
using Ledger.Api.Operations;
using Ledger.Domain.Errors;
using NodaTime;

namespace Ledger.Api.Web;

/// <summary>What every decision is asked for by.</summary>
/// <param name="Context">The request.</param>
/// <param name="Contract">The contract that it is about.</param>
/// <param name="Actor">Who decides.</param>
/// <param name="Data">The body: the event's data as JSON.</param>
/// <param name="Key">The <c>Idempotency-Key</c>, which is the event's id; null: a new one.</param>
/// <param name="Version">The version of the account that the caller saw (<c>If-Match</c>); null where it names none.</param>
/// <param name="Time">When it was decided (<c>time</c>); null for now.</param>
/// <param name="Wait">How long to wait for a checkpoint that covers it (RFC 7240, <c>Prefer: wait=2</c>).</param>
/// <param name="IsDryRun">Whether only what it would come to is asked (<c>dryRun=true</c>).</param>
public sealed record DecisionRequest(
    HttpContext Context,
    string Contract,
    string Actor,
    byte[] Data,
    string? Key,
    long? Version,
    Instant? Time,
    TimeSpan Wait,
    bool IsDryRun
)
{
    private const int LongestWait = 30;

    /// <summary>Reads them; throws <see cref="LedgerException"/> for what is none.</summary>
    public static async Task<DecisionRequest> ReadAsync(HttpContext context)
    {
        var (headers, query) = (context.Request.Headers, context.Request.Query);
        var data = await RequestBody.ReadAsync(context);
        return new DecisionRequest(
            context,
            (string)context.GetRouteValue("contract")!,
            new SignedInUser(context.User).Code,
            IsNothing(data) ? "{}"u8.ToArray() : data,
            headers.One("Idempotency-Key"),
            VersionOf(headers.One("If-Match")),
            query.One("time") is { } time ? Moments.Parse(time, "time") : null,
            WaitOf(headers.One("Prefer")),
            query.Truth("dryRun")
        );
    }

    // Generated clients send null where a body may be left out.
    private static bool IsNothing(ReadOnlySpan<byte> data) => data.IsEmpty || data.Trim(" \t\r\n"u8).SequenceEqual("null"u8);

    /// <summary>A version as an entity tag (RFC 9110, section 8.8.3).</summary>
    public static string TagOf(long version) => string.Create(CultureInfo.InvariantCulture, $"\"{version}\"");

    private static long? VersionOf(string? tag) =>
        tag is null or "*" ? null
        : tag is ['"', .. var inside, '"'] && long.TryParse(inside, NumberStyles.None, CultureInfo.InvariantCulture, out var version)
            ? version
        : throw new LedgerException(ErrorCode.BadRequest, $"If-Match: expected the ETag of an answer before, such as \"12\", got {tag}");

    private static TimeSpan WaitOf(string? prefer)
    {
        var wait = prefer?.Split(',', ';').Select(p => p.Trim()).FirstOrDefault(p => p.StartsWith("wait=", StringComparison.Ordinal));
        return wait is not null && int.TryParse(wait["wait=".Length..], NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            ? TimeSpan.FromSeconds(Math.Min(seconds, LongestWait))
            : TimeSpan.Zero;
    }
}
