using Ledger.Domain.Events;
using Ledger.Domain.Time;
using Ledger.Domain.Vocabulary;
using NodaTime;

namespace Ledger.Domain.Simulation;

/// <summary>
/// Makes some of a year's records false, each in one way, and keeps the truth. A forgery of one kind is made so that it is not
/// one of another kind as well: what a detector finds beyond the truth is its own mistake.
/// </summary>
internal sealed class Forger(Dice dice, List<Draft> drafts, IReadOnlyDictionary<string, int> shares, IReadOnlySet<string> rushers)
{
    /// <summary>Somebody whose time on the roster ends after a month.</summary>
    public const string LeftEarly = "seat-13";

    private const int Thousand = 1000;
    private const int Seats = 12;
    private static readonly string[] FixedNotes =
    [
        "经现场核实该问题已处理完毕居民表示认可",
        "已联系物业公司安排人员清理并加强日常巡查",
        "工作人员已到现场协调双方达成一致意见",
    ];

    private readonly List<Draft> rounds = dice.Shuffled(drafts.Where(d => d.Data is PatrolRoundRecorded));
    private readonly List<Draft> issues = dice.Shuffled(drafts.Where(d => d.Data is IssueFound));
    private readonly List<(string Rule, Certainty Certainty, string Subject, IReadOnlyList<Draft> Drafts, string What)> truth = [];
    private int nextRound;
    private int nextIssue;

    /// <summary>The seats that F16 is about: they must rush before cases are made up.</summary>
    public static IReadOnlySet<string> Rushers(Dice dice, IReadOnlyDictionary<string, int> shares) =>
        dice.Shuffled(SeatNames()).Take(CountOf(shares, "F16", Seats)).ToHashSet();

    /// <summary>Puts all forgeries in.</summary>
    public IReadOnlyList<(string Rule, Certainty Certainty, string Subject, IReadOnlyList<Draft> Drafts, string What)> Run()
    {
        WriteNotes();
        EachRound("F01", Jump);
        EachRound("F02", BeTwice);
        EachRound("F03", WalkAnotherRound);
        EachRound("F04", Leave);
        EachRound("F05", Freeze);
        EachRound("F08", WriteLate);
        EachRound("F09", WriteAhead);
        EachRound("F14", Replay);
        EachRound("F18", EndTooSoon);
        EachIssue("F06", ReusePhoto);
        EachIssue("F07", MistimePhoto);
        ForgeCases();
        RoundMinutes();
        EnterInBatches();
        TellOfRushers();
        return truth;
    }

    private static IEnumerable<string> SeatNames() => Enumerable.Range(1, Seats).Select(n => $"seat-{n:00}");

    private static int CountOf(IReadOnlyDictionary<string, int> shares, string rule, int of) =>
        shares.GetValueOrDefault(rule) is var share and > 0 && of > 0 ? Math.Max(1, (int)((long)of * share / Thousand)) : 0;

    private void Tell(string rule, string subject, string what, params IReadOnlyList<Draft> events) =>
        truth.Add((rule, IsCertain(rule) ? Certainty.Certain : Certainty.Lead, subject, events, what));

    private static bool IsCertain(string rule) => rule is "F02" or "F03" or "F06" or "F09" or "F11" or "F18";

    private void EachRound(string rule, Func<Draft, PatrolRoundRecorded, string?> forge)
    {
        for (var left = CountOf(shares, rule, rounds.Count); left > 0 && nextRound < rounds.Count; left--)
        {
            var round = rounds[nextRound++];
            if (forge(round, (PatrolRoundRecorded)round.Data) is { } what)
            {
                Tell(rule, round.Subject, what, round);
            }
        }
    }

    private void EachIssue(string rule, Func<Draft, IssueFound, string?> forge)
    {
        for (var left = CountOf(shares, rule, issues.Count); left > 0 && nextIssue < issues.Count; left--)
        {
            var issue = issues[nextIssue++];
            if (forge(issue, (IssueFound)issue.Data) is { } what)
            {
                Tell(rule, issue.Subject, what, issue);
            }
        }
    }

    private static PatrolRoundRecorded WithFix(PatrolRoundRecorded data, int index, Fix fix) =>
        data with
        {
            Track = [.. data.Track.Select((f, i) => i == index ? fix : f)],
        };

    private static Fix Moved(Fix fix, long north, long east = 0) =>
        fix with
        {
            Lat = fix.Lat + (north * FieldYear.LatPerMetre),
            Lon = fix.Lon + (east * FieldYear.LonPerMetre),
        };

    /// <summary>To the middle of the grid: north or south, whichever leads there.</summary>
    private static int Inward(PatrolRoundRecorded data, Fix fix) => fix.Lat < FieldYear.At(GridOf(data), 0, 0).Lat ? 1 : -1;

    private static int GridOf(PatrolRoundRecorded data) => int.Parse(data.Grid.AsSpan("grid-".Length), null);

    private string? Jump(Draft draft, PatrolRoundRecorded data)
    {
        var k = (int)dice.Between(1, FieldYear.FixesPerRound - 3);
        var before = data.Track[k];
        draft.Data = WithFix(
            data,
            k + 1,
            Moved(before, Inward(data, before) * dice.Between(520, 700)) with
            {
                At = before.At + Duration.FromSeconds(10),
            }
        );
        return "a jump of more than 500 m in 10 s";
    }

    private string? BeTwice(Draft draft, PatrolRoundRecorded data)
    {
        var k = (int)dice.Between(1, FieldYear.FixesPerRound - 2);
        var twin = Moved(data.Track[k], Inward(data, data.Track[k]) * dice.Between(120, 350)) with { Point = null };
        draft.Data = data with { Track = [.. data.Track.Take(k + 1), twin, .. data.Track.Skip(k + 1)] };
        return "two fixes at one instant";
    }

    private string? WalkAnotherRound(Draft draft, PatrolRoundRecorded data)
    {
        var shift = Duration.FromSeconds(37);
        var north = Inward(data, data.Track[0]) * 350;
        var twin = new Draft(
            draft.At + shift,
            draft.Subject + "-b",
            draft.Actor,
            data with
            {
                StartedAt = data.StartedAt + shift,
                EndedAt = data.EndedAt + shift,
                Track = [.. data.Track.Select(f => Moved(f, north) with { At = f.At + shift, Point = null })],
                Photos = null,
            }
        )
        {
            RecordedAt = draft.RecordedAt + shift,
        };
        drafts.Add(twin);
        Tell("F03", twin.Subject, "a second round of the same person at the same time", twin, draft);
        return null;
    }

    private string? Leave(Draft draft, PatrolRoundRecorded data)
    {
        var k = (int)dice.Between(1, FieldYear.FixesPerRound - 2);
        var beyond = FieldYear.At(GridOf(data), 0, dice.Between(1120, 1300) * (dice.Chance(500) ? 1 : -1));
        draft.Data = WithFix(data, k, data.Track[k] with { Lon = beyond.Lon });
        return "a fix more than 100 m outside the grid";
    }

    private string? Freeze(Draft draft, PatrolRoundRecorded data)
    {
        const int first = 3;
        const int frozen = 17;
        var place = data.Track[first];
        draft.Data = data with
        {
            Track =
            [
                .. data.Track.Select(
                    (f, i) => i is >= first and < first + frozen ? f with { Lat = place.Lat, Lon = place.Lon, Point = $"P{i % 3}" } : f
                ),
            ],
        };
        return "the same fix for more than 30 minutes at three checkpoints";
    }

    private string? WriteLate(Draft draft, PatrolRoundRecorded data)
    {
        draft.RecordedAt = draft.At + Duration.FromHours(dice.Between(25, 240));
        return "written down more than a day later";
    }

    private string? WriteAhead(Draft draft, PatrolRoundRecorded data)
    {
        draft.At = data.StartedAt + Duration.FromSeconds(30);
        draft.RecordedAt = draft.At + Duration.FromSeconds(20);
        return "written down before it was walked";
    }

    private string? Replay(Draft draft, PatrolRoundRecorded data)
    {
        // The one that is copied must be true itself: it is taken out of what can still be forged.
        var index = rounds.FindIndex(nextRound, r => ((PatrolRoundRecorded)r.Data).Grid == data.Grid && r.At < draft.At);
        if (index < 0)
        {
            return null;
        }

        (rounds[index], rounds[nextRound]) = (rounds[nextRound], rounds[index]);
        var copied = (PatrolRoundRecorded)rounds[nextRound++].Data;
        var shift = data.StartedAt - copied.StartedAt;
        var track = copied.Track.Select(f => f with { At = f.At + shift + Duration.FromSeconds(dice.Between(-2, 2)) }).ToList();
        draft.Data = data with { Track = track, EndedAt = track[^1].At + Duration.FromSeconds(60) };
        draft.At = track[^1].At + Duration.FromSeconds(90);
        draft.RecordedAt = draft.At + Duration.FromSeconds(60);
        return "the track of an earlier round";
    }

    private string? EndTooSoon(Draft draft, PatrolRoundRecorded data)
    {
        draft.Data = data with { EndedAt = data.StartedAt + Duration.FromSeconds(dice.Chance(500) ? 20 : -dice.Between(60, 1800)) };
        return "too long for its time, or ended before it started";
    }

    private string? ReusePhoto(Draft draft, IssueFound data)
    {
        var index = issues.FindIndex(nextIssue, i => i.At < draft.At);
        if (index < 0)
        {
            return null;
        }

        // As with a track, what is copied must stay as it is.
        (issues[index], issues[nextIssue]) = (issues[nextIssue], issues[index]);
        draft.Data = data with { Photo = data.Photo! with { Sha256 = ((IssueFound)issues[nextIssue++].Data).Photo!.Sha256 } };
        return "the photo of an earlier issue";
    }

    private string? MistimePhoto(Draft draft, IssueFound data)
    {
        var early = dice.Chance(500);
        draft.RecordedAt = draft.At + Duration.FromMinutes(60);
        draft.Data = data with
        {
            Photo = data.Photo! with { TakenAt = draft.At + Duration.FromMinutes(early ? -dice.Between(11, 300) : dice.Between(11, 50)) },
        };
        return early ? "a photo taken long before" : "a photo taken long after";
    }

    /// <summary>Every reply gets a note: many the same few words, the others their own.</summary>
    private void WriteNotes()
    {
        foreach (var draft in drafts)
        {
            draft.Data = draft.Data switch
            {
                CaseReplied replied => replied with
                {
                    Note = dice.Chance(300)
                        ? "已解决，居民满意。"
                        : $"{draft.Subject}的诉求已由{replied.Unit}现场处理，反馈编号{dice.Between(1000, 9999)}",
                },
                _ => draft.Data,
            };
        }
    }

    private void ForgeCases()
    {
        var contacts = dice.Shuffled(drafts.Where(d => d.Data is CitizenContacted));
        var called = dice.Shuffled(drafts.Where(d => d.Data is CaseFollowedUp));
        var used = 0;
        foreach (var draft in contacts.Take(CountOf(shares, "F12", contacts.Count)))
        {
            used++;
            draft.Data = new CitizenContacted(dice.Chance(500) ? null : new Recording(dice.Digest(), (int)dice.Between(1, 9)));
            Tell("F12", draft.Subject, "a call without a recording worth the name", draft);
        }

        foreach (var draft in called.Take(CountOf(shares, "F12", called.Count)).Where(_ => used < contacts.Count))
        {
            var other = contacts[used++];
            if (other.Subject != draft.Subject)
            {
                draft.Data = (CaseFollowedUp)draft.Data with { Recording = ((CitizenContacted)other.Data).Recording };
                truth.Add(("F12", Certainty.Certain, draft.Subject, [draft, other], "the recording of another case"));
            }
        }

        foreach (var draft in contacts.Skip(used).Take(CountOf(shares, "F17", contacts.Count)))
        {
            draft.Actor = draft.At > contacts.Min(c => c.At) + Duration.FromDays(62) && dice.Chance(500) ? LeftEarly : "seat-77";
            Tell("F17", draft.Subject, "somebody who was not on the roster", draft);
        }

        var received = drafts.Where(d => d.Data is CaseReceived).ToDictionary(d => d.Subject, d => d.At);
        var dispatched = dice.Shuffled(drafts.Where(d => d.Data is CaseDispatched));
        foreach (var draft in dispatched.Take(CountOf(shares, "F11", dispatched.Count)))
        {
            draft.At = received[draft.Subject] - Duration.FromSeconds(dice.Between(60, 3600));
            Tell("F11", draft.Subject, "dispatched before it was received", draft);
        }

        var replies = dice.Shuffled(drafts.Where(d => d.Data is CaseReplied));
        var (left, taken) = (CountOf(shares, "F13", replies.Count), 0);
        for (var n = 0; n < FixedNotes.Length && left > 0; n++)
        {
            var size = n == FixedNotes.Length - 1 ? Math.Max(3, left) : Math.Max(3, left / 3);
            var group = replies.Skip(taken).Take(size).ToList();
            (taken, left) = (taken + size, left - size);
            group.ForEach(d =>
                d.Data = (CaseReplied)d.Data with { Note = dice.Of("", "，", "  ") + FixedNotes[n] + dice.Of("。", "！", "") }
            );
            if (group.Count >= 3)
            {
                Tell("F13", group[0].Subject, "one text for several cases", group);
            }
        }
    }

    private void RoundMinutes()
    {
        foreach (var seat in dice.Shuffled(SeatNames().Except(rushers)).Take(CountOf(shares, "F15", Seats)))
        {
            var calls = drafts.Where(d => d.Actor == seat && d.Data is (CitizenContacted or CaseFollowedUp)).ToList();
            foreach (var draft in calls)
            {
                var minutes = ChinaTime.Show(draft.At).Minute % 5;
                var delay = draft.RecordedAt - draft.At;
                draft.At += Duration.FromMinutes(minutes == 0 ? 0 : 5 - minutes);
                draft.RecordedAt = draft.At + delay;
            }

            if (calls.Count > 0)
            {
                Tell("F15", $"actor/{seat}", "minutes made up", calls);
            }
        }
    }

    private void EnterInBatches()
    {
        var days = dice.Shuffled(
            drafts
                .Where(d => d.Actor.StartsWith("seat-", StringComparison.Ordinal))
                .GroupBy(d => (d.Actor, Day: ChinaTime.DateOf(d.At)))
                .OrderBy(g => g.Key.Day)
                .ThenBy(g => g.Key.Actor, StringComparer.Ordinal)
                .Select(g => (g.Key, Events: g.OrderBy(d => d.At).ToList()))
                .Where(g => g.Events.Count >= 10 && g.Events[^1].At - g.Events[0].At > Duration.FromMinutes(125))
        );
        foreach (var ((actor, day), events) in days.Take(CountOf(shares, "F10", days.Count)))
        {
            var entered = ChinaTime.EndOf(day) - Duration.FromSeconds(60);
            events.ForEach(d => d.RecordedAt = Instant.Max(d.At, entered + Duration.FromSeconds(dice.Between(0, 50))));
            Tell("F10", $"actor/{actor}", $"the day's records entered at once on {day:uuuu-MM-dd}", events);
        }
    }

    private void TellOfRushers()
    {
        foreach (var seat in rushers)
        {
            var reopened = drafts.Where(d => d.Data is CaseReopened).Select(d => d.Subject).ToHashSet();
            var closings = drafts.Where(d => d.Actor == seat && d.Data is CaseClosed && reopened.Contains(d.Subject)).ToList();
            if (closings.Count > 0)
            {
                Tell("F16", $"actor/{seat}", "cases closed just before the limit, whatever their state", closings);
            }
        }
    }
}
