namespace Ledger.EventStore.Checkpoints;

/// <summary>Files that are either the old or the new after a crash, and on disk once written.</summary>
public static class DurableFile
{
    /// <summary>Replaces a file; one with a secret can be read by its owner only.</summary>
    public static void Write(string path, ReadOnlySpan<byte> bytes, bool secret)
    {
        var temporary = path + ".new";
        File.Delete(temporary);
        using (var file = new FileStream(temporary, Options(FileMode.CreateNew, secret)))
        {
            file.Write(bytes);
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
    }

    /// <summary>Makes a directory; one for secrets can be entered by its owner only.</summary>
    public static void CreateSecretDirectory(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    /// <summary>How such a file is opened for writing, by nobody else at the same time.</summary>
    public static FileStreamOptions Options(FileMode mode, bool secret)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.ReadWrite, Share = FileShare.Read };
        if (secret && !OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return options;
    }
}
