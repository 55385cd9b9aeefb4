using System.Diagnostics;

namespace Ledger.Api.Postgres;

/// <summary>Another user to run as: numbers, since a name's group need not have its name.</summary>
public sealed record UserAndGroup(string User, string Group);

/// <summary>Runs a program to its end, as another user where one is named.</summary>
internal static class Subprocess
{
    public static (int ExitCode, string Output) Run(
        string program,
        IReadOnlyList<string> arguments,
        string directory,
        UserAndGroup? asUser,
        IReadOnlyDictionary<string, string?>? environment = null
    )
    {
        var info = StartInfo(program, arguments, directory, asUser, deathSignal: false, redirect: true);
        foreach (var (name, value) in environment ?? new Dictionary<string, string?>())
        {
            info.Environment[name] = value;
        }

        using var process = Process.Start(info)!;
        process.StandardInput.Close();
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + error.Result);
    }

    /// <summary>
    /// How a program is started: through setpriv where it runs as another user, or where it is to get SIGINT when the
    /// thread that started it ends.
    /// </summary>
    public static ProcessStartInfo StartInfo(
        string program,
        IReadOnlyList<string> arguments,
        string directory,
        UserAndGroup? asUser,
        bool deathSignal,
        bool redirect
    )
    {
        var info = new ProcessStartInfo
        {
            WorkingDirectory = directory,
            UseShellExecute = false,
            RedirectStandardInput = redirect,
            RedirectStandardOutput = redirect,
            RedirectStandardError = redirect,
        };
        string[] wrapper =
        [
            .. asUser is null ? Array.Empty<string>() : [$"--reuid={asUser.User}", $"--regid={asUser.Group}", "--clear-groups"],
            .. deathSignal ? ["--pdeathsig=INT"] : Array.Empty<string>(),
        ];
        info.FileName = wrapper.Length > 0 ? "setpriv" : program;
        foreach (var argument in wrapper.Length > 0 ? [.. wrapper, "--", program, .. arguments] : arguments)
        {
            info.ArgumentList.Add(argument);
        }

        if (asUser is not null)
        {
            // The other user may not read root's home.
            info.Environment["HOME"] = "/";
        }

        return info;
    }

    /// <summary>Whether a program is on PATH.</summary>
    public static bool Exists(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator)
            .Any(d => d.Length > 0 && File.Exists(Path.Combine(d, program)));
}
