using System.Net.ServerSentEvents;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Ledger.Domain.Errors;
using Ledger.Domain.Json;
using Ledger.Projections.Store;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Metadata;

namespace Ledger.Api.Web;

/// <summary>
/// Events of the log as an answer: a page of them as a JSON array, all of them as NDJSON, or those that come from now on, too, as
/// server-sent events (HTML, section 9.2), which a reader resumes with <c>Last-Event-ID</c>, the position that it saw last.
/// </summary>
/// <param name="log">The log.</param>
/// <param name="filter">Which events.</param>
/// <param name="after">The position after which they begin.</param>
/// <param name="upTo">The position up to which they go; null for the log's end.</param>
/// <param name="size">The most events of a page.</param>
/// <param name="live">Whether those that come from now on are sent, too.</param>
public sealed class EventStream(LogReader log, EventFilter filter, long after, long? upTo, int size, bool live)
    : IResult,
        IEndpointMetadataProvider
{
    private const string Ndjson = "application/x-ndjson";
    private const string Sse = "text/event-stream";
    private const int FlushEvery = 64 * 1024;

    // Positions are dense in the order of commits: whoever looks again has missed nothing.
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(200);

    private static readonly byte[] Newline = "\n"u8.ToArray();

    /// <inheritdoc/>
    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) =>
        builder.Metadata.Add(
            new ProducesResponseTypeMetadata(
                StatusCodes.Status200OK,
                typeof(IReadOnlyList<CloudEvent>),
                [RequestBody.Json, CloudEvent.BatchType, Ndjson, Sse]
            )
        );

    /// <inheritdoc/>
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var type = live ? Sse : Accepted.First(httpContext.Request, RequestBody.Json, CloudEvent.BatchType, Ndjson, Sse);
        var cancel = httpContext.RequestAborted;
        switch (type)
        {
            case Sse:
                await FollowAsync(httpContext, cancel);
                break;
            case Ndjson:
                await WriteLinesAsync(httpContext.Response, cancel);
                break;
            default:
                await WritePageAsync(httpContext, type, cancel);
                break;
        }
    }

    private async Task WritePageAsync(HttpContext context, string type, CancellationToken cancel)
    {
        var page = new List<CloudEvent>();
        var last = after;
        await foreach (var e in ReadAsync(after, cancel, size + 1))
        {
            if (page.Count == size)
            {
                context.Response.Headers.Link = $"<{Paging.Next(context.Request, "from", last)}>; rel=\"next\"";
                break;
            }

            page.Add(CloudEvent.Of(e));
            last = e.Position;
        }

        await context.Response.WriteAsJsonAsync(page, LedgerJson.Options, type, cancel);
    }

    private async Task WriteLinesAsync(HttpResponse response, CancellationToken cancel)
    {
        response.ContentType = Ndjson;
        await foreach (var e in ReadAsync(after, cancel))
        {
            await response.BodyWriter.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(CloudEvent.Of(e), LedgerJson.Options), cancel);
            await response.BodyWriter.WriteAsync(Newline, cancel);
            if (response.BodyWriter.UnflushedBytes > FlushEvery)
            {
                await response.BodyWriter.FlushAsync(cancel);
            }
        }
    }

    private async Task FollowAsync(HttpContext context, CancellationToken cancel)
    {
        context.Features.GetRequiredFeature<IHttpResponseBodyFeature>().DisableBuffering();
        context.Response.ContentType = Sse;

        // A service that stops lets its followers go at once: they come back with the position that they saw.
        var stopping = context.RequestServices.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(cancel, stopping);
        try
        {
            // Whoever follows knows at once that it does, also where nothing comes for a while.
            await context.Response.Body.FlushAsync(ends.Token);
            await SseFormatter.WriteAsync(FollowAsync(ends.Token), context.Response.Body, ends.Token);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // What was sent is whole.
        }
    }

    private async IAsyncEnumerable<SseItem<string>> FollowAsync([EnumeratorCancellation] CancellationToken cancel)
    {
        for (var last = after; ; await Task.Delay(Look, cancel))
        {
            var end = upTo ?? (await log.HeadAsync(cancel)).Position;
            await foreach (var e in log.ReadAsync(filter, last, end, cancel))
            {
                yield return new SseItem<string>(JsonSerializer.Serialize(CloudEvent.Of(e), LedgerJson.Options), e.Type)
                {
                    EventId = e.Position.ToString(System.Globalization.CultureInfo.InvariantCulture),
                };
            }

            last = Math.Max(last, end);
            if (!live)
            {
                yield break;
            }
        }
    }

    private async IAsyncEnumerable<StoredEvent> ReadAsync(long from, [EnumeratorCancellation] CancellationToken cancel, int? most = null)
    {
        var end = (await log.HeadAsync(cancel)).Position;
        if (upTo > end)
        {
            throw new LedgerException(ErrorCode.MomentUnknown, $"position {upTo} is not in the log, which ends at {end}");
        }

        await foreach (var e in log.ReadAsync(filter, from, upTo ?? end, cancel, most))
        {
            yield return e;
        }
    }
}
