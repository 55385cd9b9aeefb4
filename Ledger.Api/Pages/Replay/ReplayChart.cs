using System.Globalization;
using System.Text;
using Ledger.Api.Pages.Language;
using Ledger.Domain.Differences;
using Ledger.Domain.Money;
using Ledger.Domain.Time;

namespace Ledger.Api.Pages.Replay;

/// <summary>
/// The history of a contract as lines over its steps: one unit of x a step, y in units of the picture's height. What is payable is drawn
/// from where it first differs, since deductions are small beside the fee.
/// </summary>
public sealed class ReplayChart
{
    /// <summary>The height of the lines' picture.</summary>
    public const int Height = 150;

    /// <summary>How much of the width the lines take, in percent; the rest is for the words of the axis.</summary>
    public const decimal Width = 86;

    private const long LeastSpan = 1_000_000; // 10,000 yuan.

    private readonly IReadOnlyList<HistoryStep> steps;
    private readonly long least;
    private readonly long most;

    /// <summary>Of some steps, oldest first.</summary>
    public ReplayChart(IReadOnlyList<HistoryStep> steps)
    {
        this.steps = steps;
        least = steps.Min(s => Exposure(s).Fen);
        most = Math.Max(steps.Max(s => s.NetPayable.Fen), least + LeastSpan);
    }

    /// <summary>What would be payable if everything proposed were confirmed.</summary>
    public static Cny Exposure(HistoryStep step) => step.NetPayable - step.Proposed;

    /// <summary>The line of what is payable.</summary>
    public string Payable => Line(s => Y(s.NetPayable.Fen));

    /// <summary>The line of what it would be if everything proposed were confirmed.</summary>
    public string Exposed => Line(s => Y(Exposure(s).Fen));

    /// <summary>The line of what was paid, from nothing at the bottom to all that is payable at the top.</summary>
    public string Paid => Line(s => Height - 8 - (int)((Height - 16) * Math.Max(0, s.Paid.Fen) / Math.Max(1, steps[^1].NetPayable.Fen)));

    /// <summary>The last x.</summary>
    public int Last => Math.Max(1, steps.Count - 1);

    /// <summary>Where a step (from 0) stands, in percent of the width.</summary>
    public decimal At(int step) => Width * step / Last;

    /// <summary>Amounts of the axis, each with its height.</summary>
    public IEnumerable<(Cny Amount, int Y)> Ticks
    {
        get
        {
            var step = new long[] { 1_000_000, 2_500_000, 5_000_000, 10_000_000, 25_000_000, 50_000_000, 100_000_000 }.First(s =>
                (most - least) / s < 6 || s == 100_000_000
            );
            for (var amount = ((least + step - 1) / step) * step; amount <= most; amount += step)
            {
                yield return (Cny.OfFen(amount), Y(amount));
            }
        }
    }

    /// <summary>The steps with which a month begins, each with its words; none where the one before is too near.</summary>
    public IEnumerable<(int Step, string Words)> Months(Tongue t)
    {
        var (last, room) = ("", -100m);
        for (var i = 0; i < steps.Count; i++)
        {
            var month = Shown.Day(ChinaTime.DateOf(steps[i].OccurredAt))[..7];
            if (string.CompareOrdinal(month, last) <= 0)
            {
                continue;
            }

            var isYear = last.Length == 0 || month[..4] != last[..4];
            last = month;
            if (At(i) - room < 6)
            {
                yield return (i, "");
                continue;
            }

            room = At(i);
            yield return (i, isYear ? month : t[month[5..].TrimStart('0') + " 月", month[5..]]);
        }
    }

    private int Y(long fen) => 8 + (int)((most - fen) * (Height - 16) / (most - least));

    private string Line(Func<HistoryStep, int> y)
    {
        var path = new StringBuilder();
        for (var i = 0; i < steps.Count; i++)
        {
            path.Append(
                i == 0
                    ? string.Create(CultureInfo.InvariantCulture, $"M0 {y(steps[i])}")
                    : string.Create(CultureInfo.InvariantCulture, $"H{i}V{y(steps[i])}")
            );
        }

        return path.ToString();
    }
}
