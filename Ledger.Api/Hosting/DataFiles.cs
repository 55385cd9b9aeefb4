namespace Ledger.Api.Hosting;

/// <summary>What stands in the data directory outside the database.</summary>
public static class DataFiles
{
    /// <summary>The signer's keys and memory.</summary>
    public static string Signer(string dataDirectory) => Path.Combine(dataDirectory, "signer");

    /// <summary>The published checkpoints, one note after the other.</summary>
    public static string Checkpoints(string dataDirectory) => Path.Combine(dataDirectory, "checkpoints");

    /// <summary>The keys of personal data.</summary>
    public static string Personal(string dataDirectory) => Path.Combine(dataDirectory, "personal");

    /// <summary>The keys that sessions in cookies are sealed with.</summary>
    public static string Cookies(string dataDirectory) => Path.Combine(dataDirectory, "cookies");

    /// <summary>The public keys that checkpoints are signed with.</summary>
    public static string Policy(string dataDirectory) => Path.Combine(dataDirectory, "log-policy");
}
