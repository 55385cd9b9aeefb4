using System.CommandLine;
using Ledger.Api.Hosting;
using Ledger.Api.Operations;

namespace Ledger.Api.Commands;

/// <summary>The two ways to name a moment of the log, which every read takes.</summary>
internal sealed class MomentOptions
{
    private readonly Option<string?> asOf = new("--as-of") { Description = "As recorded up to this time (with an offset) or the end of this date in China" };
    private readonly Option<long?> position = new("--position") { Description = "As of this position of the log" };

    public void AddTo(Command command)
    {
        command.Options.Add(asOf);
        command.Options.Add(position);
    }

    /// <summary>The position named, or the log's head.</summary>
    public async Task<long> PositionAsync(ParseResult parsed, LedgerRuntime ledger, CancellationToken cancel) =>
        await ReadAsync(parsed, ledger, cancel) ?? (await ledger.Log.HeadAsync(cancel)).Position;

    /// <summary>The position named; null where none is.</summary>
    public Task<long?> ReadAsync(ParseResult parsed, LedgerRuntime ledger, CancellationToken cancel) =>
        Moments.PositionAsync(ledger, parsed.GetValue(asOf), parsed.GetValue(position), cancel);
}
