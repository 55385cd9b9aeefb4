using System.Text.Json;
using Ledger.Domain.Errors;
using Ledger.Projections.Store;
using Microsoft.AspNetCore.Mvc;

namespace Ledger.Api.Endpoints;

/// <summary>Turns typed errors into RFC 9457 problem details with a stable <c>type</c>.</summary>
public sealed class ProblemMiddleware(RequestDelegate next, ILogger<ProblemMiddleware> logger)
{
    /// <summary>Runs the request.</summary>
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
        }
        catch (LedgerException e)
        {
            await WriteAsync(context, StatusOf(e.Code), TypeOf(e.Code), e.Message);
        }
        catch (BadHttpRequestException e)
        {
            await WriteAsync(context, e.StatusCode, TypeOf(ErrorCode.BadRequest), e.Message);
        }
        catch (Exception e) when (DatabaseErrors.IsAway(e))
        {
            logger.LogError(e, "The database failed");
            var told = DatabaseErrors.Told(e);
            // Every request reads: there is nothing to look after.
            await WriteAsync(
                context,
                StatusOf(told.Code),
                TypeOf(told.Code),
                told.Code == ErrorCode.DatabaseUnreachable ? "the database cannot be reached just now: try again" : told.Message
            );
        }
    }

    /// <summary>The stable type of an error: a word under <c>urn:ledger:error:</c>.</summary>
    public static string TypeOf(ErrorCode code) => "urn:ledger:error:" + JsonNamingPolicy.KebabCaseLower.ConvertName(code.ToString());

    private static int StatusOf(ErrorCode code) =>
        code switch
        {
            ErrorCode.ContractUnknown or ErrorCode.PeriodUnknown or ErrorCode.DeductionUnknown or ErrorCode.MomentUnknown =>
                StatusCodes.Status404NotFound,
            ErrorCode.VersionConflict or ErrorCode.IdConflict or ErrorCode.Refused => StatusCodes.Status409Conflict,
            ErrorCode.BadRequest => StatusCodes.Status400BadRequest,
            ErrorCode.DiskFull => StatusCodes.Status507InsufficientStorage,
            _ => StatusCodes.Status503ServiceUnavailable,
        };

    private static Task WriteAsync(HttpContext context, int status, string type, string detail)
    {
        context.Response.StatusCode = status;
        var problem = new ProblemDetails
        {
            Status = status,
            Type = type,
            Title = type[(type.LastIndexOf(':') + 1)..].Replace('-', ' '),
            Detail = detail,
        };
        return context.Response.WriteAsJsonAsync(problem, (JsonSerializerOptions?)null, "application/problem+json", context.RequestAborted);
    }
}
