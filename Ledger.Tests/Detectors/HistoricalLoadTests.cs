using Ledger.Domain.Assessments;
using Ledger.Domain.Events;
using Ledger.Domain.Time;
using Ledger.Domain.Vocabulary;
using Ledger.Tests.Support;

namespace Ledger.Tests.Detectors;

/// <summary>History that is loaded at once is no back-dated evidence, where that was declared.</summary>
public sealed class HistoricalLoadTests
{
    private const string Loaded = "2026-01-20T09:00:00+08:00";
    private const string Now = "2026-01-28T00:00:00+08:00";

    [Theory]
    [InlineData("test", "2025-11-01", "2025-11-30", "")]
    [InlineData("test", "2025-11-20", "2025-11-20", "")] // the first and the last day count
    [InlineData("other", "2025-11-01", "2025-11-30", "F08 F10")]
    [InlineData("test", "2025-11-21", "2025-11-30", "F08 F10")]
    [InlineData("test", "2025-11-01", "2025-11-19", "F08 F10")]
    public void F08_and_F10_pass_over_the_source_and_span_of_a_declared_load(string source, string from, string until, string found)
    {
        var history = Loads();
        Assert.Equal("F08 F10", Rules(history));
        history.Decided(
            $"load/{source}",
            new HistoricalLoadDeclared(source, History.Date(from), History.Date(until), "archive of 2025"),
            "administrator"
        );
        Assert.Equal(found, Rules(history));
        var said = Assert.Single(history.FindingsAt(Now), f => f.Kind == FindingKind.Load);
        Assert.Equal(
            (source, from, until, "archive of 2025"),
            (said.Detail["source"], said.Detail["from"], said.Detail["until"], said.Detail["reason"])
        );
    }

    [Fact]
    public void A_load_says_nothing_of_other_suspicions()
    {
        var history = new History("gaomidian-2025")
            .Add("2025-11-03T09:00:00+08:00", "case/1", new CaseReceived(Platform.City, Channel.Phone, Urgency.Routine), recorded: Loaded)
            .Add("2025-11-03T08:00:00+08:00", "case/1", new CaseClosed(), recorded: Loaded)
            .Decided("load/test", new HistoricalLoadDeclared("test", new(2025, 11, 1), new(2025, 11, 30), "archive"), "administrator");
        Assert.Contains(history.FindingsAt(Now), f => f.Rule == "F11");
    }

    [Fact]
    public void A_fold_that_was_asked_before_the_declaration_forgets_what_it_found()
    {
        var (history, fold) = (Loads(), new FindingFold(History.At(Now)));
        history.Events.ToList().ForEach(fold.Add);
        Assert.Contains(fold.At(History.At(Now), WorkingDays.Shipped), f => f.Rule == "F08");
        history.Decided("load/test", new HistoricalLoadDeclared("test", new(2025, 11, 1), new(2025, 11, 30), "archive"), "administrator");
        fold.Add(history.Events[^1]);
        Assert.DoesNotContain(fold.At(History.At(Now), WorkingDays.Shipped), f => f.Rule is "F08" or "F10");
    }

    [Fact]
    public void What_is_said_of_how_records_came_in_counts_at_every_moment() =>
        Assert.DoesNotContain(
            Loads()
                .Decided("load/test", new HistoricalLoadDeclared("test", new(2025, 11, 1), new(2025, 11, 30), "archive"), "administrator")
                .FindingsAt("2025-12-01"),
            f => f.Rule is "F08" or "F10"
        );

    [Theory]
    [InlineData("test", "2025-11-01", "2026-01-30", "")] // the day of the declaration itself
    [InlineData("test", "2025-11-01", "2026-01-31", "$.data.until")]
    [InlineData("test", "2025-11-02", "2025-11-01", "$.data.until")]
    [InlineData("else", "2025-11-01", "2025-11-02", "$.data.source")]
    public void A_load_is_of_one_source_and_lies_in_the_past(string source, string from, string until, string path)
    {
        var line =
            $$$"""{"specversion":"1.0","id":"e","source":"s","type":"historical_load_declared","contract":"c","subject":"load/test","time":"2026-01-30T10:00:00+08:00","actor":"a","data":{"source":"{{{source}}}","from":"{{{from}}}","until":"{{{until}}}","reason":"archive"}}""";
        EventReader.Read(System.Text.Encoding.UTF8.GetBytes(line), null, out var faults);
        Assert.Equal(path, string.Join(", ", faults.Select(f => f.Path)));
    }

    private static string Rules(History history) =>
        string.Join(
            ' ',
            history.FindingsAt(Now).Select(f => f.Rule).Where(r => r is "F08" or "F10").Distinct().Order(StringComparer.Ordinal)
        );

    private static History Loads()
    {
        var history = new History("gaomidian-2025");
        for (var i = 0; i < 12; i++)
        {
            history.Add($"2025-11-20T{8 + i:00}:00:00+08:00", $"case/{i}", new CaseSigned(), recorded: Loaded);
        }

        return history;
    }
}
