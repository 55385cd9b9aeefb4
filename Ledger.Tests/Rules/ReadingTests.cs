using Ledger.Domain.Events;
using Ledger.Domain.Money;
using Ledger.Tests.Support;

namespace Ledger.Tests.Rules;

/// <summary>A reading holds from the next run on, for every period that is not locked.</summary>
public sealed class ReadingTests
{
    [Fact]
    public void A_reading_does_not_reach_back_into_a_locked_period()
    {
        var history = Issued(
            new History("gaomidian-2025")
                .Add("2025-11-01T10:00:00+08:00", "complaint/1", new ComplaintReceived("x", false))
                .Add("2025-11-02T10:00:00+08:00", "complaint/2", new ComplaintReceived("x", false))
                .Add("2025-11-03T10:00:00+08:00", "complaint/3", new ComplaintReceived("x", false))
        );
        history.Decided("contract", new ReadingRecorded("4.6.3", "gmd-4.6.3-which", "all", "agreed"));
        Assert.Empty(history.Finds("2026-02-28", "4.6.3"));

        for (var n = 4; n <= 6; n++)
        {
            history.Add($"2026-03-0{n}T10:00:00+08:00", $"complaint/{n}", new ComplaintReceived("x", false));
        }

        Assert.Equal(["4.6.3:6 5000.00 2026-03-06"], history.Finds("2026-03-31", "4.6.3"));
    }

    [Fact]
    public void A_proposal_on_an_issued_statement_is_not_moved_by_a_later_reading()
    {
        var history = new History("gaomidian-2025")
            .Add("2025-10-31T10:00:00+08:00", "case/A", new CitizenContacted())
            .Add("2025-11-01T10:00:00+08:00", "case/A", new CaseClosed());
        history.Assess("2026-01-28");
        Issued(history).Decided("contract", new ReadingRecorded("4.6.4", "gmd-4.6.4-followup", "period_end", "agreed"));
        Assert.Equal(["4.6.4-followup:case/A 1000.00 2025-11-08"], history.Finds("2026-02-28", "4.6.4"));
        Assert.DoesNotContain(history.Events, e => e.Data is DeductionWithdrawn);
        Assert.Empty(history.Statement(2).Deductions);
    }

    [Fact]
    public void A_reading_moves_what_is_proposed_in_open_periods_to_its_new_place()
    {
        var history = new History("yongdinglu-2026").Decided(
            "assessment/1",
            new DeductionAssessed("annex.2.2", "x", Cny.Parse("116382.00")),
            time: "2026-08-10T10:00:00+08:00"
        );
        history.Assess("2026-08-31");
        Assert.Equal(3, history.Account.Deductions["annex.2.2:1"].Period);
        history.Decided("contract", new ReadingRecorded("annex.3.2", "ydl-annex.3.2-first", "joined", "agreed")).Assess("2026-09-01");
        Assert.Equal(2, history.Account.Deductions["annex.2.2:1"].Period);
        history.Assess("2026-09-02");
        Assert.Equal(2, history.Events.Count(e => e.Data is DeductionProposed));
    }

    private static History Issued(History history) =>
        history
            .Decided("period/1", new PeriodReportSubmitted(Enum.GetValues<ReportDocument>()), "vendor-1")
            .Decided("period/1", new PeriodAccepted())
            .Decided("period/1", new StatementIssued(), "finance-1");
}
