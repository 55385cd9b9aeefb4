using System.Text.Json;
using Ledger.Api.Pages;
using Ledger.Api.Pages.Frame;
using Ledger.Domain.Errors;
using Ledger.Domain.Json;
using Ledger.Projections.Store;
using Microsoft.AspNetCore.Mvc;

namespace Ledger.Api.Web;

/// <summary>A request that is not done for one or several reasons, each with where in the request it lies.</summary>
public sealed class RequestException(ErrorCode code, IReadOnlyList<Fault> faults) : Exception(string.Join("; ", faults))
{
    /// <summary>The stable code.</summary>
    public ErrorCode Code { get; } = code;

    /// <summary>What is wrong.</summary>
    public IReadOnlyList<Fault> Faults { get; } = faults;
}

/// <summary>Turns errors into RFC 9457 problem details with a stable <c>type</c> (docs/errors.md).</summary>
public sealed class Problems(RequestDelegate next, ILogger<Problems> logger)
{
    /// <summary>The media type of problem details.</summary>
    public const string MediaType = "application/problem+json";

    // What the framework answers by itself, without a body.
    private static readonly Dictionary<int, ErrorCode> Bare = new()
    {
        [StatusCodes.Status400BadRequest] = ErrorCode.BadRequest,
        [StatusCodes.Status401Unauthorized] = ErrorCode.NotSignedIn,
        [StatusCodes.Status403Forbidden] = ErrorCode.NotPermitted,
        [StatusCodes.Status404NotFound] = ErrorCode.NotFound,
        [StatusCodes.Status405MethodNotAllowed] = ErrorCode.MethodNotAllowed,
        [StatusCodes.Status406NotAcceptable] = ErrorCode.NotAcceptable,
        [StatusCodes.Status413PayloadTooLarge] = ErrorCode.TooLarge,
        [StatusCodes.Status415UnsupportedMediaType] = ErrorCode.UnsupportedMediaType,
        [StatusCodes.Status429TooManyRequests] = ErrorCode.TooManyRequests,
        [StatusCodes.Status504GatewayTimeout] = ErrorCode.TimedOut,
    };

    /// <summary>Runs the request.</summary>
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
            if (
                context.Response is { HasStarted: false, ContentLength: null, ContentType: null } bare
                && Bare.TryGetValue(bare.StatusCode, out var code)
            )
            {
                await WriteAsync(context, code, InWords(code, context.Request));
            }
        }
        catch (Exception e) when (!context.Response.HasStarted && !context.RequestAborted.IsCancellationRequested)
        {
            var (code, detail, faults) = Told(e);
            if (code is ErrorCode.Defect)
            {
                logger.LogError(e, "A request met a defect");
            }
            else if (DatabaseErrors.IsAway(e))
            {
                logger.LogError(e, "The database failed");
            }

            context.Response.Clear();
            await WriteAsync(context, code, detail, faults);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // Whoever asked is gone: nobody reads an answer.
        }
    }

    /// <summary>The stable type of an error: a word under <c>urn:ledger:error:</c>.</summary>
    public static string TypeOf(ErrorCode code) => "urn:ledger:error:" + NameOf(code);

    /// <summary>The last part of the type: <c>version-conflict</c>.</summary>
    public static string NameOf(ErrorCode code) => JsonNamingPolicy.KebabCaseLower.ConvertName(code.ToString());

    /// <summary>The status of an error.</summary>
    public static int StatusOf(ErrorCode code) =>
        code switch
        {
            ErrorCode.BadRequest => StatusCodes.Status400BadRequest,
            ErrorCode.NotSignedIn => StatusCodes.Status401Unauthorized,
            ErrorCode.NotPermitted => StatusCodes.Status403Forbidden,
            ErrorCode.ContractUnknown
            or ErrorCode.PeriodUnknown
            or ErrorCode.DeductionUnknown
            or ErrorCode.MomentUnknown
            or ErrorCode.NotFound => StatusCodes.Status404NotFound,
            ErrorCode.MethodNotAllowed => StatusCodes.Status405MethodNotAllowed,
            ErrorCode.NotAcceptable => StatusCodes.Status406NotAcceptable,
            ErrorCode.IdConflict or ErrorCode.Refused => StatusCodes.Status409Conflict,
            ErrorCode.VersionConflict => StatusCodes.Status412PreconditionFailed,
            ErrorCode.TooLarge => StatusCodes.Status413PayloadTooLarge,
            ErrorCode.UnsupportedMediaType => StatusCodes.Status415UnsupportedMediaType,
            ErrorCode.Invalid or ErrorCode.FileUnreadable => StatusCodes.Status422UnprocessableEntity,
            ErrorCode.TooManyRequests => StatusCodes.Status429TooManyRequests,
            ErrorCode.Defect => StatusCodes.Status500InternalServerError,
            ErrorCode.TimedOut => StatusCodes.Status504GatewayTimeout,
            ErrorCode.DiskFull => StatusCodes.Status507InsufficientStorage,
            _ => StatusCodes.Status503ServiceUnavailable,
        };

    /// <summary>Writes an error as the answer.</summary>
    public static Task WriteAsync(HttpContext context, ErrorCode code, string detail, IReadOnlyList<Fault>? faults = null)
    {
        context.Response.StatusCode = StatusOf(code);
        if (PageServices.Serves(context.Request.Path))
        {
            return ErrorPage.WriteAsync(context, code, detail);
        }

        var type = TypeOf(code);
        if (code == ErrorCode.NotSignedIn)
        {
            context.Response.Headers.WWWAuthenticate = "Bearer";
        }

        var problem = new ProblemDetails
        {
            Status = context.Response.StatusCode,
            Type = type,
            Title = type[(type.LastIndexOf(':') + 1)..].Replace('-', ' '),
            Detail = detail,
        };
        if (faults is { Count: > 0 })
        {
            problem.Extensions["faults"] = faults;
        }

        return context.Response.WriteAsJsonAsync(problem, LedgerJson.Options, MediaType, context.RequestAborted);
    }

    private static (ErrorCode Code, string Detail, IReadOnlyList<Fault>? Faults) Told(Exception error) =>
        error switch
        {
            LedgerException e => (e.Code, e.Message, null),
            RequestException e => (e.Code, e.Message, e.Faults),
            BadHttpRequestException e => (Bare.GetValueOrDefault(e.StatusCode, ErrorCode.BadRequest), e.Message, null),
            IOException when error.Message.StartsWith("Buffer limit", StringComparison.Ordinal) => (
                ErrorCode.TooLarge,
                $"expected at most {EventIntake.MostBytes} bytes: send it in parts",
                null
            ),
            OperationCanceledException or TimeoutException => (
                ErrorCode.TimedOut,
                "it took longer than a request may: ask for less, or again",
                null
            ),
            _ when DatabaseErrors.IsAway(error) && DatabaseErrors.Told(error) is var told => (
                told.Code,
                told.Code == ErrorCode.DatabaseUnreachable
                    ? "the database cannot be reached just now: try again; the same event recorded twice is one event"
                    : told.Message,
                null
            ),
            _ => (ErrorCode.Defect, "a defect of the ledger, please report it; nothing was recorded that was not acknowledged", null),
        };

    private static string InWords(ErrorCode code, HttpRequest request) =>
        code switch
        {
            ErrorCode.NotSignedIn => "sign in, or send a token: Authorization: Bearer …",
            ErrorCode.NotPermitted => "whoever is signed in may not do this: docs/roles.md says who may",
            ErrorCode.NotFound => $"there is nothing at {request.Path}: /openapi/v1.json lists what there is",
            ErrorCode.MethodNotAllowed => $"{request.Path} knows no {request.Method}",
            ErrorCode.UnsupportedMediaType => $"Content-Type: \"{request.ContentType}\" is not read here",
            ErrorCode.TooManyRequests => "more requests than one caller may make in a time: wait as Retry-After says",
            _ => $"the request was not understood ({code})",
        };
}
