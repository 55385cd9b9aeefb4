namespace Ledger.Domain.Events;

/// <summary>The ledger itself as the source and actor of what it derives.</summary>
public static class LedgerSource
{
    /// <summary>Its name in both places.</summary>
    public const string Name = "ledger";

    /// <summary>The contract of events that concern the whole ledger.</summary>
    public const string Contract = "_ledger";

    /// <summary>What the ids of derived events begin with; refused from outside, so that nobody can take such an id first.</summary>
    public const string IdPrefix = "ledger:";

    /// <summary>The id of something derived: two contracts may have events of the same id, so it names its contract.</summary>
    public static string IdOf(string contract, string what) => $"{IdPrefix}{contract}:{what}";
}
