using Ledger.Domain.Errors;

namespace Ledger.Api.Postgres;

/// <summary>Advisory locks on files between processes; the operating system drops them when a process dies.</summary>
internal static class FileLock
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    /// <summary>A lock that several processes may hold together.</summary>
    public static FileStream Shared(string path)
    {
        Touch(path);
        return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
    }

    /// <summary>A lock that one process holds alone; null where anybody else holds any.</summary>
    public static FileStream? TryExclusive(string path)
    {
        Touch(path);
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>Waits for the lock.</summary>
    public static async Task<FileStream> ExclusiveAsync(string path, CancellationToken cancel)
    {
        for (var until = DateTime.UtcNow + Patience; DateTime.UtcNow < until; await Task.Delay(50, cancel))
        {
            if (TryExclusive(path) is { } held)
            {
                return held;
            }
        }

        throw new LedgerException(
            ErrorCode.DatabaseUnreachable,
            $"another process has been starting or stopping the database for {Patience.TotalMinutes:0} minutes; it holds {path}"
        );
    }

    /// <summary>Waits for the lock without awaiting: for leaving at the end of a process.</summary>
    public static FileStream Exclusive(string path) => ExclusiveAsync(path, CancellationToken.None).GetAwaiter().GetResult();

    private static void Touch(string path)
    {
        if (!File.Exists(path))
        {
            try
            {
                using var made = new FileStream(path, FileMode.CreateNew, FileAccess.Write);
            }
            catch (IOException)
            {
                // Somebody else made it in between.
            }
        }
    }
}
