using Ledger.Domain.Errors;
using Ledger.Domain.Json;

namespace Ledger.Api.Operations;

/// <summary>Reading the words that users choose among, on the command line and in a query.</summary>
internal static class NamedWord
{
    /// <summary>A word of an enumeration; anything else throws <see cref="LedgerException"/> that names the option and every word.</summary>
    public static T Read<T>(string text, string option)
        where T : struct, Enum =>
        Words<T>.TryParse(text, out var word)
            ? word
            : throw new LedgerException(
                ErrorCode.BadRequest,
                $"{option}: expected one of {string.Join(", ", Words<T>.All)}, got \"{text}\""
            );
}
