using Ledger.Domain.Events;
using Ledger.Domain.Findings;
using Ledger.Domain.Json;
using Ledger.Domain.Terms;
using Ledger.Domain.Time;
using Ledger.Domain.Vocabulary;
using NodaTime;
using NodaTime.Calendars;

namespace Ledger.Domain.Rules;

/// <summary>
/// Work reports of these kinds, each for every whole day, ISO week, calendar month, quarter or service year of the term that is over
/// (<c>for</c>: <c>2026-03-01</c>, <c>2026-W10</c>, <c>2026-03</c>, <c>2026-Q1</c>, <c>2026</c>). A missing one is a finding
/// <c>duty</c>, rule <c>report_{kind}</c>, subject <c>report/{kind}/{for}</c>, arisen when its time was over; it ends once the
/// report is recorded.
/// </summary>
[Discriminator("work_reports")]
public sealed record WorkReports(IReadOnlyList<ReportKind> Kinds) : Rule
{
    /// <inheritdoc/>
    public override IEnumerable<Finding> Findings(RuleInput input, Clause clause)
    {
        var submitted = input.Facts.Of<WorkReportSubmitted>().Select(r => (r.Data.Kind, r.Data.For)).ToHashSet();
        foreach (var kind in Kinds)
        {
            for (var from = input.Terms.From; from <= input.Account.ServedUntil; )
            {
                var (name, next) = Span(kind, from);
                var over = ChinaTime.EndOf(LocalDate.Min(next.PlusDays(-1), input.Account.ServedUntil));
                if (input.AsOf > over && !submitted.Contains((kind, name)))
                {
                    yield return Finding.Of(
                        FindingKind.Duty,
                        $"report_{Words<ReportKind>.Of(kind)}",
                        $"report/{Words<ReportKind>.Of(kind)}/{name}",
                        over,
                        [],
                        ("clause", clause.Number),
                        ("for", name)
                    );
                }

                from = next;
            }
        }
    }

    /// <inheritdoc/>
    public override IEnumerable<Fault> Faults(ContractTerms terms)
    {
        if (Kinds.Count == 0)
        {
            yield return new Fault(".kinds", "expected at least one kind of report");
        }
    }

    /// <summary>The name of the span of time in which a date lies, and the first day after it.</summary>
    private static (string Name, LocalDate Next) Span(ReportKind kind, LocalDate date) =>
        kind switch
        {
            ReportKind.Daily => (Iso(date), date.PlusDays(1)),
            ReportKind.Weekly => (
                $"{WeekYearRules.Iso.GetWeekYear(date):0000}-W{WeekYearRules.Iso.GetWeekOfWeekYear(date):00}",
                date.Next(IsoDayOfWeek.Monday)
            ),
            ReportKind.Monthly => (MonthlyRatingPublished.CycleText(date.ToYearMonth()), date.ToYearMonth().OnDayOfMonth(1).PlusMonths(1)),
            ReportKind.Quarterly => (
                $"{date.Year:0000}-Q{(date.Month + 2) / 3}",
                new LocalDate(date.Year, ((date.Month + 2) / 3 * 3) - 2, 1).PlusMonths(3)
            ),
            ReportKind.Yearly => ($"{date.Year:0000}", date.PlusYears(1)),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
}

/// <summary>
/// So many patrol rounds on each date of the term (gaomidian 2.3.2.1). Finding <c>time_limit</c>, rule <c>patrol_round</c>,
/// subject <c>patrol/{date}</c>, arisen at the date's end.
/// </summary>
[Discriminator("patrol_rounds")]
public sealed record PatrolRounds(int PerDay) : Rule
{
    /// <inheritdoc/>
    public override IEnumerable<Finding> Findings(RuleInput input, Clause clause)
    {
        var rounds = input.Facts.Of<PatrolRoundRecorded>().CountBy(r => ChinaTime.DateOf(r.Data.StartedAt)).ToDictionary();
        for (var day = input.Terms.From; day <= input.Account.ServedUntil && input.AsOf > ChinaTime.EndOf(day); day = day.PlusDays(1))
        {
            if (rounds.GetValueOrDefault(day) < PerDay)
            {
                yield return Finding.Of(
                    FindingKind.TimeLimit,
                    "patrol_round",
                    $"patrol/{Iso(day)}",
                    ChinaTime.EndOf(day),
                    [],
                    ("clause", clause.Number),
                    ("expected", $"{PerDay}"),
                    ("recorded", $"{rounds.GetValueOrDefault(day)}")
                );
            }
        }
    }

    /// <inheritdoc/>
    public override IEnumerable<Fault> Faults(ContractTerms terms) => AtLeastOne("perDay", PerDay);
}

/// <summary>
/// An issue is reported within so many minutes of being found (gaomidian 2.3.2.2). Finding <c>time_limit</c>, rule
/// <c>report</c>, subject the issue, arisen at the limit.
/// </summary>
[Discriminator("issue_reports")]
public sealed record IssueReports(int RoutineMinutes, int EmergencyMinutes) : Rule
{
    /// <inheritdoc/>
    public override IEnumerable<Finding> Findings(RuleInput input, Clause clause)
    {
        var reports = input.Facts.Of<IssueReported>().ToLookup(r => r.Event.Subject);
        foreach (var issue in input.Facts.Of<IssueFound>().DistinctBy(i => i.Event.Subject))
        {
            var minutes = issue.Data.Severity == Severity.Emergency ? EmergencyMinutes : RoutineMinutes;
            var limit = issue.At + Duration.FromMinutes(minutes);
            var reported = reports[issue.Event.Subject].FirstOrDefault();
            if ((reported?.At ?? input.AsOf) > limit)
            {
                yield return Finding.Of(
                    FindingKind.TimeLimit,
                    "report",
                    issue.Event.Subject,
                    limit,
                    reported is null ? [issue.Id] : [issue.Id, reported.Id],
                    ("clause", clause.Number),
                    ("limit", $"{minutes} min"),
                    ("from", Show(issue.At)),
                    ("stopped", reported is null ? "running" : Show(reported.At))
                ) with
                {
                    Key = issue.Id,
                    Actor = reported?.Event.Actor,
                };
            }
        }
    }

    /// <inheritdoc/>
    public override IEnumerable<Fault> Faults(ContractTerms terms) =>
        AtLeastOne("routineMinutes", Math.Min(RoutineMinutes, EmergencyMinutes));
}

/// <summary>
/// The issues reported are not fewer than the quota set for a span of dates (gaomidian 2.3.2.3): a later quota for the same
/// span replaces an earlier one. Finding <c>duty</c>, rule <c>patrol_quota</c>, subject <c>contract</c>, arisen at the span's end.
/// </summary>
[Discriminator("patrol_quota")]
public sealed record PatrolQuota : Rule
{
    /// <inheritdoc/>
    public override IEnumerable<Finding> Findings(RuleInput input, Clause clause)
    {
        foreach (var quota in input.Facts.Of<PatrolQuotaSet>().GroupBy(q => (q.Data.From, q.Data.To)).Select(g => g.Last()))
        {
            var end = ChinaTime.EndOf(quota.Data.To);
            var reported = input
                .Facts.Of<IssueReported>()
                .Where(r => r.On >= quota.Data.From && r.On <= quota.Data.To)
                .DistinctBy(r => r.Event.Subject)
                .Count();
            if (input.AsOf > end && reported < quota.Data.Count)
            {
                yield return Finding.Of(
                    FindingKind.Duty,
                    "patrol_quota",
                    "contract",
                    end,
                    [quota.Id],
                    ("clause", clause.Number),
                    ("expected", $"{quota.Data.Count}"),
                    ("reported", $"{reported}")
                ) with
                {
                    Key = quota.Id,
                };
            }
        }
    }
}

/// <summary>From what a vacancy is counted.</summary>
public enum VacancyFrom
{
    /// <summary>A departure.</summary>
    Departure,

    /// <summary>The principal's request to take somebody off.</summary>
    Request,
}

/// <summary>
/// A place is filled by a qualified person within so many days (Civil Code art. 203 moves the last) of a departure, or of a request
/// to take somebody off, which itself has so many days (anding annex 1). Finding <c>time_limit</c>, rule <c>staff</c>, subject the person's
/// stream, arisen at the end of the last day.
/// </summary>
[Discriminator("staff_vacancies")]
public sealed record StaffVacancies(VacancyFrom From, int WithinDays, int RemovalDays = 0) : Rule
{
    /// <inheritdoc/>
    public override IEnumerable<Finding> Findings(RuleInput input, Clause clause)
    {
        var starts =
            From == VacancyFrom.Departure
                ? input.Facts.Of<StaffDeparted>().Select(d => (d.Event, d.Data.Person))
                : input.Facts.Of<StaffReplacementRequested>().Select(r => (r.Event, r.Data.Person));
        foreach (var (start, person) in starts)
        {
            var last = CivilCode.LastDay(start.OccurredOn, RemovalDays + WithinDays, input.Account.Calendar).On;
            var filled = input
                .Facts.Of<StaffReplaced>()
                .FirstOrDefault(r => r.Data.Person == person && r.Data.Qualified && start.When.IsAfter(r.Event.When) != true);
            if ((filled?.On ?? input.AsOfDate) > last)
            {
                yield return Finding.Of(
                    FindingKind.TimeLimit,
                    "staff",
                    start.Subject,
                    ChinaTime.EndOf(last),
                    filled is null ? [start.Id] : [start.Id, filled.Id],
                    ("clause", clause.Number),
                    ("last", Iso(last)),
                    ("filled", filled is null ? "running" : Iso(filled.On))
                ) with
                {
                    Key = start.Id,
                };
            }
        }
    }

    /// <inheritdoc/>
    public override IEnumerable<Fault> Faults(ContractTerms terms) => AtLeastOne("withinDays", WithinDays);
}

/// <summary>
/// A quote for added service that is not answered within so many working days is accepted (anding, jiuxianqiao 9.2); without
/// days only an answer accepts it (gaomidian 9.2). Finding <c>right</c>, rule <c>quote_accepted</c>, subject the quote.
/// </summary>
[Discriminator("quote_answers")]
public sealed record QuoteAnswers(int? WorkingDays = null) : Rule
{
    /// <inheritdoc/>
    public override IEnumerable<Finding> Findings(RuleInput input, Clause clause)
    {
        var answers = input.Facts.Of<AddedServiceAnswered>().ToLookup(a => a.Event.Subject);
        foreach (var quote in input.Facts.Of<AddedServiceQuoted>())
        {
            var answer = answers[quote.Event.Subject].FirstOrDefault(a => a.At >= quote.At);
            var last = WorkingDays is { } days ? input.Account.Calendar.After(quote.Data.On, days).On : (LocalDate?)null;
            if (answer is not null && !(answer.On > last))
            {
                if (answer.Data.Accepted)
                {
                    yield return Accepted(clause, quote.Event, answer.At, $"answered on {Iso(answer.On)}", quote.Data, answer.Id);
                }
            }
            else if (last is { } over && input.AsOfDate > over)
            {
                yield return Accepted(clause, quote.Event, ChinaTime.EndOf(over), $"not answered by {Iso(over)}", quote.Data);
            }
        }
    }

    private static Finding Accepted(
        Clause clause,
        LedgerEvent quote,
        Instant at,
        string why,
        AddedServiceQuoted data,
        params ReadOnlySpan<string> answer
    ) =>
        Finding.Of(
            FindingKind.Right,
            "quote_accepted",
            quote.Subject,
            at,
            [quote.Id, .. answer],
            ("clause", clause.Number),
            ("amount", data.Amount.ToString()),
            ("quoted", Iso(data.On)),
            ("why", why)
        ) with
        {
            Key = quote.Id,
        };
}
