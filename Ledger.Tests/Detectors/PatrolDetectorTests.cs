using Ledger.Domain.Detectors;
using Ledger.Domain.Events;
using Ledger.Domain.Findings;
using Ledger.Domain.Json;
using Ledger.Domain.Terms;
using Ledger.Domain.Vocabulary;
using Ledger.Tests.Support;
using NodaTime;

namespace Ledger.Tests.Detectors;

/// <summary>F01 to F05, F14 and F18: what tracks give away; each on, under and over its limit.</summary>
public sealed class PatrolDetectorTests
{
    private const string Day = "2025-11-20";

    // 0.001 degrees of latitude are 111.195 m on the mean sphere.
    [Theory]
    [InlineData("0.0045", 10, true)] // 500.4 m in 10 s
    [InlineData("0.0044", 10, false)] // 489 m
    [InlineData("0.009", 30, true)] // 1,000.8 m in 30 s: 120.09 km/h
    [InlineData("0.009", 31, false)] // 116.2 km/h
    [InlineData("0.0045", 0, false)] // one instant is F02's
    public void F01_a_jump_of_500_m_or_more_faster_than_120_km_h(string north, int seconds, bool found) =>
        Expect(
            "F01",
            found,
            History()
                .Round(
                    "r1",
                    "p1",
                    Day,
                    ["08:00:00 39.75 116.33", $"{Clock(seconds)} {39.75m + decimal.Parse(north)} 116.33", "08:30:00 39.75 116.33"]
                )
        );

    [Fact]
    public void F01_looks_from_one_round_to_the_next_of_the_same_patroller()
    {
        var history = History()
            .Round("r1", "p1", Day, ["08:00:00 39.75 116.33"])
            .Round("r2", "p1", Day, ["08:00:20 39.76 116.33"])
            .Round("r3", "p2", Day, ["08:00:30 39.80 116.33"]);
        var finding = Assert.Single(Found(history, "F01"));
        Assert.Equal((Certainty.Lead, "patrol/r2", "p1"), (finding.Certainty, finding.Subject, finding.Actor));
        Assert.Equal("p1 would have covered 1,111 m in 20 s", finding.Detail["what"]);
    }

    // Accuracies 10 and 20 and a margin of 50: 80 m are 0.000719 degrees.
    [Theory]
    [InlineData("39.75072", true)]
    [InlineData("39.75071", false)]
    public void F02_two_fixes_at_one_instant_beyond_both_accuracies_and_50_m(string lat, bool found) =>
        Expect(
            "F02",
            found,
            History().Round("r1", "p1", Day, ["08:00:00 39.75 116.33 10"]).Round("r2", "p1", Day, [$"08:00:00 {lat} 116.33 20"])
        );

    [Fact]
    public void F02_another_patroller_or_another_instant_is_no_clash()
    {
        var history = History()
            .Round("r1", "p1", Day, ["08:00:00 39.75 116.33"])
            .Round("r2", "p2", Day, ["08:00:00 39.76 116.33"])
            .Round("r3", "p1", Day, ["08:00:01 39.76 116.33"]);
        Expect("F02", false, history);
    }

    [Theory]
    [InlineData("39.7518", "08:30", true)] // 200.15 m apart while both walk
    [InlineData("39.7517", "08:30", false)] // 189 m
    [InlineData("39.7600", "09:01", false)] // the first has ended
    public void F03_two_rounds_at_once_more_than_200_m_apart(string lat, string start, bool found) =>
        Expect(
            "F03",
            found,
            History()
                .Round("r1", "p1", Day, ["08:00:00 39.75 116.33", "09:00:00 39.75 116.33"])
                .Round("r2", "p1", Day, [$"{start}:00 {lat} 116.33", $"09:40:00 {lat} 116.33"])
        );

    [Fact]
    public void F03_takes_the_place_between_two_fixes_on_the_straight_line()
    {
        // At 08:30 the first is half-way, 556 m north; the second stands there: no clash then, but 30 minutes later they are 556 m apart.
        var history = History()
            .Round("r1", "p1", Day, ["08:00:00 39.75 116.33", "09:00:00 39.76 116.33"])
            .Round("r2", "p1", Day, ["08:30:00 39.755 116.33", "09:00:00 39.755 116.33"]);
        var finding = Assert.Single(Found(history, "F03"));
        Assert.Equal(Support.History.At($"{Day}T09:00:00+08:00"), finding.ArisenAt);
        Assert.Equal(["e-2", "e-3"], finding.Evidence);
    }

    // The grid's northern border is 39.76; accuracy 10 and a margin of 50 are 60 m, 0.00054 degrees.
    [Theory]
    [InlineData("39.76053", false)]
    [InlineData("39.76055", true)]
    [InlineData("39.75500", false)]
    public void F04_a_fix_outside_the_grid_by_more_than_its_accuracy_and_50_m(string lat, bool found) =>
        Expect("F04", found, History().Round("r1", "p1", Day, [$"08:00:00 {lat} 116.335 10"]));

    // A converted fix may be 2 m further off: with its accuracy and the margin 62 m, 0.0005576 degrees.
    [Theory]
    [InlineData("39.760557", false)]
    [InlineData("39.760558", true)]
    public void F04_allows_for_what_converting_a_fix_may_have_moved_it(string lat, bool found) =>
        Expect("F04", found, History().Round("r1", "p1", Day, [$"08:00:00 {lat} 116.335 10 A gcj02"]));

    [Theory]
    [InlineData("39.760557", false)]
    [InlineData("39.760558", true)]
    public void F04_allows_for_what_converting_the_polygon_may_have_moved_it(string lat, bool found)
    {
        var converted = Grid with { Polygon = [.. Grid.Polygon.Select(p => p with { ConvertedFrom = CoordinateSystem.Bd09 })] };
        Expect("F04", found, Over(converted).Round("r1", "p1", Day, [$"08:00:00 {lat} 116.335 10"]));
    }

    // Accuracies 10 and 20, 2 m each for the conversion and a margin of 50: 84 m are 0.0007554 degrees.
    [Theory]
    [InlineData("39.750756", true)]
    [InlineData("39.750755", false)]
    public void F02_allows_for_what_converting_both_fixes_may_have_moved_them(string lat, bool found) =>
        Expect(
            "F02",
            found,
            History()
                .Round("r1", "p1", Day, ["08:00:00 39.75 116.33 10 A bd09mc"])
                .Round("r2", "p1", Day, [$"08:00:00 {lat} 116.33 20 B bd09mc"])
        );

    [Fact]
    public void F04_says_nothing_of_a_grid_that_the_contract_does_not_draw() =>
        Expect("F04", false, History().Round("r1", "p1", Day, ["08:00:00 45.0 116.335"], grid: "g-unknown"));

    [Theory]
    [InlineData(5, 450, true)] // five fixes over exactly 30 min
    [InlineData(5, 449, false)]
    [InlineData(4, 900, false)]
    public void F05_five_equal_fixes_over_30_minutes_at_different_checkpoints(int fixes, int stepSeconds, bool found) =>
        Expect(
            "F05",
            found,
            History()
                .Round(
                    "r1",
                    "p1",
                    Day,
                    [
                        .. Enumerable.Range(0, fixes).Select(i => $"{Clock(i * stepSeconds)} 39.7500001 116.33 5 P{i}"),
                        "12:00:00 39.751 116.33",
                    ]
                )
        );

    [Fact]
    public void F05_standing_at_one_checkpoint_is_no_suspicion() =>
        Expect(
            "F05",
            false,
            History().Round("r1", "p1", Day, [.. Enumerable.Range(0, 10).Select(i => $"{Clock(i * 600)} 39.75 116.33 5 P1")])
        );

    [Theory]
    [InlineData("p2", Day, 5, true)]
    [InlineData("p2", Day, 6, false)]
    [InlineData("p1", "2025-11-21", 0, true)]
    [InlineData("p1", Day, 0, false)]
    public void F14_the_same_places_in_the_same_steps_on_another_day_or_of_another(string patroller, string day, int late, bool found) =>
        Expect(
            "F14",
            found,
            History()
                .Round("r1", "p1", Day, ["08:00:00 39.75 116.33", "08:02:00 39.751 116.33", "08:04:00 39.752 116.331"])
                .Round(
                    "r2",
                    patroller,
                    day,
                    ["10:00:00 39.75 116.33", $"{Clock(7200 + 120 + late)} 39.7510000 116.33", $"{Clock(7200 + 240 + late)} 39.752 116.331"]
                )
        );

    [Fact]
    public void F14_standing_still_is_no_path() =>
        Expect(
            "F14",
            false,
            History()
                .Round("r1", "p1", Day, ["08:00:00 39.75 116.33", "08:02:00 39.75 116.33", "08:04:00 39.75 116.33"])
                .Round("r2", "p2", Day, ["10:00:00 39.75 116.33", "10:02:00 39.75 116.33", "10:04:00 39.75 116.33"])
        );

    [Theory]
    [InlineData("08:00:30", true)] // 1,000.8 m in 30 s
    [InlineData("08:00:31", false)]
    [InlineData("07:59:59", true)] // before it started
    public void F18_longer_than_its_time_allows_or_ended_before_it_started(string end, bool found) =>
        Expect("F18", found, History().Round("r1", "p1", Day, ["08:00:00 39.75 116.33", "08:20:00 39.759 116.33"], end: end));

    [Fact]
    public void Parameters_are_the_contracts_and_a_detector_can_be_off()
    {
        string[] jump = ["08:00:00 39.75 116.33", "08:00:10 39.7545 116.33"];
        Expect("F01", true, History().Round("r1", "p1", Day, jump));
        Expect("F01", false, History(new Teleport(Metres: 501)).Round("r1", "p1", Day, jump));
        Expect("F01", false, History(new Teleport(Off: true)).Round("r1", "p1", Day, jump));
    }

    private static void Expect(string rule, bool found, History history) => Assert.Equal(found ? 1 : 0, Found(history, rule).Count);

    private static IReadOnlyList<Finding> Found(History history, string rule) =>
        [.. history.FindingsAt("2026-06-30").Where(f => f.Rule == rule)];

    private static readonly Grid Grid = new(
        "g-1",
        [new(39.74m, 116.32m), new(39.76m, 116.32m), new(39.76m, 116.35m), new(39.74m, 116.35m)]
    );

    private static History History(params IReadOnlyList<Detector> detectors) => Over(Grid, detectors);

    private static History Over(Grid grid, params IReadOnlyList<Detector> detectors) =>
        new(Terms.Of("gaomidian-2025") with { Detection = new DetectionTerms(detectors, [grid]) });

    private static string Clock(int secondsAfterEight) =>
        LocalTime.FromSecondsSinceMidnight((8 * 3600) + secondsAfterEight).ToString("HH:mm:ss", null);
}

/// <summary>Rounds in a few words.</summary>
internal static class Rounds
{
    /// <summary>
    /// A round of fixes, each <c>HH:mm:ss lat lon [accuracy [point [convertedFrom]]]</c>; it starts with the first and, unless told, ends
    /// with the last.
    /// </summary>
    public static History Round(
        this History history,
        string id,
        string patroller,
        string day,
        IReadOnlyList<string> fixes,
        string? end = null,
        string grid = "g-1",
        string? recorded = null,
        IReadOnlyList<string>? photos = null
    )
    {
        var track = fixes
            .Select(f => f.Split(' '))
            .Select(f => new Fix(
                History.At($"{day}T{f[0]}+08:00"),
                decimal.Parse(f[1]),
                decimal.Parse(f[2]),
                f.Length > 3 ? decimal.Parse(f[3]) : null,
                f.Length > 4 ? f[4] : null,
                f.Length > 5 && Words<CoordinateSystem>.TryParse(f[5], out var from) ? from : null
            ))
            .ToList();
        var ended = end is null ? track[^1].At : History.At($"{day}T{end}+08:00");
        return history.Add(
            $"{day}T20:00:00+08:00",
            $"patrol/{id}",
            new PatrolRoundRecorded(patroller, grid, track[0].At, ended, track, photos),
            patroller,
            recorded: recorded
        );
    }
}
