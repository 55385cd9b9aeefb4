using Ledger.Domain.Detectors;
using Ledger.Domain.Events;
using Ledger.Domain.Facts;
using Ledger.Domain.Findings;
using Ledger.Domain.Simulation;
using Ledger.Domain.Terms;
using Ledger.Domain.Vocabulary;
using Ledger.Tests.Support;
using NodaTime;

namespace Ledger.Tests.Detectors;

/// <summary>F06 to F13, F15 to F17: what photos, times, calls, texts and people give away; each on, under and over its limit.</summary>
public sealed class RecordDetectorTests
{
    [Fact]
    public void F06_one_photo_in_two_issues()
    {
        var history = Gaomidian()
            .Issue("1", "2025-11-20T09:00:00+08:00", "p1", Photo('a', "2025-11-20T09:00:00+08:00"))
            .Issue("2", "2025-11-20T10:00:00+08:00", "p1", Photo('a', "2025-11-20T10:00:00+08:00"));
        var finding = Assert.Single(Found(history, "F06"));
        Assert.Equal((Certainty.Certain, "issue/2"), (finding.Certainty, finding.Subject));
        Assert.Equal(["e-2", "e-3"], finding.Evidence);
        Assert.Equal(("issue/1, p1, 2025-11-20", "issue/2, p1, 2025-11-20"), (finding.Detail["first"], finding.Detail["second"]));
    }

    [Theory]
    [InlineData("p1", "2025-11-20", false)] // the photo of an issue stands in its own round, too
    [InlineData("p2", "2025-11-20", true)]
    [InlineData("p1", "2025-11-21", true)]
    public void F06_a_round_may_show_the_photo_of_its_issue(string patroller, string day, bool found) =>
        Expect(
            "F06",
            found,
            Gaomidian()
                .Issue("1", "2025-11-20T09:00:00+08:00", "p1", Photo('a', "2025-11-20T09:00:00+08:00"))
                .Round("r1", patroller, day, ["08:00:00 39.75 116.33"], photos: [new string('a', 64)])
        );

    [Theory]
    [InlineData("2025-11-20T09:10:00+08:00", "2025-11-20T09:30:00+08:00", false)]
    [InlineData("2025-11-20T09:10:01+08:00", "2025-11-20T09:30:00+08:00", true)]
    [InlineData("2025-11-20T08:50:00+08:00", "2025-11-20T09:30:00+08:00", false)]
    [InlineData("2025-11-20T08:49:59+08:00", "2025-11-20T09:30:00+08:00", true)]
    [InlineData("2025-11-20T09:05:00+08:00", "2025-11-20T09:04:59+08:00", true)] // taken after it was recorded
    public void F07_a_photo_taken_more_than_ten_minutes_off_or_after_it_was_recorded(string taken, string recorded, bool found) =>
        Expect("F07", found, Gaomidian().Issue("1", "2025-11-20T09:00:00+08:00", "p1", Photo('a', taken), recorded));

    [Theory]
    [InlineData("2025-11-21T09:00:00+08:00", false)]
    [InlineData("2025-11-21T09:00:01+08:00", true)]
    public void F08_recorded_more_than_a_day_after_it_occurred(string recorded, bool found)
    {
        var history = Gaomidian().Add("2025-11-20T09:00:00+08:00", "case/1", new CaseSigned(), recorded: recorded);
        Expect("F08", found, history);
        Assert.All(Found(history, "F08"), f => Assert.Equal(Certainty.Lead, f.Certainty));
    }

    [Fact]
    public void F08_is_certain_once_the_periods_statement_was_issued()
    {
        var history = Gaomidian()
            .Decided("period/1", new PeriodReportSubmitted([.. Enum.GetValues<ReportDocument>()]), "vendor-1")
            .Decided("period/1", new PeriodAccepted())
            .Add("2025-11-20T09:00:00+08:00", "case/1", new CaseSigned(), recorded: "2026-02-01T00:00:00+08:00")
            .Decided("period/1", new StatementIssued(), "finance-1")
            .Add("2025-11-20T09:00:00+08:00", "case/2", new CaseSigned(), recorded: "2026-02-02T00:00:00+08:00");
        Assert.Equal(
            ["case/1 Lead", "case/2 Certain"],
            Found(history, "F08").Select(f => $"{f.Subject} {f.Certainty}").Order(StringComparer.Ordinal)
        );
    }

    [Theory]
    [InlineData("08:05:00", false)]
    [InlineData("08:05:01", true)]
    public void F09_a_time_inside_more_than_five_minutes_after_it_was_recorded(string end, bool found) =>
        Expect(
            "F09",
            found,
            Gaomidian().Round("r1", "p1", "2025-11-20", ["07:59:00 39.75 116.33"], end: end, recorded: "2025-11-20T08:00:00+08:00")
        );

    [Theory]
    [InlineData(10, 60, 121, true)]
    [InlineData(9, 60, 121, false)]
    [InlineData(10, 61, 121, false)]
    [InlineData(10, 60, 120, false)]
    public void F10_ten_records_within_a_minute_that_span_more_than_two_hours(int records, int seconds, int minutes, bool found)
    {
        var history = Gaomidian();
        for (var i = 0; i < records; i++)
        {
            var recorded = new DateTime(2025, 11, 20, 18, 0, 0).AddSeconds(i == records - 1 ? seconds : i);
            var occurred = new DateTime(2025, 11, 20, 9, 0, 0).AddMinutes(i == records - 1 ? minutes : i);
            history.Add($"{occurred:s}+08:00", $"case/{i}", new CaseSigned(), "seat-02", recorded: $"{recorded:s}+08:00");
        }

        Expect("F10", found, history);
    }

    [Fact]
    public void F11_lists_each_impossible_order_once()
    {
        var history = Gaomidian()
            .Add("2025-11-20T09:00:00+08:00", "case/1", new CaseDispatched("unit-1"))
            .Add("2025-11-20T09:00:01+08:00", "case/1", new CaseReceived(Platform.City, Channel.Phone, Urgency.Routine));
        var finding = Assert.Single(Found(history, "F11"));
        Assert.Equal((Certainty.Certain, "dispatched before received"), (finding.Certainty, finding.Detail["what"]));
        Expect(
            "F11",
            false,
            Gaomidian()
                .Add("2025-11-20T09:00:00+08:00", "case/1", new CaseDispatched("unit-1"))
                .Add("2025-11-20T09:00:00+08:00", "case/1", new CaseReceived(Platform.City, Channel.Phone, Urgency.Routine))
        );
    }

    [Theory]
    [InlineData(10, false)]
    [InlineData(9, true)]
    [InlineData(null, true)]
    public void F12_a_call_without_a_recording_of_ten_seconds_is_a_lead(int? seconds, bool found)
    {
        var recording = seconds is { } s ? new Recording(new string('a', 64), s) : null;
        Expect("F12", found, Gaomidian().Add("2025-11-20T09:00:00+08:00", "case/1", new CitizenContacted(recording)));
        Expect(
            "F12",
            found,
            Gaomidian()
                .Add(
                    "2025-11-20T09:00:00+08:00",
                    "case/1",
                    new CaseFollowedUp(FollowUpResult.Satisfied, Contacted: true, Resolved: true, recording)
                )
        );
        Expect(
            "F12",
            false,
            Gaomidian()
                .Add(
                    "2025-11-20T09:00:00+08:00",
                    "case/1",
                    new CaseFollowedUp(FollowUpResult.Unreached, Contacted: false, Resolved: true, recording)
                )
        );
    }

    [Fact]
    public void F12_one_recording_on_two_cases_is_certain()
    {
        var recording = new Recording(new string('a', 64), 60);
        var history = Gaomidian()
            .Add("2025-11-20T09:00:00+08:00", "case/1", new CitizenContacted(recording))
            .Add("2025-11-20T10:00:00+08:00", "case/1", new CaseFollowedUp(FollowUpResult.Satisfied, true, true, recording))
            .Add("2025-11-20T11:00:00+08:00", "case/2", new CitizenContacted(recording));
        var finding = Assert.Single(Found(history, "F12"));
        Assert.Equal((Certainty.Certain, "case/2"), (finding.Certainty, finding.Subject));
        Assert.Equal(["e-2", "e-4"], finding.Evidence);
    }

    [Theory]
    [InlineData("一二三四五六七八九十甲乙丙丁戊", 3, true)]
    [InlineData("一二三四五六七八九十甲乙丙丁戊", 2, false)]
    [InlineData("一二三四五六七八九十甲乙丙丁。！，", 3, false)] // fourteen characters and punctuation
    public void F13_a_note_of_fifteen_characters_on_three_cases(string note, int cases, bool found)
    {
        var history = Gaomidian();
        for (var i = 0; i < cases; i++)
        {
            history.Add("2025-11-20T09:00:00+08:00", $"case/{i}", new CaseReplied("unit-1", 5, note));
        }

        Expect("F13", found, history);
    }

    [Fact]
    public void F13_compares_letters_and_digits_alone()
    {
        var history = Gaomidian()
            .Add("2025-11-20T09:00:00+08:00", "case/1", new CaseReplied("unit-1", 5, "Cleared, site 12 visited!"))
            .Add("2025-11-20T10:00:00+08:00", "case/2", new CaseReplied("unit-1", 5, "cleared site１２　ＶＩＳＩＴＥＤ"))
            .Add(
                "2025-11-20T11:00:00+08:00",
                "case/3",
                new CaseFollowedUp(FollowUpResult.Unreached, false, true, Note: "CLEARED: SITE 12 VISITED")
            )
            .Add("2025-11-20T12:00:00+08:00", "case/1", new CaseReplied("unit-1", 5, "cleared site 12 visited"));
        Assert.Equal(["e-2", "e-3", "e-4"], Assert.Single(Found(history, "F13")).Evidence);
    }

    // Of 30, 14 multiples of five have a probability of 0.0009, 13 of 0.0031; of 29 nothing is said.
    [Theory]
    [InlineData(30, 14, true)]
    [InlineData(30, 13, false)]
    [InlineData(29, 29, false)]
    public void F15_minutes_that_chance_would_not_bring_about(int records, int regular, bool found)
    {
        var history = Gaomidian();
        for (var i = 0; i < records; i++)
        {
            history.Add(
                $"2025-11-20T09:{(i < regular ? 5 * (i % 12) : 1 + (5 * (i % 11))):00}:30+08:00",
                $"case/{i}",
                new CaseSigned(),
                "seat-02"
            );
        }

        Expect("F15", found, history);
    }

    [Theory]
    [InlineData(30, 14, "0.0009016")] // from tables of the binomial distribution
    [InlineData(30, 13, "0.0031109")]
    [InlineData(10, 0, "1")]
    [InlineData(10, 10, "0.0000001024")]
    [InlineData(1000, 200, "0.5126139")]
    public void The_tail_of_the_binomial_distribution(int n, int k, string expected) =>
        Assert.InRange(Binomial.Tail(n, k, 1, 5) / decimal.Parse(expected), 0.999m, 1.001m);

    [Theory]
    [InlineData(0, 20, 5, true)]
    [InlineData(0, 19, 5, false)] // fewer than twenty closings
    [InlineData(0, 20, 4, false)] // fewer than five in the last stretch
    [InlineData(20, 20, 12, false)] // 60 % are not more than three times 20 %
    [InlineData(20, 20, 13, true)]
    [InlineData(10, 20, 7, false)] // 35 % of twenty come about by chance at 10 %, in three of a thousand
    [InlineData(10, 20, 8, true)]
    public void F16_a_share_of_last_minute_closings_beyond_the_peers_and_beyond_chance(int peers, int closings, int lastMinute, bool found)
    {
        var history = Gaomidian();
        Close(history, "seat-01", 100, peers);
        Close(history, "seat-02", 100, peers);
        Close(history, "seat-03", closings, lastMinute);
        Expect("F16", found, history);
        Assert.All(
            Found(history, "F16"),
            f => Assert.Equal(("actor/seat-03", $"share {100m * lastMinute / closings:0.0} %"), (f.Subject, f.Detail["first"]))
        );
    }

    /// <summary>Six seats that close at any time of their limit, and all are reopened: a thousand times.</summary>
    [Fact]
    public void F16_shows_no_more_honest_seats_than_chance_allows()
    {
        const int seeds = 1000;
        const int seats = 6;
        var account = Gaomidian().Account;
        var received = History.At("2025-11-20T00:00:00+08:00");
        var due = received + Duration.FromHours(100);
        var leads = 0;
        for (var seed = 1UL; seed <= seeds; seed++)
        {
            var (dice, facts, index, position) = (new Dice(seed), new ContractFacts(), new DetectorIndex([new DeadlineClustering()]), 0L);
            for (var i = 0; i < seats * 40; i++)
            {
                var closed = received + Duration.FromMinutes(dice.Between(0, 6000));
                Record(received, $"case/{i}", new CaseReceived(Platform.City, Channel.Phone, Urgency.Routine, DueAt: due));
                Record(closed, $"case/{i}", new CaseClosed(), $"seat-{i % seats}");
                Record(closed, $"case/{i}", new CaseReopened("x"));
            }

            leads += index.Findings(account, facts).Count();

            void Record(Instant at, string subject, EventData data, string actor = "12345")
            {
                var e = new LedgerEvent(++position, "gaomidian-2025", subject, 1, $"e{position}", "s", at, at, actor, data);
                facts.Add(e);
                index.Add(e);
            }
        }

        Assert.True(Binomial.Tail(seeds * seats, leads, 1, 1000) > 0.001m, $"{leads} of {seeds * seats}");
    }

    [Theory]
    [InlineData("seat-01", "2025-11-30", false)]
    [InlineData("seat-01", "2025-12-01", true)]
    [InlineData("seat-09", "2025-11-20", true)]
    public void F17_acted_while_not_on_the_roster(string actor, string day, bool found)
    {
        var terms = Terms.Of("gaomidian-2025") with
        {
            Detection = new DetectionTerms(Roster: [new RosterEntry("seat-01", History.Date("2025-11-01"), History.Date("2025-11-30"))]),
        };
        Expect("F17", found, new History(terms).Add($"{day}T09:00:00+08:00", "case/1", new CaseSigned(), actor));
    }

    [Fact]
    public void F17_needs_a_roster() =>
        Expect("F17", false, Gaomidian().Add("2025-11-20T09:00:00+08:00", "case/1", new CaseSigned(), "anybody"));

    private static History Gaomidian() => new("gaomidian-2025");

    /// <summary>Cases due in 100 hours; so many closed in the last five, on or after 95 h and reopened; the others after a day.</summary>
    private static void Close(History history, string seat, int cases, int lastMinute)
    {
        for (var i = 0; i < cases; i++)
        {
            var subject = $"case/{seat}-{i}";
            history.Add(
                "2025-11-20T00:00:00+08:00",
                subject,
                new CaseReceived(Platform.City, Channel.Phone, Urgency.Routine, DueAt: History.At("2025-11-24T04:00:00+08:00"))
            );
            history.Add(i < lastMinute ? "2025-11-24T00:00:00+08:00" : "2025-11-21T00:00:00+08:00", subject, new CaseClosed(), seat);
            if (i < lastMinute)
            {
                history.Add("2025-11-25T00:00:00+08:00", subject, new CaseReopened("not solved"), "platform");
            }
        }
    }

    private static Photo Photo(char digit, string taken) => new(new string(digit, 64), History.At(taken));

    private static void Expect(string rule, bool found, History history) => Assert.Equal(found ? 1 : 0, Found(history, rule).Count);

    private static IReadOnlyList<Finding> Found(History history, string rule) =>
        [.. history.FindingsAt("2026-06-30").Where(f => f.Rule == rule)];
}

/// <summary>Issues in a few words.</summary>
internal static class Issues
{
    public static History Issue(this History history, string no, string found, string patroller, Photo photo, string? recorded = null) =>
        history.Add(
            found,
            $"issue/{no}",
            new IssueFound(Severity.Routine, "占道经营", patroller, new Location(39.75m, 116.33m), photo),
            patroller,
            recorded: recorded
        );
}
