using System.Globalization;
using Ledger.Api.Operations;
using Ledger.Domain.Errors;
using Microsoft.Extensions.Primitives;

namespace Ledger.Api.Web;

/// <summary>Reading single values of a request; what is given twice is refused, since nobody could say which of them counts.</summary>
internal static class RequestValues
{
    /// <summary>A value of the query; null where it is not given.</summary>
    public static string? One(this IQueryCollection query, string name) => One(name, query[name]);

    /// <summary>A header; null where it is not given.</summary>
    public static string? One(this IHeaderDictionary headers, string name) => One(name, headers[name]);

    /// <summary>A whole number of the query, 0 or more; null where it is not given.</summary>
    public static long? Whole(this IQueryCollection query, string name) =>
        query.One(name) is not { } text ? null
        : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
        : throw new LedgerException(ErrorCode.BadRequest, $"{name}: expected a whole number, got \"{text}\"");

    /// <summary>A truth of the query; false where it is not given.</summary>
    public static bool Truth(this IQueryCollection query, string name) =>
        query.One(name) switch
        {
            null or "false" => false,
            "true" => true,
            var other => throw new LedgerException(ErrorCode.BadRequest, $"{name}: expected true or false, got \"{other}\""),
        };

    /// <summary>A word of the query; null where it is not given.</summary>
    public static T? Word<T>(this IQueryCollection query, string name)
        where T : struct, Enum => query.One(name) is { } text ? NamedWord.Read<T>(text, name) : null;

    /// <summary>A part of the route, with the slashes that routing leaves encoded.</summary>
    public static string Segment(string value) => value.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);

    private static string? One(string name, StringValues values) =>
        values.Count switch
        {
            0 => null,
            1 when values[0]?.Contains('\0', StringComparison.Ordinal) == true => throw new LedgerException(
                ErrorCode.BadRequest,
                $"{name}: expected a text without NUL"
            ),
            1 => values[0],
            _ => throw new LedgerException(ErrorCode.BadRequest, $"{name}: expected once, got {values.Count} of them"),
        };
}
