using Ledger.Domain.Errors;

namespace Ledger.Api.Postgres;

/// <summary>As whom the embedded PostgreSQL runs, and the directories that this user must reach.</summary>
internal static class ServerUser
{
    /// <summary>PostgreSQL refuses to run as root: then it runs as the machine's postgres, else as nobody.</summary>
    public static UserAndGroup? Of(string dataDirectory, string cluster)
    {
        if (OperatingSystem.IsWindows() || !Environment.IsPrivilegedProcess)
        {
            return null;
        }

        if (!Subprocess.Exists("setpriv"))
        {
            throw new LedgerException(
                ErrorCode.DatabaseUnreachable,
                "PostgreSQL refuses to run as root and setpriv (util-linux) is missing: run the ledger as another user, or set "
                    + "ConnectionStrings__Ledger"
            );
        }

        for (var parent = Path.GetDirectoryName(dataDirectory); parent is not null; parent = Path.GetDirectoryName(parent))
        {
            if (!File.GetUnixFileMode(parent).HasFlag(UnixFileMode.OtherExecute))
            {
                throw new LedgerException(
                    ErrorCode.DatabaseUnreachable,
                    $"as root the ledger runs PostgreSQL as an unprivileged user, which cannot reach {dataDirectory} because "
                        + $"{parent} is closed to others: set LEDGER_DATA to another place"
                );
            }
        }

        // A cluster that exists keeps its owner, also when somebody else's ledger is opened by root.
        return Directory.Exists(cluster)
            ? new UserAndGroup(Number("stat", "-c", "%u", cluster), Number("stat", "-c", "%g", cluster))
            : Named("postgres") ?? Named("nobody");

        static string Number(string program, params string[] arguments) =>
            Subprocess.Run(program, arguments, "/", asUser: null).Output.Trim();

        static UserAndGroup? Named(string name) =>
            File.ReadLines("/etc/passwd").Any(l => l.StartsWith(name + ":", StringComparison.Ordinal))
                ? new UserAndGroup(Number("id", "-u", name), Number("id", "-g", name))
                : null;
    }

    /// <summary>Creates the data directory; as root the unprivileged user must be able to pass through, whatever the umask.</summary>
    public static void CreateReachable(string path)
    {
        if (Directory.Exists(path))
        {
            return;
        }

        try
        {
            Directory.CreateDirectory(path);
            if (!OperatingSystem.IsWindows() && Environment.IsPrivilegedProcess)
            {
                File.SetUnixFileMode(path, File.GetUnixFileMode(path) | UnixFileMode.OtherExecute | UnixFileMode.OtherRead);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new LedgerException(
                ErrorCode.DatabaseUnreachable,
                $"the data directory {path} cannot be made: {e.Message}; set LEDGER_DATA to another",
                e
            );
        }
    }
}
