using Ledger.Domain.Events;
using Ledger.Domain.Rates;
using Ledger.Domain.Vocabulary;
using Ledger.Tests.Support;
using NodaTime;

namespace Ledger.Tests.Rules;

/// <summary>What really changes about a case: its due time, how it is described, whether it counts at all.</summary>
public sealed class ChangedCaseTests
{
    private static readonly CaseReceived Routine = new(Platform.City, Channel.Phone, Urgency.Routine);

    [Theory]
    [InlineData("2025-11-12T09:00:00+08:00", false)]
    [InlineData("2025-11-12T09:00:00.000001+08:00", true)]
    public void A_case_is_handled_by_its_due_time_as_it_was_extended_last(string closed, bool late)
    {
        foreach (var contract in new[] { "gaomidian-2025", "jiuxianqiao-2025" })
        {
            var history = Received(contract)
                .Add(
                    "2025-11-06T09:00:00+08:00",
                    "case/1",
                    new DeadlineExtended(History.At("2025-11-12T09:00:00+08:00"), "waits for parts")
                )
                .Add("2025-11-05T09:00:00+08:00", "case/1", new DeadlineExtended(History.At("2025-11-20T09:00:00+08:00")))
                .Add(closed, "case/1", new CaseClosed(), id: "closed");
            Assert.Equal(late ? ["case/1 2025-11-12 09:00:00"] : [], history.Findings("2025-12-31", "handling"));
        }
    }

    [Theory]
    [InlineData("2025-11-06T08:00:00+08:00", 1)] // late by what it was received with, until the extension
    [InlineData("2025-11-06T10:00:00+08:00", 0)]
    [InlineData("2025-11-13T00:00:00+08:00", 1)]
    public void An_extension_counts_from_when_it_was_given(string effective, int late) =>
        Assert.Equal(
            late,
            Received("gaomidian-2025", due: "2025-11-05T09:00:00+08:00")
                .Add("2025-11-06T09:00:00+08:00", "case/1", new DeadlineExtended(History.At("2025-11-12T09:00:00+08:00")), id: "extended")
                .Findings(effective, "handling")
                .Count
        );

    [Fact]
    public void The_finding_on_a_late_case_rests_on_the_extension_too()
    {
        var history = Received("gaomidian-2025")
            .Add("2025-11-06T09:00:00+08:00", "case/1", new DeadlineExtended(History.At("2025-11-12T09:00:00+08:00")), id: "extended");
        var finding = Assert.Single(history.FindingsAt("2025-12-31"), f => f.Rule == "handling");
        Assert.Contains("extended", finding.Evidence);
        Assert.Equal("due 2025-11-12 09:00:00", finding.Detail["limit"]);
    }

    [Fact]
    public void A_voided_case_leaves_limits_deductions_and_rates_and_is_listed_with_its_reason()
    {
        var cycle = new YearMonth(2025, 11);
        var history = Received("gaomidian-2025")
            .Add("2025-11-03T12:00:00+08:00", "case/1", new CaseDispatched("unit-1"))
            .Add("2025-11-20T12:00:00+08:00", "case/1", new CaseClosed())
            .Add(
                "2025-12-02T10:00:00+08:00",
                "case/1",
                new CaseScored(cycle, 0, false, false, Satisfaction.Dissatisfied),
                "city",
                "scored"
            );
        Assert.NotEmpty(Limits(history));
        Assert.Equal(3, history.Finds("2025-12-31", "4.6.4").Count);
        Assert.Single(history.Finds("2025-12-31", "4.6.1"));

        history.Add("2025-12-05T10:00:00+08:00", "case/1", new CaseVoided("entered twice"), "seat-09", "voided");
        Assert.Empty(Limits(history));
        Assert.Empty(history.Finds("2025-12-31", "4.6.4"));
        Assert.Empty(history.Finds("2025-12-31", "4.6.1"));
        var listed = Assert.Single(history.FindingsAt("2025-12-31"), f => f.Kind == FindingKind.Voided);
        Assert.Equal(("case/1", "entered twice", "seat-09"), (listed.Subject, listed.Detail["reason"], listed.Detail["by"]));

        var facts = new Domain.Facts.ContractFacts();
        history.Events.ToList().ForEach(facts.Add);
        var row = Assert.Single(ThreeRates.RowsOf(facts, cycle));
        Assert.Equal((false, "left out: voided, entered twice"), (row.Counted, row.Why));
        Assert.Equal(["scored", "voided"], row.Evidence);
        var figures = CaseFigures.Of(facts.CaseOf("case/1")!, history.Account.Terms);
        Assert.False(Assert.Single(figures.Scores).Counted);
        Assert.Empty(figures.Clocks);
    }

    [Fact]
    public void A_voided_case_counts_until_it_was_voided()
    {
        var history = Received("gaomidian-2025").Add("2025-12-05T10:00:00+08:00", "case/1", new CaseVoided("entered twice"));
        Assert.NotEmpty(history.Findings("2025-12-05T09:59:59+08:00", "handling"));
        Assert.Empty(history.Findings("2025-12-05T10:00:00+08:00", "handling"));
    }

    [Theory]
    [InlineData("""{"dueAt":"1899-01-01T00:00:00Z"}""", "deadline_extended", "$.data.dueAt")]
    [InlineData("{}", "deadline_extended", "$.data.dueAt")]
    [InlineData("{}", "case_amended", "$.data")]
    [InlineData("""{"location":{"lat":91,"lon":116}}""", "case_amended", "$.data.location.lat")]
    [InlineData("""{"grid":"g-1"}""", "case_amended", "")]
    [InlineData("""{"reason":""}""", "case_voided", "$.data.reason")]
    public void A_change_says_what_it_changes(string data, string type, string path)
    {
        var line =
            $$$"""{"specversion":"1.0","id":"e","source":"s","type":"{{{type}}}","contract":"c","subject":"case/1","time":"2025-11-03T09:12:00Z","actor":"a","data":{{{data}}}}""";
        EventReader.Read(System.Text.Encoding.UTF8.GetBytes(line), null, out var faults);
        Assert.Equal(path, string.Join(", ", faults.Select(f => f.Path)));
    }

    private static IEnumerable<string> Limits(History history) =>
        history.FindingsAt("2025-12-31").Where(f => f.Kind == FindingKind.TimeLimit && f.Subject == "case/1").Select(f => f.Rule);

    private static History Received(string contract, string? due = null) =>
        new History(contract).Add("2025-11-03T09:00:00+08:00", "case/1", Routine with { DueAt = due is null ? null : History.At(due) });
}
