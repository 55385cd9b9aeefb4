using Ledger.Domain.Events;
using Ledger.Domain.Facts;
using Ledger.Domain.Terms;
using Ledger.Domain.Time;
using NodaTime;

namespace Ledger.Domain.Simulation;

/// <summary>
/// A made-up term of service: hotline cases with their whole course, daily patrol rounds, ratings, complaints and spot
/// checks, with a few violations of each kind. The same for the same contract, seed and number of cases. Events stand in
/// order of time and end fourteen days after the term: what would come later has not happened yet.
/// </summary>
public sealed class ServiceYear
{
    private const int DaysAfterTerm = 14;

    private static readonly string[] Units = ["unit-urban-management", "unit-housing", "unit-environment", "unit-safety", "unit-civil-affairs", "unit-justice"];
    private static readonly string[] Categories = ["噪音扰民", "物业管理", "停车秩序", "垃圾清运", "市政设施", "供暖"];

    private readonly ContractTerms terms;
    private readonly Dice dice;
    private readonly string source;
    private readonly List<(Instant At, string Subject, string Actor, EventData Data)> events = [];
    private readonly List<(string Subject, Instant ClosedAt)> closed = [];

    private ServiceYear(ContractTerms terms, ulong seed)
    {
        this.terms = terms;
        dice = new Dice(seed);
        source = $"simulation/{terms.Id}/{seed}";
    }

    /// <summary>The last moment of a simulated year.</summary>
    public static Instant EndOf(ContractTerms terms) => ChinaTime.EndOf(terms.To.PlusDays(DaysAfterTerm));

    /// <summary>The year's events in order.</summary>
    public static IReadOnlyList<NewEvent> Of(ContractTerms terms, ulong seed, int casesPerMonth)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(casesPerMonth);
        var year = new ServiceYear(terms, seed);
        var months = ServiceMonths.Of(terms.From, terms.To);
        for (var month = 1; month <= months; month++)
        {
            var (from, last) = ServiceMonths.Month(terms.From, month);
            year.AddCases(from, LocalDate.Min(last, terms.To), month, casesPerMonth);
            year.AddRating(last, month);
        }

        year.AddPatrols();
        year.AddComplaints(months);
        year.AddSpotChecks(months);
        return year.Numbered();
    }

    private List<NewEvent> Numbered()
    {
        var end = EndOf(terms);
        var order = events.Select((e, i) => (e, i)).Where(x => x.e.At <= end).OrderBy(x => x.e.At).ThenBy(x => x.i).Select(x => x.e);
        return [.. order.Select((e, i) => new NewEvent(terms.Id, e.Subject, $"sim-{i + 1:0000000}", source, e.At, e.Actor, e.Data))];
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
        Add(received, subject, "platform", new CaseReceived(
            dice.Of(Platform.City, Platform.District), dice.Of(Channel.Network, Channel.Phone), urgent ? Urgency.Urgent : Urgency.Routine,
            urgent ? limit : null, Category: dice.Of(Categories), Grid: $"grid-{dice.Between(1, 20):00}"));
        Add(After(received, 30, 180), subject, seat, new CaseSigned());

        var late = dice.Chance(4);
        var dispatched = After(received, late ? (limit * 60) + 1 : 181, late ? (limit * 60) + 3600 : limit * 60);
        if (dice.Chance(20))
        {
            Add(dispatched, subject, seat, new CaseReturned("不属于本街道"));
            return;
        }

        Add(dispatched, subject, seat, new CaseDispatched(unit));
        var contacted = !dice.Chance(3);
        if (contacted)
        {
            Add(After(dispatched, 300, 7200), subject, seat, new CitizenContacted(NewRecording()));
        }

        var closedAt = After(dispatched, 4 * 3600, 6 * 86_400);
        Urge(subject, seat, unit, received, closedAt);

        Add(closedAt - Duration.FromMinutes(dice.Between(20, 200)), subject, unit, new CaseReplied(unit, dice.Chance(30) ? 4 : 5));
        Add(closedAt, subject, seat, new CaseClosed());
        closed.Add((subject, closedAt));

        var satisfaction = dice.Chance(780) ? Satisfaction.Satisfied : dice.Chance(600) ? Satisfaction.MostlySatisfied : Satisfaction.Dissatisfied;
        var resolved = satisfaction != Satisfaction.Dissatisfied || dice.Chance(200);
        if (!dice.Chance(3))
        {
            var result = (FollowUpResult)(int)satisfaction;
            Add(After(closedAt, 3600, 5 * 86_400), subject, seat, new CaseFollowedUp(result, Contacted: true, resolved, NewRecording()));
        }

        AddScoring(subject, closedAt, contacted, resolved, satisfaction);
    }

    /// <summary>Most open cases are urged in time at two hours and a day; a few are forgotten.</summary>
    private void Urge(string subject, string seat, string unit, Instant received, Instant closedAt)
    {
        foreach (var (stage, hours) in new[] { (UrgeStage.TwoHours, 2), (UrgeStage.OneDay, 24) })
        {
            var limit = received + Duration.FromHours(hours);
            if (closedAt > limit && !dice.Chance(3))
            {
                Add(limit - Duration.FromMinutes(dice.Between(1, 20)), subject, seat, new CaseUrged(stage, unit));
            }
        }
    }

    private void AddScoring(string subject, Instant closedAt, bool responded, bool resolved, Satisfaction satisfaction)
    {
        var cycle = ChinaTime.DateOf(closedAt).ToYearMonth();
        var scored = ChinaTime.At(cycle.OnDayOfMonth(1).PlusMonths(1).PlusDays(1), new LocalTime(10, 0)) + Duration.FromSeconds(dice.Between(0, 3600));
        var zero = !resolved && dice.Chance(40);
        Add(scored, subject, "city", new CaseScored(cycle, zero ? 0 : resolved ? dice.Between(80, 100) : dice.Between(40, 70), responded, resolved, satisfaction));
        if (zero && dice.Chance(300))
        {
            Add(After(scored, 86_400, 2 * 86_400), subject, "principal-case-office", new ExclusionRequested(dice.Of(Enum.GetValues<ExclusionGround>())));
            Add(After(scored, 3 * 86_400, 5 * 86_400), subject, "city", new ExclusionDecided(dice.Chance(600)));
        }
    }

    private void AddRating(LocalDate last, int month)
    {
        var cycle = last.ToYearMonth();
        var tier = month is 5 or 9 ? Tier.NeedsImprovement : dice.Of(Tier.Excellent, Tier.Good, Tier.Good);
        Add(ChinaTime.At(cycle.OnDayOfMonth(1).PlusMonths(1).PlusDays(4), new LocalTime(9, 0)), $"rating/{MonthlyRatingPublished.CycleText(cycle)}", "city", new MonthlyRatingPublished(cycle, tier));
    }

    private void AddPatrols()
    {
        for (var day = terms.From; day <= terms.To; day = day.PlusDays(1))
        {
            var start = ChinaTime.At(day, new LocalTime(8, 30)) + Duration.FromMinutes(dice.Between(0, 60));
            var patroller = $"patroller-{dice.Between(1, 8):00}";
            var fixes = Enumerable.Range(0, 6).Select(i => new Fix(
                start + Duration.FromMinutes(i * 20), 39.75m + (dice.Between(0, 20_000) / 1_000_000m), 116.33m + (dice.Between(0, 20_000) / 1_000_000m), 8));
            Add(start + Duration.FromMinutes(110), $"patrol/{day:uuuu-MM-dd}", patroller, new PatrolRoundRecorded(
                patroller, $"grid-{dice.Between(1, 20):00}", start, start + Duration.FromMinutes(105), [.. fixes]));
        }
    }

    private void AddComplaints(int months)
    {
        for (var n = 1; n <= months; n++)
        {
            var at = Moment(terms.From.PlusMonths(n - 1).PlusDays((int)dice.Between(0, 27)));
            Add(at, $"complaint/{n}", "principal-supervision", new ComplaintReceived(dice.Of("attitude", "absence", "handover"), Upheld: dice.Chance(500)));
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

            var sampled = Enumerable.Range(0, Math.Min(20, pool.Count))
                .Select(_ => pool[(int)dice.Between(0, pool.Count - 1)].Subject)
                .Distinct()
                .Select(s => new SampledRecord(s, dice.Chance(25) ? Verdict.Falsified : Verdict.Genuine));
            Add(at, $"spotcheck/{n}", "principal-supervision", new SpotCheckConcluded([.. sampled]));
        }
    }

    private Recording NewRecording()
    {
        var digest = string.Concat(Enumerable.Range(0, 4).Select(_ => dice.Between(0, long.MaxValue - 1).ToString("x16")));
        return new Recording(digest, (int)dice.Between(20, 400));
    }

    private void Add(Instant at, string subject, string actor, EventData data) => events.Add((at, subject, actor, data));

    private Instant After(Instant at, long fromSeconds, long toSeconds) => at + Duration.FromSeconds(dice.Between(fromSeconds, toSeconds));

    /// <summary>A moment of a day with the rhythm of a hotline: most calls by day, some by night.</summary>
    private Instant Moment(LocalDate day) => ChinaTime.StartOf(day)
        + Duration.FromSeconds(dice.Chance(850) ? dice.Between(8 * 3600, (20 * 3600) - 1) : dice.Between(0, 86_399));
}
