using System.CommandLine;
using Ledger.Api.Operations;
using Ledger.Projections.Store;
using NodaTime;

namespace Ledger.Api.Commands;

/// <summary>The moment up to which clocks run.</summary>
internal sealed class EffectiveOption
{
    private readonly Option<string?> effective = new("--effective")
    {
        Description = "The moment up to which clocks run; a date means its end in China (default: now)",
    };

    public void AddTo(Command command) => command.Options.Add(effective);

    /// <summary>The moment named, or the ledger's time.</summary>
    public async Task<Instant> ReadAsync(ParseResult parsed, LedgerTime time, CancellationToken cancel) =>
        parsed.GetValue(effective) is { } text ? Moments.Parse(text, "--effective") : await time.NowAsync(cancel);
}
