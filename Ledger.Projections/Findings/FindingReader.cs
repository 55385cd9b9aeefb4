using Ledger.Domain.Assessments;
using Ledger.Domain.Findings;
using Ledger.Projections.Accounts;
using Ledger.Projections.Store;
using NodaTime;
using Npgsql;

namespace Ledger.Projections.Findings;

/// <summary>
/// The findings of a contract: as recorded up to a position, with clocks that run to a moment. Of the contracts asked for
/// last it keeps what it read: asked again at the head, it reads only what was recorded since.
/// </summary>
public sealed class FindingReader(NpgsqlDataSource database, LogReader log) : IDisposable
{
    // A contract-year of 120,000 events keeps about 150 MB.
    private const int MostKept = 4;

    private readonly SemaphoreSlim turn = new(1);
    private readonly List<Kept> kept = [];

    private sealed record Kept(string Contract, FindingFold Fold)
    {
        public long Position { get; set; }

        public bool LeadsTo(long position, Instant effective) => Position <= position && Fold.Effective <= effective;
    }

    /// <summary>All findings, by the moment at which they arose.</summary>
    public async Task<IReadOnlyList<Finding>> AtAsync(string contract, long position, Instant effective, CancellationToken cancel)
    {
        _ = await log.HeadAtAsync(position, cancel);
        var calendar = await CalendarReader.AtAsync(database, position, cancel);
        await turn.WaitAsync(cancel);
        try
        {
            var known = kept.Find(k => k.Contract == contract);
            var asked = known?.LeadsTo(position, effective) == true ? known : new Kept(contract, new FindingFold(effective));

            // Taken out while it moves: where reading fails in the middle, it is not asked again.
            kept.Remove(asked);
            await ReadAsync(asked.Fold, contract, asked.Position, position, cancel);
            asked.Position = position;
            if (known is null || ReferenceEquals(asked, known))
            {
                kept.Add(asked);
                kept.RemoveRange(0, Math.Max(0, kept.Count - MostKept));
            }

            return asked.Fold.At(effective, calendar);
        }
        finally
        {
            turn.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => turn.Dispose();

    private async Task ReadAsync(FindingFold fold, string contract, long from, long to, CancellationToken cancel)
    {
        await foreach (var e in log.ReadAsync(from, to, contract, cancel: cancel))
        {
            fold.Add(EventMapping.ToEvent(e));
        }

        if (fold.Account is null)
        {
            throw AccountReader.Unknown(contract);
        }
    }
}
