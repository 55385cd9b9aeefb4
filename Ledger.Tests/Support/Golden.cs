namespace Ledger.Tests.Support;

/// <summary>
/// Files in the repository that the code must produce. With UPDATE_GOLDEN=1 they are written anew, to be read in the diff.
/// </summary>
public static class Golden
{
    public static void Equal(string file, string produced)
    {
        var path = Repository.PathOf(file);
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
        {
            File.WriteAllText(path, produced);
        }

        Assert.Equal(File.ReadAllText(path).ReplaceLineEndings("\n"), produced.ReplaceLineEndings("\n"));
    }

    /// <summary>A directory holds the files that were made in another, and no other.</summary>
    public static void Same(string directory, string made)
    {
        var root = Repository.PathOf(directory);
        var files = FilesOf(made);
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
        {
            Directory.CreateDirectory(root);
            Directory.Delete(root, recursive: true);
            foreach (var file in files)
            {
                Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(root, file))!);
                File.Copy(Path.Combine(made, file), Path.Combine(root, file));
            }
        }

        Assert.Equal(FilesOf(root), files);
        foreach (var file in files)
        {
            Assert.Equal(
                File.ReadAllText(Path.Combine(root, file)).ReplaceLineEndings("\n"),
                File.ReadAllText(Path.Combine(made, file)).ReplaceLineEndings("\n")
            );
        }
    }

    private static List<string> FilesOf(string root) =>
        [
            .. Directory
                .GetFiles(root, "*", SearchOption.AllDirectories)
                .Select(f => Path.GetRelativePath(root, f))
                .Order(StringComparer.Ordinal),
        ];
}
