using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Ledger.Domain.Errors;
using Ledger.Projections.Evidence.Checkpoints;

namespace Ledger.Api.Signing;

/// <summary>
/// A signer in another process: at an address where one is set, else on a Unix socket in the data directory, where it is
/// started by whoever needs it first and ends with that process.
/// </summary>
public sealed class RemoteSigner : ISigner, IDisposable
{
    private readonly SignerProcess? process;
    private readonly HttpClient http;

    private RemoteSigner(SignerProcess? process, HttpClient http) => (this.process, this.http) = (process, http);

    /// <summary>The signer at an address.</summary>
    public static RemoteSigner At(Uri address) => new(null, new HttpClient { BaseAddress = address, Timeout = TimeSpan.FromSeconds(30) });

    /// <summary>The signer of a directory of keys, on its socket.</summary>
    public static RemoteSigner Of(string directory)
    {
        var process = new SignerProcess(directory);
        var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancel) => new NetworkStream(await SignerProcess.ConnectAsync(directory, cancel), ownsSocket: true),
        };
        return new RemoteSigner(
            process,
            new HttpClient(handler) { BaseAddress = new Uri("http://signer"), Timeout = TimeSpan.FromSeconds(30) }
        );
    }

    /// <inheritdoc/>
    public async Task<CheckpointPolicy> PolicyAsync(CancellationToken cancel)
    {
        using var answer = await SendAsync(() => new HttpRequestMessage(HttpMethod.Get, "/policy"), cancel);
        try
        {
            return CheckpointPolicy.Parse(await answer.Content.ReadAsStringAsync(cancel));
        }
        catch (Exception e) when (e is FormatException or InvalidOperationException)
        {
            throw new LedgerException(
                ErrorCode.CheckpointRefused,
                $"what answers at LEDGER_SIGNER is no signer ({(int)answer.StatusCode}): {e.Message}",
                e
            );
        }
    }

    /// <inheritdoc/>
    public async Task<SignAnswer> SignAsync(SignRequest request, CancellationToken cancel)
    {
        using var answer = await SendAsync(
            () => new HttpRequestMessage(HttpMethod.Post, "/sign") { Content = new StringContent(request.ToString(), Encoding.UTF8) },
            cancel
        );
        var text = await answer.Content.ReadAsStringAsync(cancel);
        return answer.StatusCode switch
        {
            HttpStatusCode.OK when SignedNote.Parse(text, out _) is { } note => new SignAnswer.Signed(note),
            HttpStatusCode.Conflict when long.TryParse(text.TrimEnd('\n'), NumberStyles.None, CultureInfo.InvariantCulture, out var size) =>
                new SignAnswer.From(size),
            _ => new SignAnswer.Refused(text.Trim().Length > 0 ? text.Trim() : $"it answered {(int)answer.StatusCode}; see its own log"),
        };
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        http.Dispose();
        process?.Dispose();
    }

    private async Task<HttpResponseMessage> SendAsync(Func<HttpRequestMessage> request, CancellationToken cancel)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                using var message = request();
                return await http.SendAsync(message, cancel);
            }
            catch (HttpRequestException) when (process is not null && attempt <= 2)
            {
                // Nobody listens, or whoever started the signer has ended and it with them.
                await process.StartAsync(cancel);
            }
            catch (Exception e) when (e is HttpRequestException or TaskCanceledException && !cancel.IsCancellationRequested)
            {
                throw new LedgerException(
                    ErrorCode.CheckpointRefused,
                    $"the signer cannot be reached: {e.Message}; check LEDGER_SIGNER, or the signer in the data directory",
                    e
                );
            }
        }
    }
}
