using System.Runtime.CompilerServices;

namespace Ledger.Tests.Support;

/// <summary>
/// Files in the repository that the code must produce. With UPDATE_GOLDEN=1 they are written anew, to be read in the diff.
/// </summary>
public static class Golden
{
    public static void Equal(string file, string produced, [CallerFilePath] string here = "")
    {
        var path = Path.Combine(Path.GetDirectoryName(here)!, "..", "..", file);
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
        {
            File.WriteAllText(path, produced);
        }

        Assert.Equal(File.ReadAllText(path).ReplaceLineEndings("\n"), produced.ReplaceLineEndings("\n"));
    }
}
