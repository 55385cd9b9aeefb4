using Ledger.Api.Operations;
using Ledger.Domain.Assessments;
using Ledger.Domain.Errors;
using Ledger.Domain.Events;
using Ledger.Domain.Json;
using Ledger.Domain.Rules;
using Ledger.Domain.Time;
using Ledger.Projections.Traces;
using Ledger.Tests.Support;

namespace Ledger.Tests.Projections;

/// <summary>One case as an investigator asks for it: its events, its clocks in words and figures, what it was called.</summary>
public sealed class CaseHistoryTests
{
    private const string Contract = "gaomidian-2025";
    private static readonly CaseReceived Routine = new(Platform.City, Channel.Phone, Urgency.Routine, Category: "noise", Grid: "g-1");

    [Fact]
    public void A_cases_clocks_say_how_they_stand_in_words_and_figures()
    {
        var history = new History(Contract)
            .Add("2025-11-03T09:00:00+08:00", "case/1", Routine)
            .Add("2025-11-03T09:10:00+08:00", "case/1", new CaseSigned())
            .Add("2025-11-03T10:28:00+08:00", "case/1", new CaseDispatched("unit-1"))
            .Add("2025-11-03T11:00:00+08:00", "case/1", new CaseUrged(UrgeStage.TwoHours, "unit-1"))
            .Add("2025-11-04T00:00:00+08:00", "case/1", new CaseClosed(), precision: TimePrecision.Date);
        Assert.Equal(
            [
                "sign 2.2.2 kept: sign after 10 min, limit 30 min",
                "dispatch 2.2.2 broken: dispatch after 88 min, limit 30 min",
                "contact 2.2.2 broken: contact did not come before closing",
                "call_back 2.2.4 running: call-back open for 0 min to 24 h, limit 10080 min",
                "urge 2.2.5 kept: urge after 120 min, limit 2h",
                "urge 2.2.5 undecidable: urge open for 39 h, limit 24h",
                "handling 2.2.5 kept: handling after 15 h to 39 h, limit 10080 min",
            ],
            Clocks(history, "2025-11-05T00:00:00+08:00")
        );
    }

    [Theory]
    [InlineData("2025-11-03T09:40:00+08:00", "dispatch after 30 min, limit 30 min")]
    [InlineData("2025-11-03T09:40:01+08:00", "dispatch after 30 min 1 s, limit 30 min")]
    [InlineData("2025-11-03T09:40:00.000001+08:00", "dispatch after 30 min 0.000001 s, limit 30 min")]
    [InlineData("2025-11-05T10:00:00+08:00", "dispatch after 2 d 50 min, limit 30 min")]
    public void A_limit_that_was_missed_by_little_does_not_look_as_if_it_was_kept(string dispatched, string words)
    {
        var history = new History(Contract)
            .Add("2025-11-03T09:10:00+08:00", "case/1", Routine)
            .Add(dispatched, "case/1", new CaseDispatched("unit-1"));
        Assert.Contains(Clocks(history, "2025-12-01T00:00:00+08:00"), c => c.EndsWith(words, StringComparison.Ordinal));
    }

    [Fact]
    public void What_it_was_called_before_it_was_amended_is_still_shown()
    {
        var history = new History(Contract)
            .Add("2025-11-03T09:00:00+08:00", "case/1", Routine)
            .Add("2025-11-05T09:00:00+08:00", "case/1", new CaseAmended(Category: "rubbish"), id: "later")
            .Add("2025-11-04T09:00:00+08:00", "case/1", new CaseAmended(Category: "dust", Location: new Location(39.9m, 116.4m)));
        Assert.Equal(
            ["category noise", "grid g-1", "category dust", "location 39.9,116.4", "category rubbish"],
            Of(history, "2025-12-01T00:00:00+08:00").Descriptions.Select(d => $"{d.Property} {d.Value}")
        );
        Assert.Equal(
            ["category noise", "grid g-1", "category dust", "location 39.9,116.4"],
            Of(history, "2025-11-04T12:00:00+08:00").Descriptions.Select(d => $"{d.Property} {d.Value}")
        );
    }

    [Fact]
    public void A_voided_case_has_no_clocks_and_says_why()
    {
        var history = new History(Contract)
            .Add("2025-11-03T09:00:00+08:00", "case/1", Routine)
            .Add("2025-11-05T09:00:00+08:00", "case/1", new CaseVoided("entered twice"));
        Assert.Equal("entered twice", Of(history, "2025-12-01T00:00:00+08:00").Voided);
        Assert.Empty(Clocks(history, "2025-12-01T00:00:00+08:00"));
        Assert.NotEmpty(Clocks(history, "2025-11-04T00:00:00+08:00"));
    }

    [Fact]
    public void The_own_due_time_is_a_clock_where_no_clause_limits_the_handling()
    {
        var history = new History("jiuxianqiao-2025").Add(
            "2025-11-03T09:00:00+08:00",
            "case/1",
            Routine with
            {
                DueAt = History.At("2025-11-05T09:00:00+08:00"),
            }
        );
        Assert.Equal(
            ["handling dueAt running: handling open for 24 h, limit due 2025-11-05 09:00:00"],
            Clocks(history, "2025-11-04T09:00:00+08:00")
        );
    }

    [Fact]
    public async Task A_trace_says_why_and_an_unknown_case_is_told()
    {
        await using var database = await TestDatabase.RegisteredAsync();
        await Ledgers.ImportSampleAsync(database.Ledger, "gaomidian-first-quarter");
        await database.Ledger.AssessAsync(Contract, History.At("2026-01-28T00:00:00+08:00"));
        var head = (await database.Ledger.Log.HeadAsync(default)).Position;
        var reasons = new List<string?>();
        foreach (
            var d in (await database.Ledger.Read.DeductionsAsync(Contract, null, default)).Where(d =>
                d.Id.Contains("case/", StringComparison.Ordinal)
            )
        )
        {
            reasons.Add((await database.Ledger.Traces.AtAsync(Contract, d.Id, head, default)).Reason);
        }

        Assert.NotEmpty(reasons);
        Assert.All(reasons, Assert.NotNull);
        Assert.Contains(reasons, r => r!.StartsWith("scored 0 in 2025-11", StringComparison.Ordinal));
        Assert.Contains(reasons, r => r!.StartsWith("dispatch after ", StringComparison.Ordinal));
        var cases = database.Ledger.Get<CaseHistoryReader>();
        var unknown = await Assert.ThrowsAsync<LedgerException>(() =>
            cases.AtAsync(Contract, "nope", head, History.At("2026-01-28T00:00:00+08:00"), default)
        );
        Assert.Equal(ErrorCode.BadRequest, unknown.Code);
    }

    [Fact]
    public async Task No_assessment_lies_beyond_the_ledgers_day_and_a_slip_of_the_pen_ends_none()
    {
        await using var database = await TestDatabase.RegisteredAsync(new SetClock("2026-01-20T01:00:00Z"));
        foreach (var ahead in new[] { "2026-01-21T00:00:00+08:00", "2030-01-01T00:00:00+08:00" })
        {
            var refused = await Assert.ThrowsAsync<LedgerException>(() => database.Ledger.AssessAsync(Contract, History.At(ahead)));
            Assert.Contains("the ledger's day, which ends 2026-01-20 23:59:59", refused.Message, StringComparison.Ordinal);
        }

        await database.Ledger.AssessAsync(Contract, History.At("2026-01-19T00:00:00+08:00"));
        await database.Ledger.AssessAsync(Contract, ChinaTime.EndOf(new(2026, 1, 20)));
    }

    [Theory]
    [InlineData("2025-11-03 09:12:30", "2025-11-03T01:12:30Z")]
    [InlineData("2025-11-03 09:12", "2025-11-03T01:12:00Z")]
    [InlineData("2025-11-03", "2025-11-03T15:59:59.999999Z")]
    [InlineData("2025-11-03T09:12:00+09:00", "2025-11-03T00:12:00Z")]
    public void A_moment_is_taken_as_it_is_printed(string text, string at) =>
        Assert.Equal(at, Instants.Write(Moments.Parse(text, "--as-of")));

    private static IEnumerable<string> Clocks(History history, string effective) =>
        Of(history, effective).Clocks.Select(c => $"{Words<CaseStep>.Of(c.Step)} {c.Clause} {Words<ClockState>.Of(c.State)}: {c.InWords}");

    private static CaseHistory Of(History history, string effective) =>
        CaseHistory.Of(history.Account, [.. history.Events.Where(e => e.Subject == "case/1")], History.At(effective));
}
