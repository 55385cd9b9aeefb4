using System.Globalization;
using System.Security.Claims;
using System.Threading.RateLimiting;
using Ledger.Domain.Errors;
using Microsoft.AspNetCore.Http.Timeouts;

namespace Ledger.Api.Web;

/// <summary>How much of the service one caller may take: requests in a time, and time for a request.</summary>
internal static class Limits
{
    /// <summary>What guesses passwords comes slowly.</summary>
    public const string SignIn = "sign-in";

    /// <summary>What reads or checks the whole log takes its time.</summary>
    public const string Long = "long";

    private const int SignInsAMinute = 10;

    public static void AddLimits(this IServiceCollection services, int requestsASecond)
    {
        services.AddRequestTimeouts(options =>
        {
            options.DefaultPolicy = new RequestTimeoutPolicy { Timeout = TimeSpan.FromSeconds(60) };
            options.AddPolicy(Long, TimeSpan.FromHours(1));
        });
        services.AddRateLimiter(options =>
        {
            options.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(context =>
                RateLimitPartition.GetTokenBucketLimiter(
                    CallerOf(context),
                    _ => new TokenBucketRateLimiterOptions
                    {
                        TokenLimit = requestsASecond,
                        TokensPerPeriod = Math.Max(1, requestsASecond / 10),
                        ReplenishmentPeriod = TimeSpan.FromMilliseconds(100),
                    }
                )
            );
            options.AddPolicy(
                SignIn,
                context =>
                    HttpMethods.IsPost(context.Request.Method)
                        ? RateLimitPartition.GetFixedWindowLimiter(
                            AddressOf(context),
                            _ => new FixedWindowRateLimiterOptions { PermitLimit = SignInsAMinute, Window = TimeSpan.FromMinutes(1) }
                        )
                        : RateLimitPartition.GetNoLimiter("form")
            );
            options.OnRejected = async (rejected, _) =>
            {
                var wait = rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? after : TimeSpan.FromSeconds(1);
                var seconds = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds));
                rejected.HttpContext.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
                await Problems.WriteAsync(
                    rejected.HttpContext,
                    ErrorCode.TooManyRequests,
                    $"more requests than one caller may make in a time: wait {seconds} s, or send several events at once"
                );
            };
        });
    }

    private static string CallerOf(HttpContext context) =>
        context.User.FindFirstValue(ClaimTypes.NameIdentifier) is { } code ? $"user/{code}" : AddressOf(context);

    private static string AddressOf(HttpContext context) => $"address/{context.Connection.RemoteIpAddress}";
}
