using Ledger.Domain.Events;
using Ledger.Domain.Findings;
using Ledger.Domain.Vocabulary;
using Ledger.Tests.Support;

namespace Ledger.Tests.Detectors;

/// <summary>An investigator's work on a finding: its history is events, and nothing taken up is lost.</summary>
public sealed class ReviewTests
{
    [Fact]
    public void A_finding_is_opened_noted_and_concluded_by_a_spot_check()
    {
        var history = Suspect(out var finding);
        Assert.Equal((FindingState.Open, null), (finding.State, finding.Review));

        history.Decided($"finding/{finding.Id}", Opening(finding), "investigator-1");
        history.Decided($"finding/{finding.Id}", new FindingNoted("no recording in the archive", "investigator-2"), "investigator-2");
        var under = Again(history, finding.Id);
        Assert.Equal((FindingState.UnderReview, "investigator-2", null), (under.State, under.Review!.Assignee, under.Review.Changed));
        Assert.Equal(["opened looks odd", "noted no recording in the archive"], under.Review.Steps.Select(s => $"{s.Did} {s.Note}"));

        history.Decided(
            "spotcheck/1",
            new SpotCheckConcluded([new SampledRecord("case/1", Verdict.Falsified, "never called")]),
            "principal-1"
        );
        Assert.Equal(FindingState.Confirmed, Again(history, finding.Id).State);
        history.Decided("spotcheck/2", new SpotCheckConcluded([new SampledRecord("case/1", Verdict.Genuine)]), "principal-1");
        Assert.Equal(FindingState.Confirmed, Again(history, finding.Id).State);
    }

    [Fact]
    public void A_spot_check_that_finds_it_genuine_or_an_investigator_clears_it_and_it_can_be_taken_up_again()
    {
        var history = Suspect(out var finding);
        history.Decided("spotcheck/0", new SpotCheckConcluded([new SampledRecord("case/1", Verdict.Falsified)]), "principal-1");
        history.Decided($"finding/{finding.Id}", Opening(finding));
        Assert.Equal(FindingState.UnderReview, Again(history, finding.Id).State); // the check before it was taken up concludes nothing
        history.Decided("spotcheck/1", new SpotCheckConcluded([new SampledRecord("case/1", Verdict.Genuine)]));
        Assert.Equal(FindingState.Cleared, Again(history, finding.Id).State);
        history.Decided($"finding/{finding.Id}", Opening(finding));
        Assert.Equal(FindingState.UnderReview, Again(history, finding.Id).State);
        history.Decided($"finding/{finding.Id}", new FindingCleared("the recording was found"));
        Assert.Equal(FindingState.Cleared, Again(history, finding.Id).State);
    }

    [Fact]
    public void A_finding_whose_facts_changed_says_so()
    {
        var history = new History("gaomidian-2025")
            .Add("2025-11-20T09:00:00+08:00", "case/1", new CaseReceived(Platform.City, Channel.Phone, Urgency.Routine))
            .Add("2025-11-20T10:00:00+08:00", "case/1", new CaseDispatched("unit-1"));
        var late = history.FindingsAt("2026-01-30").Single(f => f.Rule == "sign");
        history.Decided($"finding/{late.Id}", Opening(late));
        history.Add("2025-11-20T09:45:00+08:00", "case/1", new CaseSigned(), id: "signed");
        var now = history.FindingsAt("2026-01-30").Single(f => f.Id == late.Id);
        Assert.Equal("rests on signed as well; stopped was \"running\", is \"2025-11-20 09:45:00\"", now.Review!.Changed);
    }

    [Fact]
    public void A_finding_that_its_facts_no_longer_show_stays_and_says_so()
    {
        var history = new History("gaomidian-2025").Add(
            "2025-11-20T09:00:00+08:00",
            "case/1",
            new CaseReceived(Platform.City, Channel.Phone, Urgency.Routine)
        );
        var late = history.FindingsAt("2026-01-30").Single(f => f.Rule == "sign");
        history.Decided($"finding/{late.Id}", Opening(late));
        history.Add("2025-11-20T09:10:00+08:00", "case/1", new CaseSigned());
        var gone = history.FindingsAt("2026-01-30").Single(f => f.Id == late.Id);
        Assert.Equal(
            (FindingKind.TimeLimit, "sign", "case/1", "the facts no longer show it"),
            (gone.Kind, gone.Rule, gone.Subject, gone.Review!.Changed)
        );
        Assert.Equal(late.Evidence, gone.Evidence);
    }

    [Fact]
    public void What_nobody_took_up_is_neither_noted_nor_cleared()
    {
        var history = Suspect(out var finding);
        foreach (var data in new FindingEvent[] { new FindingNoted("x"), new FindingCleared("x") })
        {
            Assert.Contains(
                "was not taken up",
                Assert.Single(history.Decide($"finding/{finding.Id}", data)).Problem,
                StringComparison.Ordinal
            );
            Assert.Single(history.Decide("finding/no-such-finding", data));
        }
    }

    [Theory]
    [InlineData(Verdict.Falsified, "is confirmed")]
    [InlineData(Verdict.Genuine, "take it up again first")]
    public void A_finding_is_concluded_once_and_not_after_it_was_cleared(Verdict verdict, string why)
    {
        var history = Suspect(out var finding);
        history.Decided($"finding/{finding.Id}", Opening(finding), "investigator-1");
        var check = new SpotCheckConcluded([new SampledRecord("case/1", verdict)]);
        history.Decided($"spotcheck/{finding.Id}", check);
        Assert.Contains(why, Assert.Single(history.Decide($"spotcheck/{finding.Id}", check)).Problem, StringComparison.Ordinal);
        Assert.Single(history.Decide($"finding/{finding.Id}", new FindingCleared("x")));
        history.Decided($"finding/{finding.Id}", Opening(finding));
        Assert.Equal(verdict == Verdict.Genuine, history.Decide($"spotcheck/{finding.Id}", check).Count == 0);
    }

    private static FindingOpened Opening(Finding f) =>
        new("looks odd", "investigator-1", new SeenFinding(f.Kind, f.Rule, f.Subject, f.Certainty, f.Evidence, f.Detail));

    private static Finding Again(History history, string id) => history.FindingsAt("2026-01-30").Single(f => f.Id == id);

    private static History Suspect(out Finding finding)
    {
        var history = new History("gaomidian-2025").Add("2025-11-20T09:00:00+08:00", "case/1", new CitizenContacted());
        finding = history.FindingsAt("2026-01-30").Single(f => f.Rule == "F12");
        return history;
    }
}
