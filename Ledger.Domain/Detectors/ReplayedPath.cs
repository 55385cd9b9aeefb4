using System.Security.Cryptography;
using System.Text;
using Ledger.Domain.Events;
using Ledger.Domain.Findings;
using Ledger.Domain.Json;
using Ledger.Domain.Time;
using Ledger.Domain.Vocabulary;
using NodaTime;

namespace Ledger.Domain.Detectors;

/// <summary>
/// F14, a lead: a track whose places (to six decimals, in order) and time steps (give or take so many seconds) equal those of a
/// round on another day or of another patroller. Tracks of fewer than so many fixes, and those that never leave their place,
/// are no paths. Each later round is held against an earlier one of the same places.
/// </summary>
[Discriminator("replayed_path")]
public sealed record ReplayedPath(int Seconds = 5, int Fixes = 3, bool Off = false) : Detector(Off)
{
    private const int Decimals = 6;

    private static readonly Grouping ByPath = new(e =>
        e.Data is PatrolRoundRecorded round ? [Digest(RecordGroup.InOrder(round.Track))] : []
    );

    /// <inheritdoc/>
    public override string Rule => "F14";

    /// <inheritdoc/>
    internal override Grouping Grouping => ByPath;

    /// <inheritdoc/>
    public override IEnumerable<Finding> Find(RecordGroup records)
    {
        // By the first step, so that only neighbours can agree in all steps.
        var known = new SortedDictionary<(Duration FirstStep, long Position), Round>();
        foreach (var round in records.Rounds.Where(IsPath))
        {
            var step = round.Track[1].At - round.Track[0].At;
            if (known.Count > 0 && Earlier(known, round, step) is { } earlier)
            {
                yield return Suspect(
                    Certainty.Lead,
                    round.Event.Subject,
                    round.Event.Id,
                    round.Event.OccurredAt,
                    [earlier.Event, round.Event],
                    $"{round.Track.Count} fixes at the same places and in the same steps as another round",
                    Text(earlier),
                    Text(round)
                );
            }

            known[(step, round.Event.Position)] = round;
        }
    }

    /// <inheritdoc/>
    public override IEnumerable<Fault> Faults() => AtLeast(0, "seconds", Seconds).Concat(AtLeast(2, "fixes", Fixes));

    private Round? Earlier(SortedDictionary<(Duration FirstStep, long Position), Round> known, Round round, Duration step) =>
        known
            .SkipWhile(k => k.Key.FirstStep < step - Duration.FromSeconds(Seconds))
            .TakeWhile(k => k.Key.FirstStep <= step + Duration.FromSeconds(Seconds))
            .Select(k => k.Value)
            .FirstOrDefault(other => IsReplay(other, round));

    private bool IsReplay(Round a, Round b)
    {
        if (a.Data.Patroller == b.Data.Patroller && ChinaTime.DateOf(a.Data.StartedAt) == ChinaTime.DateOf(b.Data.StartedAt))
        {
            return false;
        }

        for (var i = 1; i < a.Track.Count; i++)
        {
            var difference = a.Track[i].At - a.Track[i - 1].At - (b.Track[i].At - b.Track[i - 1].At);
            if (difference > Duration.FromSeconds(Seconds) || difference < -Duration.FromSeconds(Seconds))
            {
                return false;
            }
        }

        return true;
    }

    private bool IsPath(Round round) => round.Track.Count >= Fixes && round.Track.Skip(1).Any(f => Place(f) != Place(round.Track[0]));

    private static string Digest(IReadOnlyList<Fix> track) =>
        Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join(';', track.Select(Place)))));

    private static (decimal Lat, decimal Lon) Place(Fix fix) =>
        (decimal.Round(fix.Lat, Decimals) / 1.0000000m, decimal.Round(fix.Lon, Decimals) / 1.0000000m);

    private static string Text(Round round) => $"{round.Event.Subject}, {round.Data.Patroller}, {Show(round.Data.StartedAt)}";
}
