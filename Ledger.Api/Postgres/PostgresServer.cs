using System.Diagnostics;
using Ledger.EventStore;

namespace Ledger.Api.Postgres;

/// <summary>
/// The server's process, run from a thread that lives as long as it does: its death signal fires when that thread ends.
/// Once <see cref="Keep"/> was called, a server that is killed is started again; one that was shut down is not.
/// </summary>
internal sealed class PostgresServer
{
    private static readonly TimeSpan RestartPause = TimeSpan.FromMilliseconds(500);

    private readonly TaskCompletionSource<Process> launched = new();
    private readonly ProcessStartInfo info;
    private readonly string log;
    private readonly Action<string> say;
    private Func<bool>? answers;

    private PostgresServer(ProcessStartInfo info, string log, Action<string> say) => (this.info, this.log, this.say) = (info, log, say);

    /// <summary>Whether the first process has ended.</summary>
    public bool HasExited => launched.Task.Result.HasExited;

    /// <summary>Starts it; its words go to a file.</summary>
    public static PostgresServer Start(ProcessStartInfo info, string log, Action<string> say)
    {
        var server = new PostgresServer(info, log, say);
        new Thread(server.RunAll) { IsBackground = true, Name = "postgresql" }.Start();
        _ = server.launched.Task.GetAwaiter().GetResult();
        return server;
    }

    /// <summary>From now on it is started again when it is killed, unless one answers already.</summary>
    public void Keep(Func<bool> answering) => answers = answering;

    /// <summary>From now on it may end.</summary>
    public void Leave() => answers = null;

    private void RunAll()
    {
        try
        {
            while (Run() != 0 && answers is { } answering)
            {
                // What is left of the killed one must end before another can take its place; until then that one gives up at once.
                say("PostgreSQL ended by itself: starting it again");
                Thread.Sleep(RestartPause);
                if (answering())
                {
                    return;
                }
            }
        }
        catch (Exception e) when (e is System.ComponentModel.Win32Exception or IOException)
        {
            launched.TrySetException(new LedgerException(ErrorCode.DatabaseUnreachable, $"PostgreSQL could not be started: {e.Message}", e));
        }
    }

    private int Run()
    {
        // Not disposed here: whoever waits for the start still asks it whether it ended.
        var process = Process.Start(info)!;
        process.StandardInput.Close();
        launched.TrySetResult(process);
        using var words = new StreamWriter(log, append: true) { AutoFlush = true };
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        while (process.StandardError.ReadLine() is { } line)
        {
            words.WriteLine(line);
        }

        process.WaitForExit();
        return process.ExitCode;
    }
}
