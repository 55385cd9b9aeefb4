using System.Diagnostics;
using Ledger.Domain.Errors;

namespace Ledger.Api.Postgres;

/// <summary>
/// The server's process, run from a thread that lives as long as it does: its death signal fires when that thread ends.
/// Once <see cref="Keep"/> was called, a server that is killed is started again; one that was shut down is not.
/// </summary>
internal sealed class PostgresServer
{
    private static readonly TimeSpan RestartPause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    private readonly TaskCompletionSource<Process> launched = new();
    private readonly ProcessStartInfo info;
    private readonly string log;
    private readonly Action<string> say;
    private readonly Lock starting = new();
    private volatile Func<bool>? answers;

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

    /// <summary>From now on it may end: none is started after this returns.</summary>
    public void Leave()
    {
        lock (starting)
        {
            answers = null;
        }
    }

    private void RunAll()
    {
        try
        {
            var (process, pause) = (Process.Start(info), RestartPause);
            while (process is not null && Run(process) != 0 && answers is not null)
            {
                if (pause == RestartPause)
                {
                    say("PostgreSQL ended by itself: starting it again");
                }

                // What is left of a killed one must end before another can take its place; until then that one gives up at once.
                process = Again(pause);
                pause = pause < LongestPause ? pause * 2 : pause;
            }
        }
#pragma warning disable CA1031 // A thread of its own: whatever it was, who starts the server is told; others find no database.
        catch (Exception e)
#pragma warning restore CA1031
        {
            launched.TrySetException(
                new LedgerException(ErrorCode.DatabaseUnreachable, $"PostgreSQL could not be started: {e.Message}", e)
            );
        }
    }

    /// <summary>Another process after a pause; null where one answers by then, or none is wanted any more.</summary>
    private Process? Again(TimeSpan pause)
    {
        Thread.Sleep(pause);
        if (answers?.Invoke() != false)
        {
            return null;
        }

        lock (starting)
        {
            return answers is null ? null : Process.Start(info);
        }
    }

    private int Run(Process process)
    {
        // Not disposed here: whoever waits for the start still asks it whether it ended.
        process.StandardInput.Close();
        launched.TrySetResult(process);
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        while (process.StandardError.ReadLine() is { } line)
        {
            Record(line);
        }

        process.WaitForExit();
        return process.ExitCode;
    }

    private void Record(string line)
    {
        try
        {
            File.AppendAllLines(log, [line]);
        }
        catch (IOException)
        {
            // A full disk, of which the line may tell, must not end the reading: PostgreSQL would end with it.
        }
    }
}
