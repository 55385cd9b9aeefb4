using Ledger.Domain.Events;
using Ledger.Domain.Terms;
using Ledger.Domain.Time;
using NodaTime;

namespace Ledger.Domain.Simulation;

/// <summary>
/// A made-up term of service: hotline cases with their whole course, daily patrol rounds, ratings, complaints and spot
/// checks, with a few violations of each kind. The same for the same contract, seed and number of cases. Events stand in
/// order of time and end fourteen days after the term: what would come later has not happened yet. <see cref="City"/> makes
/// several of them at once, with patrols, issues and forgeries.
/// </summary>
public sealed class ServiceYear
{
    private const int DaysAfterTerm = 14;

    private static readonly string[] Units =
    [
        "unit-urban-management",
        "unit-housing",
        "unit-environment",
        "unit-safety",
        "unit-civil-affairs",
        "unit-justice",
    ];
    private static readonly int[] CallsByHour =
    [
        8,
        5,
        3,
        2,
        3,
        6,
        18,
        45,
        95,
        110,
        105,
        80,
        55,
        70,
        95,
        100,
        90,
        65,
        45,
        40,
        35,
        28,
        20,
        12,
    ];
    private static readonly string[] Categories = ["噪音扰民", "物业管理", "停车秩序", "垃圾清运", "市政设施", "供暖"];

    private readonly ContractTerms terms;
    private readonly Dice dice;
    private readonly ViolationRates rates;
    private readonly List<Draft> events = [];
    private readonly List<(string Subject, Instant ClosedAt)> closed = [];

    private ServiceYear(ContractTerms terms, Dice dice, ViolationRates rates) => (this.terms, this.dice, this.rates) = (terms, dice, rates);

    /// <summary>The last moment of a simulated year.</summary>
    public static Instant EndOf(ContractTerms terms) => ChinaTime.EndOf(terms.To.PlusDays(DaysAfterTerm));

    /// <summary>The year's events in order.</summary>
    public static IReadOnlyList<NewEvent> Of(ContractTerms terms, ulong seed, int casesPerMonth)
    {
        var year = new ServiceYear(terms, new Dice(seed), new ViolationRates());
        var months = year.AddMonths(casesPerMonth);
        year.AddPatrols();
        year.AddComplaints(months);
        year.AddSpotChecks(months);
        var (end, source) = (EndOf(terms), SourceOf(terms, seed));
        return [.. year.events.Where(e => e.At <= end).OrderBy(e => e.At).Select((e, i) => e.Numbered(terms.Id, i + 1, source))];
    }

    /// <summary>The drafts of the hotline's cases and ratings alone.</summary>
    internal static List<Draft> Hotline(ContractTerms terms, Dice dice, int casesPerMonth, ViolationRates rates)
    {
        var year = new ServiceYear(terms, dice, rates);
        year.AddComplaints(year.AddMonths(casesPerMonth));
        return year.events;
    }

    /// <summary>The source of everything simulated for a contract from a seed.</summary>
    internal static string SourceOf(ContractTerms terms, ulong seed) => $"simulation/{terms.Id}/{seed}";

    private int AddMonths(int casesPerMonth)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(casesPerMonth);
        var months = ServiceMonths.Of(terms.From, terms.To);
        for (var month = 1; month <= months; month++)
        {
            var (from, last) = ServiceMonths.Month(terms.From, month);
            AddCases(from, LocalDate.Min(last, terms.To), month, casesPerMonth);
            AddRating(last, month);
        }

        return months;
    }

    private void AddCases(LocalDate from, LocalDate to, int month, int count)
    {
        var days = Period.DaysBetween(from, to);
        for (var n = 1; n <= count; n++)
        {
            AddCase($"case/{month:00}-{n:00000}", Moment(from.PlusDays((int)dice.Between(0, days))));
        }
    }

    private void AddCase(string subject, Instant received)
    {
        var seat = $"seat-{dice.Between(1, 12):00}";
        var unit = dice.Of(Units);
        var urgent = dice.Chance(15);
        var limit = urgent ? (int)dice.Between(5, 15) : 30;
        Add(
            received,
            subject,
            "platform",
            new CaseReceived(
                dice.Of(Platform.City, Platform.District),
                dice.Of(Channel.Network, Channel.Phone),
                urgent ? Urgency.Urgent : Urgency.Routine,
                urgent ? limit : null,
                rates.CarriesDueTimes ? received + Duration.FromDays(7) : null,
                dice.Of(Categories),
                Grid: $"grid-{dice.Between(1, 20):00}"
            )
        );
        Add(After(received, 30, 180), subject, seat, new CaseSigned());

        var late = dice.Chance(rates.LateDispatch);
        var dispatched = After(received, late ? (limit * 60) + 1 : 181, late ? (limit * 60) + 3600 : limit * 60);
        if (dice.Chance(20))
        {
            Add(dispatched, subject, seat, new CaseReturned("不属于本街道"));
            return;
        }

        Add(dispatched, subject, seat, new CaseDispatched(unit));
        var contacted = !dice.Chance(rates.MissingContact);
        if (contacted)
        {
            Add(After(dispatched, 300, 7200), subject, seat, new CitizenContacted(NewRecording()));
        }

        var closedAt = After(dispatched, 4 * 3600, 6 * 86_400);
        var rushed = rates.LastMinuteOf(seat) is var share and > 0 && dice.Chance(share);
        if (rushed)
        {
            closedAt = received + Duration.FromMinutes(dice.Between(9_600, 10_075));
        }

        Urge(subject, seat, unit, received, closedAt);

        Add(closedAt - Duration.FromMinutes(dice.Between(20, 200)), subject, unit, new CaseReplied(unit, dice.Chance(30) ? 4 : 5));
        Add(closedAt, subject, seat, new CaseClosed());
        closed.Add((subject, closedAt));

        var satisfaction =
            dice.Chance(780) ? Satisfaction.Satisfied
            : dice.Chance(600) ? Satisfaction.MostlySatisfied
            : Satisfaction.Dissatisfied;
        var resolved = satisfaction != Satisfaction.Dissatisfied || dice.Chance(200);
        if (!dice.Chance(rates.MissedCallBack))
        {
            var result = (FollowUpResult)(int)satisfaction;
            Add(After(closedAt, 3600, 5 * 86_400), subject, seat, new CaseFollowedUp(result, Contacted: true, resolved, NewRecording()));
        }

        if (rushed && dice.Chance(rates.ReopenedOf(seat)))
        {
            Add(After(closedAt, 86_400, 6 * 86_400), subject, "platform", new CaseReopened("来电人反映问题未解决"));
        }

        AddScoring(subject, closedAt, contacted, resolved, satisfaction);
    }

    /// <summary>Most open cases are urged in time at two hours and a day; a few are forgotten.</summary>
    private void Urge(string subject, string seat, string unit, Instant received, Instant closedAt)
    {
        foreach (var (stage, hours) in new[] { (UrgeStage.TwoHours, 2), (UrgeStage.OneDay, 24) })
        {
            var limit = received + Duration.FromHours(hours);
            if (closedAt > limit && !dice.Chance(rates.MissedUrging))
            {
                Add(limit - Duration.FromMinutes(dice.Between(1, 20)), subject, seat, new CaseUrged(stage, unit));
            }
        }
    }

    private void AddScoring(string subject, Instant closedAt, bool responded, bool resolved, Satisfaction satisfaction)
    {
        var cycle = ChinaTime.DateOf(closedAt).ToYearMonth();
        var scored =
            ChinaTime.At(cycle.OnDayOfMonth(1).PlusMonths(1).PlusDays(1), new LocalTime(10, 0))
            + Duration.FromSeconds(dice.Between(0, 3600));
        var zero = !resolved && dice.Chance(rates.ZeroScore);
        Add(
            scored,
            subject,
            "city",
            new CaseScored(
                cycle,
                zero ? 0
                    : resolved ? dice.Between(80, 100)
                    : dice.Between(40, 70),
                responded,
                resolved,
                satisfaction
            )
        );
        if (zero && dice.Chance(300))
        {
            Add(
                After(scored, 86_400, 2 * 86_400),
                subject,
                "principal-case-office",
                new ExclusionRequested(dice.Of(Enum.GetValues<ExclusionGround>()))
            );
            Add(After(scored, 3 * 86_400, 5 * 86_400), subject, "city", new ExclusionDecided(dice.Chance(600)));
        }
    }

    private void AddRating(LocalDate last, int month)
    {
        var cycle = last.ToYearMonth();
        var tier = month is 5 or 9 ? Tier.NeedsImprovement : dice.Of(Tier.Excellent, Tier.Good, Tier.Good);
        Add(
            ChinaTime.At(cycle.OnDayOfMonth(1).PlusMonths(1).PlusDays(4), new LocalTime(9, 0)),
            $"rating/{MonthlyRatingPublished.CycleText(cycle)}",
            "city",
            new MonthlyRatingPublished(cycle, tier)
        );
    }

    private void AddPatrols()
    {
        for (var day = terms.From; day <= terms.To; day = day.PlusDays(1))
        {
            var start = ChinaTime.At(day, new LocalTime(8, 30)) + Duration.FromMinutes(dice.Between(0, 60));
            var patroller = $"patroller-{dice.Between(1, 8):00}";
            var fixes = Enumerable
                .Range(0, 6)
                .Select(i => new Fix(
                    start + Duration.FromMinutes(i * 20),
                    39.75m + (dice.Between(0, 20_000) / 1_000_000m),
                    116.33m + (dice.Between(0, 20_000) / 1_000_000m),
                    8
                ));
            Add(
                start + Duration.FromMinutes(110),
                $"patrol/{day:uuuu-MM-dd}",
                patroller,
                new PatrolRoundRecorded(patroller, $"grid-{dice.Between(1, 20):00}", start, start + Duration.FromMinutes(105), [.. fixes])
            );
        }
    }

    private void AddComplaints(int months)
    {
        for (var n = 1; n <= months; n++)
        {
            var at = Moment(terms.From.PlusMonths(n - 1).PlusDays((int)dice.Between(0, 27)));
            Add(
                at,
                $"complaint/{n}",
                "principal-supervision",
                new ComplaintReceived(dice.Of("attitude", "absence", "handover"), Upheld: dice.Chance(500))
            );
        }
    }

    private void AddSpotChecks(int months)
    {
        for (var n = 1; n <= months / 2; n++)
        {
            var at = ChinaTime.At(terms.From.PlusMonths(n * 2).PlusDays(-3), new LocalTime(15, 0));
            var pool = closed.Where(c => c.ClosedAt < at).ToList();
            if (pool.Count == 0)
            {
                continue;
            }

            var sampled = Enumerable
                .Range(0, Math.Min(20, pool.Count))
                .Select(_ => pool[(int)dice.Between(0, pool.Count - 1)].Subject)
                .Distinct()
                .Select(s => new SampledRecord(s, dice.Chance(25) ? Verdict.Falsified : Verdict.Genuine));
            Add(at, $"spotcheck/{n}", "principal-supervision", new SpotCheckConcluded([.. sampled]));
        }
    }

    private Recording NewRecording() => new(dice.Digest(), (int)dice.Between(20, 400));

    private void Add(Instant at, string subject, string actor, EventData data) => events.Add(new Draft(at, subject, actor, data));

    private Instant After(Instant at, long fromSeconds, long toSeconds) => at + Duration.FromSeconds(dice.Between(fromSeconds, toSeconds));

    /// <summary>A moment of a day with the rhythm of a hotline: peaks before and after noon, quieter evenings and weekends.</summary>
    private Instant Moment(LocalDate day)
    {
        // A weekend day gives half of its calls to the Monday after it, where that is a day of the term.
        var monday =
            day.DayOfWeek == IsoDayOfWeek.Saturday ? day.PlusDays(2)
            : day.DayOfWeek == IsoDayOfWeek.Sunday ? day.PlusDays(1)
            : day;
        var on = monday != day && monday <= terms.To && dice.Chance(500) ? monday : day;
        var left = dice.Between(1, CallsByHour.Sum());
        var hour = 0;
        while ((left -= CallsByHour[hour]) > 0)
        {
            hour++;
        }

        return ChinaTime.StartOf(on) + Duration.FromSeconds((hour * 3600) + dice.Between(0, 3599));
    }
}
