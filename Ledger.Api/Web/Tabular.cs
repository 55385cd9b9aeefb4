using System.Reflection;
using Ledger.Api.Tables;
using Ledger.Domain.Errors;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Net.Http.Headers;

namespace Ledger.Api.Web;

/// <summary>Making answers that can be spreadsheets.</summary>
internal static class Tabular
{
    /// <summary>A document with the tables that show it.</summary>
    public static Tabular<T> Of<T>(T document, Func<T, IReadOnlyList<ReportTable>> tables) => new(document, tables, null);

    /// <summary>A list, or the page of it that was asked for, with the table that shows it.</summary>
    public static Tabular<IReadOnlyList<T>> List<T>(IReadOnlyList<T> all, Moment moment, Func<IEnumerable<T>, ReportTable> table) =>
        moment.Page is { } page
            ? new([.. all.Skip(page.After).Take(page.Size)], rows => [table(rows)], all.Count > page.After + page.Size ? page.Next : null)
            : new(all, rows => [table(rows)], null);
}

/// <summary>
/// An answer that is a document, and a spreadsheet for who asks for one: <c>Accept: text/csv</c> or the suffix <c>.csv</c>, and XLSX alike.
/// <c>lang=zh</c> gives Chinese headings; where there are several tables, <c>table</c> names the one that CSV has. A page has a
/// <c>Link</c> to the next.
/// </summary>
public sealed class Tabular<T> : IResult, IEndpointMetadataProvider
{
    private const string Json = "application/json";
    private const string Csv = "text/csv";
    private const string Xlsx = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

    private readonly T document;
    private readonly Func<T, IReadOnlyList<ReportTable>> tables;
    private readonly string? next;

    internal Tabular(T document, Func<T, IReadOnlyList<ReportTable>> tables, string? next) =>
        (this.document, this.tables, this.next) = (document, tables, next);

    /// <inheritdoc/>
    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) =>
        builder.Metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status200OK, typeof(T), [Json, Csv, Xlsx]));

    /// <inheritdoc/>
    public Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.Headers.Vary = HeaderNames.Accept;
        if (next is not null)
        {
            response.Headers.Link = $"<{Paging.Next(httpContext.Request, "cursor", next, "position", "asOf")}>; rel=\"next\"";
        }

        return FormatOf(httpContext) switch
        {
            Csv => WriteCsvAsync(httpContext),
            Xlsx => WriteXlsxAsync(httpContext),
            _ => response.WriteAsJsonAsync(document, httpContext.RequestAborted),
        };
    }

    private async Task WriteCsvAsync(HttpContext context)
    {
        var all = tables(document);
        var table = context.Request.Query.One("table") is not { } name
            ? all[0]
            : all.FirstOrDefault(t => t.Name == name)
                ?? throw new LedgerException(
                    ErrorCode.BadRequest,
                    $"table: expected one of {string.Join(", ", all.Select(t => t.Name))}, got \"{name}\""
                );
        using var text = new MemoryStream();
        CsvFile.Write(text, table, InChinese(context.Request));
        await SendAsync(context.Response, text, $"{Csv}; charset=utf-8", $"{table.Name}.csv", context.RequestAborted);
    }

    private async Task WriteXlsxAsync(HttpContext context)
    {
        var all = tables(document);
        using var workbook = new MemoryStream();
        await XlsxFile.WriteAsync(workbook, all, InChinese(context.Request), context.RequestAborted);
        await SendAsync(context.Response, workbook, Xlsx, $"{all[0].Name}.xlsx", context.RequestAborted);
    }

    private static Task SendAsync(HttpResponse response, MemoryStream content, string type, string name, CancellationToken cancel)
    {
        response.ContentType = type;
        response.ContentLength = content.Length;
        response.Headers.ContentDisposition = $"attachment; filename=\"{name}\"";
        content.Position = 0;
        return content.CopyToAsync(response.Body, cancel);
    }

    private static bool InChinese(HttpRequest request) =>
        request.Query.One("lang") switch
        {
            null or "en" => false,
            "zh" => true,
            var other => throw new LedgerException(ErrorCode.BadRequest, $"lang: expected en or zh, got \"{other}\""),
        };

    private static string FormatOf(HttpContext context) =>
        TableSuffix.Of(context) switch
        {
            TableSuffix.Csv => Csv,
            TableSuffix.Xlsx => Xlsx,
            _ => Accepted.First(context.Request, Json, Csv, Xlsx),
        };
}
