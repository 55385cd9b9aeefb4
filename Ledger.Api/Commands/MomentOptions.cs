using System.CommandLine;
using Ledger.Api.Operations;
using Ledger.Projections.Store;

namespace Ledger.Api.Commands;

/// <summary>The two ways to name a moment of the log, which every read takes.</summary>
internal sealed class MomentOptions
{
    private readonly Option<string?> asOf = new("--as-of")
    {
        Description = "As recorded up to this time (with an offset) or the end of this date in China",
    };
    private readonly Option<long?> position = new("--position") { Description = "As of this position of the log" };

    public void AddTo(Command command)
    {
        command.Options.Add(asOf);
        command.Options.Add(position);
    }

    /// <summary>The position named, or the log's head.</summary>
    public async Task<long> PositionAsync(ParseResult parsed, LogReader log, CancellationToken cancel) =>
        await ReadAsync(parsed, log, cancel) ?? (await log.HeadAsync(cancel)).Position;

    /// <summary>The position named; null where none is.</summary>
    public Task<long?> ReadAsync(ParseResult parsed, LogReader log, CancellationToken cancel) =>
        Moments.PositionAsync(log, parsed.GetValue(asOf), parsed.GetValue(position), cancel);
}
