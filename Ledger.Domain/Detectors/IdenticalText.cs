using System.Text;
using Ledger.Domain.Events;
using Ledger.Domain.Findings;
using Ledger.Domain.Json;

namespace Ledger.Domain.Detectors;

/// <summary>
/// F13, a lead: the same note, of so many characters or more, on so many cases or more. Notes are compared by their letters
/// and digits alone: without spaces and punctuation, small, and half-width. One finding a text; its subject is the first case.
/// </summary>
public sealed record IdenticalText(int Characters = 15, int Cases = 3, bool Off = false) : Detector(Off)
{
    private const int FullWidthFirst = 0xFF01;
    private const int FullWidthLast = 0xFF5E;
    private const int FullWidthShift = 0xFEE0;

    /// <inheritdoc/>
    public override string Rule => "F13";

    /// <inheritdoc/>
    public override IEnumerable<Finding> Find(ServiceRecords records)
    {
        var notes =
            from e in records.All
            let note = NoteOf(e.Data)
            where note is not null
            let text = Normalised(note)
            where text.EnumerateRunes().Count() >= Characters
            group (Event: e, Note: note) by text;
        foreach (var same in notes)
        {
            var uses = same.DistinctBy(u => u.Event.Subject).ToList();
            if (uses.Count >= Cases)
            {
                yield return Suspect(
                    Certainty.Lead, uses[0].Event.Subject, same.Key, uses[Math.Max(Cases, 1) - 1].Event.OccurredAt, uses.Take(MostEvidence).Select(u => u.Event),
                    $"the same note on {uses.Count} cases: {uses[0].Note}", uses[0].Event.Subject, uses[^1].Event.Subject);
            }
        }
    }

    /// <inheritdoc/>
    public override IEnumerable<Fault> Faults() => AtLeast(0, "characters", Characters).Concat(AtLeast(2, "cases", Cases));

    private static string? NoteOf(EventData data) => data switch
    {
        CaseReplied replied => replied.Note,
        CaseFollowedUp followedUp => followedUp.Note,
        _ => null,
    };

    private static string Normalised(string note)
    {
        var text = new StringBuilder(note.Length);
        foreach (var rune in note.EnumerateRunes())
        {
            var plain = rune.Value is >= FullWidthFirst and <= FullWidthLast ? new Rune(rune.Value - FullWidthShift) : rune;
            if (Rune.IsLetterOrDigit(plain))
            {
                text.Append(Rune.ToLowerInvariant(plain).ToString());
            }
        }

        return text.ToString();
    }
}
