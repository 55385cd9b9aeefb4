using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text.Json;

namespace Ledger.Tests.Support;

/// <summary>The program as its users run it: a real process on a data directory of its own.</summary>
public sealed class Command : IDisposable
{
    private static int number;

    public Command(string? dataDirectory = null) =>
        DataDirectory =
            dataDirectory ?? Path.Combine("/tmp", $"ledger-command-{Environment.ProcessId}-{Interlocked.Increment(ref number)}");

    public string DataDirectory { get; }

    /// <summary>Starts it; both outputs are kept.</summary>
    public Process Start(params string[] arguments) => Start([], arguments);

    /// <summary>Starts it with settings of its own.</summary>
    public Process Start(IReadOnlyList<KeyValuePair<string, string>> settings, string[] arguments)
    {
        var info = new ProcessStartInfo("dotnet")
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = AppContext.BaseDirectory,
        };
        info.Environment["LEDGER_DATA"] = DataDirectory;
        info.Environment.Remove("ConnectionStrings__Ledger");
        foreach (var (name, value) in TestIssuer.Environment)
        {
            info.Environment[name] = value;
        }

        foreach (var (name, value) in settings)
        {
            info.Environment[name] = value;
        }

        info.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "Ledger.Api.dll"));
        foreach (var argument in arguments)
        {
            info.ArgumentList.Add(argument);
        }

        return Process.Start(info)!;
    }

    /// <summary>Runs it to its end.</summary>
    public Task<(int Status, string Output, string Error)> RunAsync(params string[] arguments) => RunAsync([], arguments);

    /// <summary>Runs it to its end with settings of its own.</summary>
    public async Task<(int Status, string Output, string Error)> RunAsync(
        IReadOnlyList<KeyValuePair<string, string>> settings,
        params string[] arguments
    )
    {
        using var process = Start(settings, arguments);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await error);
    }

    /// <summary>Runs it with <c>--json</c>; it must be done, and its output one JSON document.</summary>
    public async Task<JsonElement> JsonAsync(params string[] arguments) =>
        JsonDocument.Parse(Done(await RunAsync([.. arguments, "--json"]), arguments)).RootElement;

    /// <summary>The output of a line that must be done.</summary>
    public static string Done((int Status, string Output, string Error) ended, IEnumerable<string> arguments)
    {
        Assert.True(ended.Status == 0, $"{string.Join(' ', arguments)} ended with {ended.Status}: {ended.Error}");
        return ended.Output;
    }

    /// <summary>Starts the service and waits until it answers; gives the process and its address.</summary>
    public async Task<(Process Process, HttpClient Http)> ServeAsync(IReadOnlyList<KeyValuePair<string, string>>? settings = null)
    {
        var port = FreePort();
        var process = Start(settings ?? [], ["serve", "--urls", $"http://127.0.0.1:{port}"]);
        _ = process.StandardOutput.ReadToEndAsync();
        _ = process.StandardError.ReadToEndAsync();
        var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", TestIssuer.Anybody);
        for (var patience = Stopwatch.StartNew(); ; )
        {
            try
            {
                if ((await http.GetAsync(new Uri("/health", UriKind.Relative))).IsSuccessStatusCode)
                {
                    return (process, http);
                }
            }
            catch (HttpRequestException)
            {
                Assert.False(process.HasExited, "the service ended before it answered");
            }

            Assert.True(patience.Elapsed < TimeSpan.FromSeconds(90), "the service did not answer");
            await Task.Delay(50);
        }
    }

    public void Dispose()
    {
        // A signer sees a moment later than a service was killed, and leaves a file meanwhile.
        for (var patience = Stopwatch.StartNew(); Directory.Exists(DataDirectory); Thread.Sleep(50))
        {
            try
            {
                Directory.Delete(DataDirectory, recursive: true);
            }
            catch (IOException) when (patience.Elapsed < TimeSpan.FromSeconds(5)) { }
        }
    }

    public static int FreePort()
    {
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        return ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
    }
}
