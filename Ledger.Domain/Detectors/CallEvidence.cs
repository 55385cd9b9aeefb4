using Ledger.Domain.Events;
using Ledger.Domain.Findings;
using Ledger.Domain.Json;
using Ledger.Domain.Vocabulary;

namespace Ledger.Domain.Detectors;

/// <summary>
/// F12: a contact or a call-back that claims to have reached the citizen with no recording, or one of less than so many seconds
/// (a lead); one recording, by its digest, on two cases (certain).
/// </summary>
[Discriminator("call_evidence")]
public sealed record CallEvidence(int Seconds = 10, bool Off = false) : Detector(Off)
{
    // Calls without a recording stand each by itself.
    private static readonly Grouping ByRecording = new(e =>
        e.Data is CitizenContacted or CaseFollowedUp ? [RecordingOf(e.Data)?.Sha256 ?? e.Id] : []
    );

    /// <inheritdoc/>
    public override string Rule => "F12";

    /// <inheritdoc/>
    internal override Grouping Grouping => ByRecording;

    /// <inheritdoc/>
    public override IEnumerable<Finding> Find(RecordGroup records)
    {
        var calls = records.All.Select(e => (Event: e, Recording: RecordingOf(e.Data))).ToList();
        foreach (var (e, recording) in calls)
        {
            if (e.Data is not CaseFollowedUp { Contacted: false } && (recording is null || recording.Seconds < Seconds))
            {
                yield return Suspect(
                    Certainty.Lead,
                    e.Subject,
                    e.Id,
                    e.OccurredAt,
                    [e],
                    recording is null
                        ? "a call is claimed and there is no recording"
                        : "a call is claimed and the recording is too short for one",
                    $"{e.Type.Alias} {e.TimeInWords}",
                    recording is null ? "no recording" : $"{recording.Seconds} s of recording"
                );
            }
        }

        var first = calls[0].Event;
        foreach (var (e, recording) in calls.Where(c => c.Recording is not null && c.Event.Subject != first.Subject))
        {
            yield return Suspect(
                Certainty.Certain,
                e.Subject,
                $"{e.Id} {recording!.Sha256}",
                e.OccurredAt,
                [first, e],
                $"the recording {recording.Sha256[..12]}… is of another case",
                $"{first.Subject}, {first.TimeInWords}",
                $"{e.Subject}, {e.TimeInWords}"
            );
        }
    }

    /// <inheritdoc/>
    public override IEnumerable<Fault> Faults() => AtLeast(0, "seconds", Seconds);

    private static Recording? RecordingOf(EventData data) =>
        data switch
        {
            CitizenContacted contacted => contacted.Recording,
            CaseFollowedUp followedUp => followedUp.Recording,
            _ => null,
        };
}
