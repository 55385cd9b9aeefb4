namespace Ledger.Api.Commands;

/// <summary>The terms of the five contracts, as they ship with the program.</summary>
internal static class ShippedContracts
{
    private const string Folder = "contracts/";

    /// <summary>Their ids, in order.</summary>
    public static IReadOnlyList<string> Ids { get; } =
    [
        .. typeof(ShippedContracts)
            .Assembly.GetManifestResourceNames()
            .Where(n => n.StartsWith(Folder, StringComparison.Ordinal))
            .Select(n => Path.GetFileNameWithoutExtension(n))
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>The terms file of one; null where it does not ship.</summary>
    public static byte[]? Find(string id)
    {
        using var stream = typeof(ShippedContracts).Assembly.GetManifestResourceStream($"{Folder}{id}.json");
        if (stream is null)
        {
            return null;
        }

        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
