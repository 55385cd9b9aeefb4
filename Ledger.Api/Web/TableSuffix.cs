namespace Ledger.Api.Web;

/// <summary>Takes the suffix of a table off the path: <c>/api/payables.xlsx</c> is <c>/api/payables</c> as a workbook.</summary>
internal static class TableSuffix
{
    public const string Csv = ".csv";
    public const string Xlsx = ".xlsx";

    private const string Item = "table-suffix";

    /// <summary>The suffix that a request's path had; null where it had none.</summary>
    public static string? Of(HttpContext context) => context.Items.TryGetValue(Item, out var suffix) ? (string?)suffix : null;

    public static Task StripAsync(HttpContext context, RequestDelegate next)
    {
        var path = context.Request.Path.Value!;
        if (
            HttpMethods.IsGet(context.Request.Method)
            && path.StartsWith("/api/", StringComparison.Ordinal)
            && Array.Find([Csv, Xlsx], s => path.EndsWith(s, StringComparison.Ordinal)) is { } suffix
        )
        {
            context.Items[Item] = suffix;
            context.Request.Path = path[..^suffix.Length];
        }

        return next(context);
    }
}
