using Ledger.Domain.Events;
using Ledger.Domain.Vocabulary;
using Ledger.Tests.Support;
using NodaTime;

namespace Ledger.Tests.Rules;

/// <summary>Time limits of single cases that cost nothing by themselves.</summary>
public sealed class CaseLimitTests
{
    private static readonly CaseReceived Routine = new(Platform.City, Channel.Phone, Urgency.Routine);

    [Theory]
    [Clauses("gaomidian-2025", "2.2.2")]
    [Clauses("anding-2023", "annex.1.2.2.1")]
    [InlineData("gaomidian-2025", "2025-11-03T09:30:00+08:00", false)]
    [InlineData("gaomidian-2025", "2025-11-03T09:30:01+08:00", true)]
    [InlineData("anding-2023", "2025-11-03T09:30:00+08:00", false)]
    [InlineData("anding-2023", "2025-11-03T09:30:00.000001+08:00", true)]
    public void A_case_is_signed_within_thirty_minutes_of_its_receipt(string contract, string signed, bool late)
    {
        var history = Received(contract).Add(signed, "case/1", new CaseSigned());
        Assert.Equal(late ? ["case/1 2025-11-03 09:30:00"] : [], history.Findings("2025-11-03T12:00:00+08:00", "sign"));
    }

    [Theory]
    [InlineData("2025-11-03T09:30:00+08:00", 0)]
    [InlineData("2025-11-03T09:30:01+08:00", 1)]
    public void A_clock_that_still_runs_is_measured_at_the_effective_moment(string effective, int late) =>
        Assert.Equal(late, Received("gaomidian-2025").Findings(effective, "sign").Count);

    [Fact]
    public void A_late_step_is_of_whom_took_it_and_one_that_nobody_took_of_nobody()
    {
        var history = Received("gaomidian-2025");
        Assert.Null(Assert.Single(history.FindingsAt("2025-11-03T10:00:00+08:00"), f => f.Rule == "sign").Actor);
        history.Add("2025-11-03T10:10:00+08:00", "case/1", new CaseSigned(), "seat-7");
        Assert.Equal("seat-7", Assert.Single(history.FindingsAt("2025-11-03T12:00:00+08:00"), f => f.Rule == "sign").Actor);
    }

    [Theory]
    [Clauses("anding-2023", "annex.1.2.2.1")]
    [InlineData("signing", "2025-11-03T10:20:00+08:00", null, false)]
    [InlineData("signing", "2025-11-03T10:20:01+08:00", null, true)]
    [InlineData("signing", "2025-11-03T15:00:00+08:00", "mayor", false)]
    [InlineData("receipt", "2025-11-03T10:00:00+08:00", null, false)]
    [InlineData("receipt", "2025-11-03T10:00:01+08:00", null, true)]
    public void The_hour_to_dispatch_runs_from_signing_or_from_receipt_if_read_so_and_not_for_special_cases(
        string from,
        string dispatched,
        string? approvedBy,
        bool late
    )
    {
        var history = Received("anding-2023")
            .Decided("contract", new ReadingRecorded("annex.1.2.2.1", "and-annex1-hour", from, "agreed"))
            .Add("2025-11-03T09:20:00+08:00", "case/1", new CaseSigned())
            .Add(dispatched, "case/1", new CaseDispatched("unit-1", approvedBy));
        Assert.Equal(late, history.Findings("2025-11-04", "dispatch").Count == 1);
    }

    [Theory]
    [Clauses("gaomidian-2025", "2.2.2")]
    [InlineData(10, "2025-11-03T09:10:00+08:00", false)]
    [InlineData(10, "2025-11-03T09:10:01+08:00", true)]
    public void An_urgent_case_brings_its_own_limit(int minutes, string dispatched, bool late)
    {
        var history = new History("gaomidian-2025")
            .Add("2025-11-03T09:00:00+08:00", "case/1", Routine with { Urgency = Urgency.Urgent, DispatchLimitMinutes = minutes })
            .Add(dispatched, "case/1", new CaseDispatched("unit-1"));
        Assert.Equal(late, history.Findings("2025-11-04", "dispatch").Count == 1);
    }

    [Theory]
    [Clauses("anding-2023", "annex.1.2.2.1")]
    [InlineData("2025-11-03T11:00:00+08:00", false)]
    [InlineData("2025-11-03T11:00:01+08:00", true)]
    public void A_case_that_is_not_the_towns_goes_back_within_two_hours(string returned, bool late) =>
        Assert.Equal(
            late,
            Received("anding-2023").Add(returned, "case/1", new CaseReturned("elsewhere")).Findings("2025-11-04", "return").Count == 1
        );

    [Theory]
    [Clauses("gaomidian-2025", "2.2.2")]
    [Clauses("anding-2023", "annex.1.2.2.3")]
    [Clauses("yangfangdian-2026", "annex.4.2")]
    [InlineData("gaomidian-2025", "2025-11-05T09:00:00+08:00", 0)]
    [InlineData("gaomidian-2025", "2025-11-05T09:00:00.000001+08:00", 1)]
    [InlineData("anding-2023", null, 1)]
    [InlineData("yangfangdian-2026", null, 1)]
    public void The_citizen_is_contacted_before_the_case_is_closed(string contract, string? contacted, int missing)
    {
        var history = Received(contract).Add("2025-11-05T09:00:00+08:00", "case/1", new CaseClosed());
        if (contacted is not null)
        {
            history.Add(contacted, "case/1", new CitizenContacted());
        }

        Assert.Equal(missing, history.Findings("2025-11-06", "contact").Count);
    }

    [Theory]
    [Clauses("gaomidian-2025", "2.2.5")]
    [Clauses("anding-2023", "annex.1.2.2.2")]
    [InlineData("gaomidian-2025", "2025-11-03T11:00:00+08:00", "")]
    [InlineData("gaomidian-2025", "2025-11-03T11:00:01+08:00", "case/1 2025-11-03 11:00:00")]
    [InlineData("anding-2023", "2025-11-03T11:00:01+08:00", "case/1 2025-11-03 11:00:00")]
    public void A_unit_is_urged_at_two_hours(string contract, string urged, string late) =>
        Assert.Equal(
            late,
            string.Join(
                '|',
                Received(contract)
                    .Add(urged, "case/1", new CaseUrged(UrgeStage.TwoHours, "unit-1"))
                    .Findings("2025-11-03T20:00:00+08:00", "urge")
            )
        );

    [Fact]
    public void Each_stage_is_urged_while_the_case_is_open_and_no_stage_after_it_is_closed()
    {
        var open = Received("gaomidian-2025");
        Assert.Equal(
            ["case/1 2025-11-03 11:00:00", "case/1 2025-11-04 09:00:00", "case/1 2025-11-10 09:00:00"],
            open.Findings("2025-11-10T09:00:00.000001+08:00", "urge")
        );
        open.Add("2025-11-04T09:00:00+08:00", "case/1", new CaseClosed());
        Assert.Equal(["case/1 2025-11-03 11:00:00"], open.Findings("2025-11-11", "urge"));
    }

    [Theory]
    [Clauses("gaomidian-2025", "2.2.5")]
    [Clauses("anding-2023", "annex.1.2.2.2")]
    [InlineData(null, "2025-11-10T09:00:00+08:00", false)]
    [InlineData(null, "2025-11-10T09:00:01+08:00", true)]
    [InlineData("2025-11-05T00:00:00+08:00", "2025-11-05T00:00:00+08:00", false)]
    [InlineData("2025-11-05T00:00:00+08:00", "2025-11-05T00:00:01+08:00", true)]
    [InlineData("2025-11-20T00:00:00+08:00", "2025-11-19T09:00:00+08:00", false)]
    public void A_case_is_handled_within_seven_days_or_by_its_own_due_time(string? due, string closed, bool late)
    {
        foreach (var contract in new[] { "gaomidian-2025", "anding-2023" })
        {
            var history = new History(contract)
                .Add("2025-11-03T09:00:00+08:00", "case/1", Routine with { DueAt = due is null ? null : History.At(due) })
                .Add(closed, "case/1", new CaseClosed());
            Assert.Equal(late, history.Findings("2025-12-31", "handling").Count == 1);
        }
    }

    [Theory]
    [InlineData("2025-11-10T09:00:00+08:00", 0)]
    [InlineData("2025-11-10T09:00:00.000001+08:00", 1)]
    public void An_open_case_is_late_from_the_moment_its_limit_passes(string effective, int late) =>
        Assert.Equal(late, Received("gaomidian-2025").Findings(effective, "handling").Count);

    [Theory]
    [Clauses("gaomidian-2025", "2.2.4")]
    [Clauses("anding-2023", "annex.1.2.2.3")]
    [InlineData("gaomidian-2025", "2026-03-01T00:00:00+08:00", false)]
    [InlineData("gaomidian-2025", "2026-03-01T00:00:01+08:00", true)]
    [InlineData("anding-2023", "2026-03-01T00:00:01+08:00", true)]
    public void A_closed_case_is_called_back_within_seven_days_across_the_end_of_february(string contract, string calledBack, bool late)
    {
        var history = new History(contract)
            .Add("2026-02-21T10:00:00+08:00", "case/1", Routine)
            .Add("2026-02-22T00:00:00+08:00", "case/1", new CaseClosed())
            .Add(calledBack, "case/1", new CaseFollowedUp(FollowUpResult.Satisfied, true, true));
        Assert.Equal(late ? ["case/1 2026-03-01 00:00:00"] : [], history.Findings("2026-03-31", "call_back"));
    }

    [Fact]
    public void A_finding_names_the_clause_the_limit_and_the_two_events()
    {
        var history = Received("gaomidian-2025").Add("2025-11-03T10:00:00+08:00", "case/1", new CaseSigned(), id: "signed-late");
        var finding = history.FindingsAt("2025-11-03T10:00:00+08:00").Single(f => f.Rule == "sign");
        Assert.Equal((FindingKind.TimeLimit, FindingState.Open, Certainty.Certain), (finding.Kind, finding.State, finding.Certainty));
        Assert.Equal(["e-2", "signed-late"], finding.Evidence);
        Assert.Equal(
            ("2.2.2", "30 min", "2025-11-03 09:00:00", "2025-11-03 10:00:00"),
            (finding.Detail["clause"], finding.Detail["limit"], finding.Detail["from"], finding.Detail["stopped"])
        );
    }

    [Theory]
    [Clauses("anding-2023", "2.2")]
    [InlineData(null, 1)]
    [InlineData("1", 0)]
    [InlineData("case/1", 0)]
    [InlineData("2", 1)]
    public void A_case_scored_nothing_that_no_sheet_of_its_quarter_names_is_pointed_out(string? named, int findings)
    {
        var items = Terms
            .Of("anding-2023")
            .Rules<Domain.Rules.ScoreSheets>()
            .Single()
            .Rule.Items.ToDictionary(i => i.Item, i => i.Scores[0]);
        var history = new History("anding-2023").Add(
            "2024-02-29T10:00:00+08:00",
            "case/1",
            new CaseScored(new YearMonth(2024, 2), 0, true, false, Satisfaction.Dissatisfied)
        );
        if (named is not null)
        {
            history.Decided(
                "evaluation/1",
                new ScoreSheetSubmitted(1, "team", items, [new SheetPenalty(PenaltyKind.ZeroScoreCase, named)]),
                time: "2024-03-20T10:00:00+08:00"
            );
        }

        Assert.Equal(findings, history.Findings("2024-03-31", "zero_score_not_on_sheet").Count);
    }

    private static History Received(string contract) => new History(contract).Add("2025-11-03T09:00:00+08:00", "case/1", Routine);
}
