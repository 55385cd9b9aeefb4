using Ledger.Domain.Time;
using Ledger.Tests.Support;
using NodaTime;

namespace Ledger.Tests.Time;

public sealed class CalendarTests
{
    private static readonly WorkingDays Calendar = WorkingDays.Shipped;

    [Theory]
    [InlineData("2026-02-14", true, "a Saturday made up for the Spring Festival")]
    [InlineData("2026-02-16", false, "a Monday of the Spring Festival")]
    [InlineData("2026-06-19", false, "Dragon Boat Friday")]
    [InlineData("2026-10-10", true, "a Saturday made up for the National Day")]
    [InlineData("2026-11-21", false, "a plain Saturday")]
    [InlineData("2026-11-23", true, "a plain Monday")]
    public void Announced_holidays_and_make_up_days_overrule_the_week(string date, bool works, string why) =>
        Assert.True(works == Calendar.IsWorkingDay(History.Date(date)), why);

    [Theory]
    [InlineData("2026-03-06", 15, "2026-03-27")]
    [InlineData("2026-04-21", 10, "2026-05-08")]
    [InlineData("2026-11-06", 15, "2026-11-27")]
    [InlineData("2026-06-08", 15, "2026-06-30")]
    [InlineData("2026-02-13", 1, "2026-02-14")]
    [InlineData("2026-05-01", 0, "2026-05-01")]
    public void The_day_itself_is_day_zero_and_each_working_day_after_it_counts(string day, int n, string expected)
    {
        var due = Calendar.After(History.Date(day), n);
        Assert.Equal(History.Date(expected), due.On);
        Assert.False(due.Provisional);
    }

    [Theory]
    [InlineData("2026-12-31", 1, true)]
    [InlineData("2026-12-30", 1, false)]
    [InlineData("2022-12-30", 1, true)]
    public void A_deadline_that_reaches_into_a_year_not_announced_is_provisional(string day, int n, bool provisional) =>
        Assert.Equal(provisional, Calendar.After(History.Date(day), n).Provisional);

    [Theory]
    [InlineData("2026-09-10", 20, "2026-09-30")]
    [InlineData("2026-09-11", 20, "2026-10-08")]
    [InlineData("2026-09-13", 20, "2026-10-08")]
    public void A_period_that_ends_on_a_rest_day_ends_on_the_next_working_day(string start, int days, string last) =>
        Assert.Equal(History.Date(last), CivilCode.LastDay(History.Date(start), days, Calendar).On);

    [Theory]
    [InlineData("2025-10-28", 1, "2025-10-28", "2025-11-27")]
    [InlineData("2025-10-28", 4, "2026-01-28", "2026-02-27")]
    [InlineData("2024-01-31", 1, "2024-01-31", "2024-02-29")]
    [InlineData("2024-01-31", 2, "2024-03-01", "2024-03-30")]
    [InlineData("2023-01-31", 1, "2023-01-31", "2023-02-28")]
    [InlineData("2023-01-30", 1, "2023-01-30", "2023-02-28")]
    [InlineData("2023-01-29", 1, "2023-01-29", "2023-02-28")]
    [InlineData("2023-01-28", 1, "2023-01-28", "2023-02-27")]
    [InlineData("2024-02-29", 12, "2025-01-29", "2025-02-28")]
    [InlineData("2023-03-31", 1, "2023-03-31", "2023-04-30")]
    public void A_service_month_runs_to_the_corresponding_day_less_one_or_to_the_months_end_where_there_is_none(
        string start,
        int k,
        string from,
        string to
    ) => Assert.Equal((History.Date(from), History.Date(to)), ServiceMonths.Month(History.Date(start), k));

    [Fact]
    public void Service_months_follow_each_other_without_hole_or_overlap_from_any_start_day()
    {
        for (var day = 1; day <= 31; day++)
        {
            var start = new LocalDate(2023, 12, day);
            for (var k = 1; k < 36; k++)
            {
                Assert.Equal(ServiceMonths.Month(start, k).To.PlusDays(1), ServiceMonths.Month(start, k + 1).From);
            }
        }
    }

    [Fact]
    public void The_end_of_a_day_in_China_is_its_last_microsecond()
    {
        Assert.Equal(History.At("2026-01-27T15:59:59.999999Z"), ChinaTime.EndOf(new LocalDate(2026, 1, 27)));
        Assert.Equal(new LocalDate(2026, 1, 28), ChinaTime.DateOf(History.At("2026-01-27T16:00:00Z")));
    }

    [Fact]
    public void A_calendar_file_that_lacks_a_part_is_refused()
    {
        Assert.Throws<FormatException>(() => WorkingDays.Parse("""{"holidays":[]}"""u8));
        Assert.Throws<FormatException>(() =>
            WorkingDays.Parse("""{"publishedYears":[2026],"holidays":["2026-13-01"],"makeUpWorkingDays":[]}"""u8)
        );
    }
}
