namespace Ledger.Domain.Events;

/// <summary>
/// In which stream of its contract an event stands: single cases, patrol rounds and issues have streams of their own under
/// their subject; everything else is in the account's stream, whose key is the contract's id, so that one version guards
/// every decision.
/// </summary>
public static class EventStreams
{
    /// <summary>What the streams of single cases begin with.</summary>
    public const string Cases = "case/";

    private static readonly string[] OfTheirOwn = [Cases, "patrol/", "issue/"];

    /// <summary>The key of the stream, unique inside the contract.</summary>
    public static string KeyOf(string contract, string subject) => IsAccounts(subject) ? contract : subject;

    /// <summary>Whether events about a subject stand in the account's stream.</summary>
    public static bool IsAccounts(string subject)
    {
        foreach (var prefix in OfTheirOwn)
        {
            if (subject.StartsWith(prefix, StringComparison.Ordinal))
            {
                return false;
            }
        }

        return true;
    }
}
