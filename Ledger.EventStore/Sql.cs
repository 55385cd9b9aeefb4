using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Ledger.EventStore;

/// <summary>SQL text kept in <c>.sql</c> files beside the code that runs it.</summary>
public static class Sql
{
    // Each is read from the assembly once, not at every append.
    private static readonly ConcurrentDictionary<(Assembly, string, string), string> Loaded = [];

    /// <summary>The embedded file whose resource name ends with <c>.{folder}.{name}.sql</c>.</summary>
    public static string Load(Assembly assembly, string folder, string name) =>
        Loaded.GetOrAdd((assembly, folder, name), static key =>
            Read(key.Item1, key.Item1.GetManifestResourceNames().Single(n => n.EndsWith($".{key.Item2}.{key.Item3}.sql", StringComparison.Ordinal))));

    internal static string Read(Assembly assembly, string resource)
    {
        using var stream = assembly.GetManifestResourceStream(resource)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    internal static string Load(string folder, [CallerMemberName] string name = "") => Load(typeof(Sql).Assembly, folder, name);
}
