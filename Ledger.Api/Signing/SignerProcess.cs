using System.Diagnostics;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Ledger.Domain.Errors;
using Ledger.Projections.Evidence.Checkpoints;

namespace Ledger.Api.Signing;

/// <summary>The signer as a process of its own: this program again, in its role <c>signer</c>, until this process ends.</summary>
internal sealed class SignerProcess(string directory) : IDisposable
{
    private const int MostSocketPathBytes = 107;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private Process? process;

    /// <summary>The socket of a directory's signer: in it, or under the temporary directory where that path is too long for one.</summary>
    public static string SocketOf(string directory)
    {
        var inside = Path.Combine(directory, "socket");
        if (Encoding.UTF8.GetByteCount(inside) <= MostSocketPathBytes)
        {
            return inside;
        }

        var elsewhere = Path.Combine(
            Path.GetTempPath(),
            "ledger-signer-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(directory)).AsSpan(0, 8))
        );
        DurableFile.CreateSecretDirectory(elsewhere);
        return Path.Combine(elsewhere, "socket");
    }

    /// <summary>A connection to a directory's signer; throws <see cref="SocketException"/> where none listens.</summary>
    public static async Task<Socket> ConnectAsync(string directory, CancellationToken cancel)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(SocketOf(directory)), cancel);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Starts it and waits until it listens; another process may have done so meanwhile.</summary>
    public async Task StartAsync(CancellationToken cancel)
    {
        Postgres.ServerUser.CreateReachable(Path.GetDirectoryName(directory)!);
        DurableFile.CreateSecretDirectory(directory);
        process?.Dispose();
        process = Process.Start(StartInfo())!;
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        var said = process.StandardError.ReadToEndAsync(cancel);
        for (var patience = Stopwatch.StartNew(); !await ListensAsync(cancel); await Task.Delay(20, cancel))
        {
            if (process.HasExited && process.ExitCode != Commands.CommandLine.NoDatabase)
            {
                throw new LedgerException(ErrorCode.CheckpointRefused, $"the signer ended: {(await said).Trim()}");
            }

            if (patience.Elapsed > Patience)
            {
                throw new LedgerException(ErrorCode.CheckpointRefused, $"the signer of {directory} does not answer");
            }
        }
    }

    /// <summary>Lets it end, and waits until it has.</summary>
    public void Dispose()
    {
        if (process is { HasExited: false })
        {
            process.StandardInput.Close();
            process.WaitForExit();
        }

        process?.Dispose();
        process = null;
    }

    private async Task<bool> ListensAsync(CancellationToken cancel)
    {
        try
        {
            (await ConnectAsync(directory, cancel)).Dispose();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private ProcessStartInfo StartInfo()
    {
        var program = typeof(SignerProcess).Assembly.Location;
        var info = new ProcessStartInfo
        {
            // This program's own launcher where it has one; else the runtime that runs it, or would (under a test host).
            FileName = Path.GetFileNameWithoutExtension(Environment.ProcessPath) is "dotnet" or "Ledger.Api"
                ? Environment.ProcessPath!
                : "dotnet",
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = directory,
        };
        foreach (var argument in Path.GetFileNameWithoutExtension(info.FileName) == "dotnet" ? (string[])[program] : [])
        {
            info.ArgumentList.Add(argument);
        }

        foreach (var argument in (string[])["signer", "--directory", directory, "--attached"])
        {
            info.ArgumentList.Add(argument);
        }

        return info;
    }
}
