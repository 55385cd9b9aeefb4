using System.Text;
using Ledger.Domain.Events;
using Ledger.Domain.Findings;
using Ledger.Domain.Json;
using Ledger.Domain.Vocabulary;

namespace Ledger.Domain.Detectors;

/// <summary>
/// F13, a lead: the same note, of so many characters or more, on so many cases or more. Notes are compared by their letters
/// and digits alone: without spaces and punctuation, small, and half-width. One finding a text; its subject is the first case.
/// </summary>
[Discriminator("identical_text")]
public sealed record IdenticalText(int Characters = 15, int Cases = 3, bool Off = false) : Detector(Off)
{
    private const int FullWidthFirst = 0xFF01;
    private const int FullWidthLast = 0xFF5E;
    private const int FullWidthShift = 0xFEE0;

    private static readonly Grouping ByText = new(e => NoteOf(e.Data) is { } note ? [Normalised(note)] : []);

    /// <inheritdoc/>
    public override string Rule => "F13";

    /// <inheritdoc/>
    internal override Grouping Grouping => ByText;

    /// <inheritdoc/>
    public override IEnumerable<Finding> Find(RecordGroup records)
    {
        var uses = records.All.DistinctBy(e => e.Subject).ToList();
        if (uses.Count >= Cases && records.Key.EnumerateRunes().Count() >= Characters)
        {
            yield return Suspect(
                Certainty.Lead,
                uses[0].Subject,
                records.Key,
                uses[Math.Max(Cases, 1) - 1].OccurredAt,
                uses.Take(MostEvidence),
                $"the same note on {uses.Count} cases: {NoteOf(uses[0].Data)}",
                uses[0].Subject,
                uses[^1].Subject
            );
        }
    }

    /// <inheritdoc/>
    public override IEnumerable<Fault> Faults() => AtLeast(0, "characters", Characters).Concat(AtLeast(2, "cases", Cases));

    private static string? NoteOf(EventData data) =>
        data switch
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
