using System.Globalization;
using Ledger.Domain.Money;
using Ledger.Domain.Time;
using NodaTime;
using NodaTime.Text;

namespace Ledger.Api.Pages.Language;

/// <summary>Figures, dates and places in the log as every page writes them; times are China's.</summary>
public static class Shown
{
    private static readonly LocalDatePattern DayPattern = LocalDatePattern.Iso;
    private static readonly LocalDateTimePattern TimePattern = LocalDateTimePattern.CreateWithInvariantCulture("uuuu-MM-dd HH:mm");

    /// <summary>An amount in yuan with two places, grouped; below zero with a minus sign (U+2212).</summary>
    public static string Yuan(Cny amount) => amount.IsNegative ? "−" + (-amount).ToDisplay() : amount.ToDisplay();

    /// <summary>An amount with the sign of a change; none for zero.</summary>
    public static string Change(Cny amount) => amount.IsPositive ? "+" + amount.ToDisplay() : Yuan(amount);

    /// <summary>A count or a position, grouped.</summary>
    public static string Count(long count) => count.ToString("#,##0", CultureInfo.InvariantCulture);

    /// <summary>A date.</summary>
    public static string Day(LocalDate date) => DayPattern.Format(date);

    /// <summary>The date of a moment in China.</summary>
    public static string Day(Instant at) => Day(ChinaTime.DateOf(at));

    /// <summary>A moment to the minute, in China.</summary>
    public static string Time(Instant at) => TimePattern.Format(ChinaTime.Show(at));

    /// <summary>A share of a length as SVG takes it.</summary>
    public static string Percent(decimal percent) => percent.ToString("0.###", CultureInfo.InvariantCulture) + "%";
}
