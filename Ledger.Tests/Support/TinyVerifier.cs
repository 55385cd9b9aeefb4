using System.Diagnostics;

namespace Ledger.Tests.Support;

/// <summary>tools/verify-bundle.cs, built once for the run and started as an auditor starts it.</summary>
public static class TinyVerifier
{
    private static readonly Lazy<Task<string>> Program = new(() => BuildAsync());

    public static async Task<(int Status, string Output)> RunAsync(params string[] arguments) =>
        await ProgramRun.ToEndAsync("dotnet", [await Program.Value, .. arguments]);

    private static async Task<string> BuildAsync()
    {
        var output = Directory.CreateTempSubdirectory("ledger-tiny-").FullName;
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(output, recursive: true);
        var source = Repository.PathOf("tools", "verify-bundle.cs");
        var (status, said) = await ProgramRun.ToEndAsync("dotnet", ["build", source, "--output", output]);
        Assert.True(status == 0, said);
        return Path.Combine(output, "verify-bundle.dll");
    }
}

/// <summary>Runs any program to its end.</summary>
public static class ProgramRun
{
    public static async Task<(int Status, string Output)> ToEndAsync(
        string program,
        IReadOnlyList<string> arguments,
        IReadOnlyList<KeyValuePair<string, string>>? settings = null
    )
    {
        var info = new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in settings ?? [])
        {
            info.Environment[name] = value;
        }

        using var process = Process.Start(info)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + await error);
    }

    /// <summary>Whether a program is on the PATH.</summary>
    public static bool Exists(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator)
            .Any(d => d.Length > 0 && File.Exists(Path.Combine(d, program)));
}
