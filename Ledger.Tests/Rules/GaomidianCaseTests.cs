using Ledger.Domain.Events;
using Ledger.Tests.Support;
using NodaTime;

namespace Ledger.Tests.Rules;

/// <summary>gaomidian-2025, clauses 4.6.1 and 4.6.4: single cases.</summary>
public sealed class GaomidianCaseTests
{
    private static readonly CaseReceived Routine = new(Platform.City, Channel.Phone, Urgency.Routine);
    private static readonly CaseDispatched Dispatched = new("unit-1");

    [Clauses("gaomidian-2025", "4.6.4")]
    [Theory]
    [InlineData("2025-11-03T09:30:00+08:00", false)]
    [InlineData("2025-11-03T09:30:00.000001+08:00", true)]
    [InlineData("2025-11-03T09:29:59+08:00", false)]
    [InlineData("2025-11-03T08:59:00+08:00", false)]
    public void A_routine_case_is_dispatched_within_thirty_minutes(string dispatched, bool late)
    {
        var history = Given().Add("2025-11-03T09:00:00+08:00", "case/1", Routine).Add(dispatched, "case/1", Dispatched);
        Assert.Equal(late ? ["4.6.4-dispatch:case/1 1000.00 2025-11-03"] : [], history.Finds("2025-11-04", "4.6.4"));
    }

    [Theory]
    [InlineData("2025-11-03T09:10:00+08:00", false)]
    [InlineData("2025-11-03T09:10:01+08:00", true)]
    public void An_urgent_case_is_dispatched_within_its_own_limit(string dispatched, bool late)
    {
        var history = Given()
            .Add("2025-11-03T09:00:00+08:00", "case/1", Routine with { Urgency = Urgency.Urgent, DispatchLimitMinutes = 10 })
            .Add(dispatched, "case/1", Dispatched);
        Assert.Equal(late ? 1 : 0, history.Finds("2025-11-04", "4.6.4").Count);
    }

    [Theory]
    [InlineData("2025-11-03T09:30:00+08:00", false)]
    [InlineData("2025-11-03T09:30:00.000001+08:00", true)]
    public void A_case_still_waiting_is_late_from_the_moment_its_limit_passes(string asOf, bool late) =>
        Assert.Equal(late, Given().Add("2025-11-03T09:00:00+08:00", "case/1", Routine).Finds(asOf, "4.6.4").Count == 1);

    [Fact]
    public void A_return_within_the_limit_is_as_good_as_a_dispatch() =>
        Assert.Empty(
            Given()
                .Add("2025-11-03T09:00:00+08:00", "case/1", Routine)
                .Add("2025-11-03T09:20:00+08:00", "case/1", new CaseReturned("elsewhere"))
                .Add("2025-11-03T11:00:00+08:00", "case/1", Dispatched)
                .Finds("2025-11-04", "4.6.4")
        );

    [Fact]
    public void A_limit_that_passes_at_midnight_belongs_to_the_next_day() =>
        Assert.Equal(
            ["4.6.4-dispatch:case/1 1000.00 2026-01-28"],
            Given().Add("2026-01-27T23:30:00+08:00", "case/1", Routine).Finds("2026-01-28", "4.6.4")
        );

    [Clauses("gaomidian-2025", "4.6.4")]
    [Theory]
    [InlineData("2025-11-10T16:00:00+08:00", false)]
    [InlineData("2025-11-10T16:00:01+08:00", true)]
    public void A_citizen_is_contacted_at_or_before_the_first_closing(string contacted, bool missing)
    {
        var history = Given()
            .Add("2025-11-10T16:00:00+08:00", "case/1", new CaseClosed())
            .Add("2025-11-12T16:00:00+08:00", "case/1", new CaseClosed())
            .Add(contacted, "case/1", new CitizenContacted())
            .Add("2025-11-10T17:00:00+08:00", "case/1", FollowUp);
        Assert.Equal(missing ? ["4.6.4-response:case/1 1000.00 2025-11-10"] : [], history.Finds("2025-11-30", "4.6.4"));
    }

    [Clauses("gaomidian-2025", "4.6.4")]
    [Theory]
    [InlineData("2025-11-17T16:00:00+08:00", null, false)]
    [InlineData("2025-11-17T16:00:00.000001+08:00", null, true)]
    [InlineData("2025-11-30", "2025-11-17T16:00:00+08:00", false)]
    [InlineData("2025-11-30", "2025-11-17T16:00:01+08:00", true)]
    public void A_closed_case_is_called_back_within_seven_times_twenty_four_hours(string asOf, string? followedUp, bool missed)
    {
        var history = Closed("2025-11-10T16:00:00+08:00");
        if (followedUp is not null)
        {
            history.Add(followedUp, "case/1", FollowUp);
        }

        Assert.Equal(missed ? ["4.6.4-followup:case/1 1000.00 2025-11-17"] : [], history.Finds(asOf, "4.6.4"));
    }

    [Theory]
    [InlineData("2026-01-27", false)]
    [InlineData("2026-01-28", true)]
    public void Read_otherwise_a_call_back_is_missed_at_the_end_of_the_period(string asOf, bool missed)
    {
        var history = Closed("2025-11-10T16:00:00+08:00")
            .Decided("contract", new ReadingRecorded("4.6.4", "gmd-4.6.4-followup", "period_end", "agreed"));
        Assert.Equal(missed ? ["4.6.4-followup:case/1 1000.00 2026-01-27"] : [], history.Finds(asOf, "4.6.4"));
    }

    [Clauses("gaomidian-2025", "4.6.1")]
    [Fact]
    public void A_zero_costs_five_thousand_on_the_date_of_its_scoring_once_a_cycle() =>
        Assert.Equal(
            ["4.6.1:case/1:2025-11 5000.00 2025-12-02", "4.6.1:case/1:2025-12 5000.00 2026-01-02"],
            Given()
                .Add("2025-12-02T10:00:00+08:00", "case/1", Scored(11, 0))
                .Add("2026-01-02T10:00:00+08:00", "case/1", Scored(12, 0))
                .Finds("2026-01-03", "4.6.1")
        );

    [Fact]
    public void The_latest_scoring_of_a_cycle_decides_whatever_the_order_of_arrival()
    {
        var corrected = Given()
            .Add("2025-12-05T10:00:00+08:00", "case/1", Scored(11, 60))
            .Add("2025-12-02T10:00:00+08:00", "case/1", Scored(11, 0));
        Assert.Empty(corrected.Finds("2026-01-03", "4.6.1"));
        var sameTime = Given()
            .Add("2025-12-02T10:00:00+08:00", "case/1", Scored(11, 60))
            .Add("2025-12-02T10:00:00+08:00", "case/1", Scored(11, 0));
        Assert.Single(sameTime.Finds("2026-01-03", "4.6.1"));
    }

    [Clauses("gaomidian-2025", "4.6.1")]
    [Fact]
    public void A_granted_exclusion_frees_the_case_and_a_refused_one_does_not()
    {
        var refused = Given()
            .Add("2025-12-02T10:00:00+08:00", "case/1", Scored(11, 0))
            .Add("2025-12-03T10:00:00+08:00", "case/1", new ExclusionDecided(false));
        Assert.Single(refused.Finds("2025-12-04", "4.6.1"));
        Assert.Empty(refused.Add("2025-12-05T10:00:00+08:00", "case/1", new ExclusionDecided(true)).Finds("2025-12-06", "4.6.1"));
    }

    [Fact]
    public void A_proposal_that_the_facts_no_longer_yield_is_withdrawn_and_may_come_back()
    {
        var history = Given().Add("2025-12-02T10:00:00+08:00", "case/1", Scored(11, 0));
        history.Assess("2025-12-04");
        history.Add("2025-12-03T10:00:00+08:00", "case/1", Scored(11, 50), id: "correction").Assess("2025-12-05");
        Assert.Empty(history.Statement(1).Deductions);
        Assert.Equal(["correction"], history.Events.Select(e => e.Data).OfType<DeductionWithdrawn>().Single().Facts);
        history.Add("2025-12-04T10:00:00+08:00", "case/1", Scored(11, 0)).Assess("2025-12-06");
        Assert.Equal("4.6.1:case/1:2025-11", Assert.Single(history.Statement(1).Deductions).Id);
    }

    [Fact]
    public void A_proposal_with_another_date_is_withdrawn_and_proposed_anew_but_a_decided_one_stays()
    {
        var history = Given().Add("2025-12-02T10:00:00+08:00", "case/1", Scored(11, 0));
        history.Assess("2025-12-04");
        history.Add("2025-12-05T10:00:00+08:00", "case/1", Scored(11, 0)).Assess("2025-12-06");
        Assert.Equal("2025-12-05", Assert.Single(history.Statement(1).Deductions).AttributedOn.ToString("uuuu-MM-dd", null));

        history.Decided("deduction/4.6.1:case/1:2025-11", new DeductionConfirmed());
        history.Add("2025-12-07T10:00:00+08:00", "case/1", Scored(11, 90)).Assess("2025-12-08");
        Assert.Equal("5000.00", history.Statement(1).Totals.Effective.ToString());
    }

    [Fact]
    public void Facts_after_the_asOf_do_not_count_yet()
    {
        var history = Given().Add("2025-12-02T10:00:00+08:00", "case/1", Scored(11, 0));
        Assert.Empty(history.Finds("2025-12-02T09:59:59+08:00", "4.6.1"));
        Assert.Single(history.Finds("2025-12-02T10:00:00+08:00", "4.6.1"));
    }

    private static readonly CaseFollowedUp FollowUp = new(FollowUpResult.Satisfied, true, true);

    private static History Given() => new("gaomidian-2025");

    private static History Closed(string at) =>
        Given().Add("2025-11-09T10:00:00+08:00", "case/1", new CitizenContacted()).Add(at, "case/1", new CaseClosed());

    private static CaseScored Scored(int month, decimal score) =>
        new(new YearMonth(2025, month), score, true, score > 0, Satisfaction.Dissatisfied);
}
