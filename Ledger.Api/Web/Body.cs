using System.Reflection;
using System.Text.Json;
using Ledger.Domain.Errors;
using Ledger.Domain.Json;
using Microsoft.AspNetCore.Http.Metadata;

namespace Ledger.Api.Web;

/// <summary>
/// A JSON body, read by the ledger's strict rules: everything that is wrong is told at once, each with its path. (The framework tells the
/// first, in its own words.)
/// </summary>
/// <param name="Value">What it says.</param>
public sealed record Body<T>(T Value) : IEndpointMetadataProvider
    where T : class
{
    /// <inheritdoc/>
    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) =>
        builder.Metadata.Add(new AcceptsMetadata([RequestBody.Json], typeof(T)));

    /// <summary>Reads it; throws <see cref="LedgerException"/> or <see cref="RequestException"/> for what is wrong.</summary>
    public static async Task<Body<T>> ReadAsync(HttpContext context)
    {
        var utf8 = await RequestBody.ReadAsync(context);
        return StrictJson.Read<T>(utf8, "$", out var faults) is { } value ? new Body<T>(value) : throw RequestBody.Refused(utf8, faults);
    }
}

/// <summary>Reading the bodies of requests.</summary>
internal static class RequestBody
{
    public const string Json = "application/json";

    /// <summary>The most bytes of a single document: an event, a decision, a contract's terms.</summary>
    public const int MostBytes = 1024 * 1024;

    /// <summary>The bytes of a JSON body, few enough.</summary>
    public static async Task<byte[]> ReadAsync(HttpContext context, int most = MostBytes)
    {
        var request = context.Request;
        if (request.ContentType is { } type && !request.HasJsonContentType())
        {
            throw new LedgerException(ErrorCode.UnsupportedMediaType, $"Content-Type: expected {Json}, got \"{type}\"");
        }

        using var bytes = new MemoryStream();
        var buffer = new byte[16 * 1024];
        for (int read; (read = await request.Body.ReadAsync(buffer, context.RequestAborted)) > 0; )
        {
            await bytes.WriteAsync(buffer.AsMemory(0, read), context.RequestAborted);
            if (bytes.Length > most)
            {
                throw new LedgerException(ErrorCode.TooLarge, $"expected a body of at most {most} bytes");
            }
        }

        return bytes.ToArray();
    }

    /// <summary>Why a body is not taken: no JSON at all is another error than JSON that says something else.</summary>
    public static RequestException Refused(byte[] utf8, IReadOnlyList<Fault> faults) =>
        new(IsJson(utf8) ? ErrorCode.Invalid : ErrorCode.BadRequest, faults);

    private static bool IsJson(byte[] utf8)
    {
        try
        {
            using var document = JsonDocument.Parse(utf8);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
