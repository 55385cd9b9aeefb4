using System.Runtime.CompilerServices;

namespace Ledger.Tests.Support;

/// <summary>The repository from which the specifications were built.</summary>
internal static class Repository
{
    /// <summary>Its root.</summary>
    public static string Root { get; } = RootOf();

    /// <summary>A file or directory of it.</summary>
    public static string PathOf(params ReadOnlySpan<string> parts) => Path.Combine([Root, .. parts]);

    private static string RootOf([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", ".."));
}
