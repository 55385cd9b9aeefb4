using Ledger.Domain.Events;
using Ledger.Domain.Time;
using Ledger.Domain.Vocabulary;
using Ledger.Tests.Support;

namespace Ledger.Tests.Rules;

/// <summary>
/// Times that were recorded with less than a moment: a verdict falls only where it is the same for every moment that they may be, and where
/// it is not, a finding says so.
/// </summary>
public sealed class TimePrecisionTests
{
    private const string Later = "2026-01-20T12:00:00+08:00";
    private static readonly CaseReceived Routine = new(Platform.City, Channel.Phone, Urgency.Routine);

    // Received at nine; thirty minutes are the limit.
    [Theory]
    [InlineData("2025-11-03T09:29:00+08:00", TimePrecision.Minute, "")]
    [InlineData("2025-11-03T09:30:00+08:00", TimePrecision.Minute, "undecidable")] // up to 09:30:59.999999
    [InlineData("2025-11-03T09:31:00+08:00", TimePrecision.Minute, "certain")]
    [InlineData("2025-11-03T00:00:00+08:00", TimePrecision.Date, "undecidable")]
    [InlineData("2025-11-03T23:59:59.999999+08:00", TimePrecision.Date, "undecidable")]
    [InlineData("2025-11-04T00:00:00+08:00", TimePrecision.Date, "certain")]
    [InlineData("2025-11-02T12:00:00+08:00", TimePrecision.Date, "")]
    [InlineData("2025-11-03T08:30:00+08:00", TimePrecision.RepeatedHour, "")]
    [InlineData("2025-11-03T08:30:01+08:00", TimePrecision.RepeatedHour, "undecidable")]
    [InlineData("2025-11-03T09:30:01+08:00", TimePrecision.RepeatedHour, "certain")]
    public void A_limit_is_broken_where_every_moment_that_it_may_have_been_is_late(string signed, TimePrecision precision, string certainty)
    {
        var history = new History("gaomidian-2025")
            .Add("2025-11-03T09:00:00+08:00", "case/1", Routine)
            .Add(signed, "case/1", new CaseSigned(), precision: precision);
        Assert.Equal(certainty, Certainty(history, "sign"));
    }

    [Theory]
    [InlineData("2025-11-03T10:00:00+08:00", null, "")] // certainly before
    [InlineData("2025-11-03T10:00:00+08:00", TimePrecision.Date, "undecidable")]
    [InlineData("2025-11-03T18:00:00.000001+08:00", null, "certain")]
    [InlineData("2025-11-04T00:00:00+08:00", TimePrecision.Date, "certain")]
    public void A_contact_on_the_day_of_the_closing_costs_nothing_unless_it_was_certainly_later(
        string contacted,
        TimePrecision? precision,
        string certainty
    )
    {
        var history = new History("gaomidian-2025")
            .Add("2025-11-03T09:00:00+08:00", "case/1", Routine)
            .Add("2025-11-03T18:00:00+08:00", "case/1", new CaseClosed())
            .Add(contacted, "case/1", new CitizenContacted(), precision: precision);
        Assert.Equal(certainty, Certainty(history, "contact"));
        Assert.Equal(certainty == "undecidable" ? certainty : "", Certainty(history, "4.6.4-response"));
        Assert.Equal(
            certainty == "certain" ? 1 : 0,
            history.Finds("2026-01-20", "4.6.4").Count(f => f.Contains("-response", StringComparison.Ordinal))
        );
    }

    [Fact]
    public void A_closing_of_which_only_the_day_is_known_and_that_was_never_contacted_is_missing_its_contact_for_certain()
    {
        var history = new History("gaomidian-2025")
            .Add("2025-11-03T09:00:00+08:00", "case/1", Routine)
            .Add("2025-11-03T00:00:00+08:00", "case/1", new CaseClosed(), precision: TimePrecision.Date);
        Assert.Equal("certain", Certainty(history, "contact"));
        Assert.Contains(history.Finds("2026-01-20", "4.6.4"), f => f.StartsWith("4.6.4-response:case/1 1000.00", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("2025-11-04T00:00:00+08:00", "2025-11-11T00:00:00+08:00", "undecidable")] // closed and called on dates seven days apart
    [InlineData("2025-11-04T00:00:00+08:00", "2025-11-10T00:00:00+08:00", "")]
    [InlineData("2025-11-04T00:00:00+08:00", "2025-11-12T00:00:00+08:00", "certain")]
    public void A_call_back_is_missed_where_no_moment_of_its_days_is_in_time(string closed, string called, string certainty)
    {
        var history = new History("gaomidian-2025")
            .Add("2025-11-03T09:00:00+08:00", "case/1", Routine)
            .Add("2025-11-03T10:00:00+08:00", "case/1", new CitizenContacted())
            .Add(closed, "case/1", new CaseClosed(), precision: TimePrecision.Date)
            .Add(called, "case/1", new CaseFollowedUp(FollowUpResult.Satisfied, true, true), precision: TimePrecision.Date);
        Assert.Equal(certainty, Certainty(history, "call_back"));
        Assert.Equal(certainty == "undecidable" ? certainty : "", Certainty(history, "4.6.4-followup"));
        Assert.Equal(
            certainty == "certain" ? 1 : 0,
            history.Finds("2026-01-20", "4.6.4").Count(f => f.Contains("-followup", StringComparison.Ordinal))
        );
    }

    [Fact]
    public void Of_two_events_that_may_stop_a_clock_either_may_have_been_the_first()
    {
        var history = new History("gaomidian-2025")
            .Add("2025-11-03T09:00:00+08:00", "case/1", Routine)
            .Add("2025-11-03T10:00:00+08:00", "case/1", new CaseReturned("elsewhere"))
            .Add("2025-11-03T23:59:59.999999+08:00", "case/1", new CaseSigned(), precision: TimePrecision.Date);
        Assert.Equal("undecidable", Certainty(history, "sign"));
    }

    [Theory]
    [InlineData("2025-11-03T00:00:00+08:00", TimePrecision.Date, "undecidable")]
    [InlineData("2025-11-03T23:59:59.999999+08:00", TimePrecision.Date, "")] // as it stands it clashes with nothing
    [InlineData("2025-11-02T00:00:00+08:00", TimePrecision.Date, "certain")]
    [InlineData("2025-11-04T00:00:00+08:00", TimePrecision.Date, "")]
    [InlineData("2025-11-03T09:11:00+08:00", TimePrecision.Minute, "certain")]
    [InlineData("2025-11-03T09:12:00+08:00", TimePrecision.Minute, "undecidable")]
    [InlineData("2025-11-03T09:12:30+08:00", null, "")]
    public void A_case_is_closed_before_its_receipt_where_no_moment_of_the_record_is_after_it(
        string closed,
        TimePrecision? precision,
        string certainty
    ) =>
        Assert.Equal(
            certainty,
            Certainty(
                new History("gaomidian-2025")
                    .Add("2025-11-03T09:12:30+08:00", "case/1", Routine)
                    .Add(closed, "case/1", new CaseClosed(), precision: precision),
                "F11"
            )
        );

    [Fact]
    public void Two_steps_that_were_recorded_as_one_and_the_same_day_contradict_nothing() =>
        Assert.Equal(
            "",
            Certainty(
                new History("gaomidian-2025")
                    .Add("2025-11-03T00:00:00+08:00", "case/1", Routine, precision: TimePrecision.Date)
                    .Add("2025-11-03T00:00:00+08:00", "case/1", new CaseDispatched("unit"), precision: TimePrecision.Date),
                "F11"
            )
        );

    [Theory]
    [InlineData("2025-11-03T08:00:00+08:00", "")] // nothing can have passed yet
    [InlineData("2025-11-03T09:31:00+08:00", "undecidable")]
    [InlineData("2025-11-04T12:00:00+08:00", "undecidable")]
    public void What_may_have_happened_on_a_day_counts_from_its_beginning(string effective, string certainty)
    {
        var history = new History("gaomidian-2025")
            .Add("2025-11-03T09:00:00+08:00", "case/1", Routine)
            .Add("2025-11-03T23:59:59.999999+08:00", "case/1", new CaseSigned(), precision: TimePrecision.Date);
        Assert.Equal(certainty, Certainty(history, "sign", effective));
    }

    [Theory]
    [InlineData("2025-11-21T23:59:59+08:00", false)] // a day after the last moment of the twentieth
    [InlineData("2025-11-22T00:00:00+08:00", true)]
    public void F08_counts_from_the_last_moment_that_the_record_may_be_of(string recorded, bool found)
    {
        var history = new History("gaomidian-2025").Add(
            "2025-11-20T00:00:00+08:00",
            "case/1",
            new CaseSigned(),
            recorded: recorded,
            precision: TimePrecision.Date
        );
        Assert.Equal(found ? "lead" : "", Certainty(history, "F08"));
    }

    [Fact]
    public void F15_and_F16_leave_out_what_they_cannot_place_in_its_day()
    {
        var history = new History("gaomidian-2025");
        for (var i = 1; i <= 40; i++)
        {
            history.Add("2025-11-20T00:00:00+08:00", $"case/{i}", new CaseSigned(), precision: TimePrecision.Date);
        }

        Assert.Equal("", Certainty(history, "F15"));
        Assert.Equal("", Certainty(history, "F10"));
    }

    [Fact]
    public void An_undecidable_finding_says_why_and_shows_what_is_known()
    {
        var history = new History("gaomidian-2025")
            .Add("2025-11-03T09:00:00+08:00", "case/1", Routine)
            .Add("2025-11-03T00:00:00+08:00", "case/1", new CaseSigned(), precision: TimePrecision.Date);
        var finding = Assert.Single(history.FindingsAt(Later), f => f.Rule == "sign");
        Assert.Equal("undecidable by the record's precision", finding.Detail["why"]);
        Assert.Equal(("2025-11-03 09:00:00", "2025-11-03"), (finding.Detail["from"], finding.Detail["stopped"]));
    }

    private static string Certainty(History history, string rule, string effective = Later) =>
        string.Join(
            ' ',
            history.FindingsAt(effective).Where(f => f.Rule == rule).Select(f => Domain.Json.Words<Certainty>.Of(f.Certainty))
        );
}
