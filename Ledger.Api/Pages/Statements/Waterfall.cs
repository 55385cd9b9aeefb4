using Ledger.Api.Pages.Language;
using Ledger.Domain.Contracts;
using Ledger.Domain.Money;
using Ledger.Domain.Statements;
using Ledger.Domain.Terms;

namespace Ledger.Api.Pages.Statements;

/// <summary>A row of the way from gross to net: its figure, and its bar as shares of the row's width in percent.</summary>
/// <param name="Kind">The classes of the bar: gross, minus, plus, net, maybe.</param>
/// <param name="Label">What it is.</param>
/// <param name="Notes">What it is made of.</param>
/// <param name="Clause">The clause whose deductions it sums; null for others.</param>
/// <param name="Amount">The figure; below zero where it takes something.</param>
/// <param name="Left">Where the bar begins.</param>
/// <param name="Width">How long it is.</param>
/// <param name="JoinsAbove">Where a line comes from the row above; null for none.</param>
/// <param name="JoinsBelow">Where one goes on to the row below; null for none.</param>
public sealed record WaterfallRow(
    string Kind,
    string Label,
    IReadOnlyList<string> Notes,
    string? Clause,
    Cny Amount,
    decimal Left,
    decimal Width,
    decimal? JoinsAbove,
    decimal? JoinsBelow
)
{
    /// <summary>Whether its bar begins at the axis, which does not begin at zero: it is drawn cut.</summary>
    public bool IsTotal => Kind.StartsWith("gross", StringComparison.Ordinal) || Kind.StartsWith("net", StringComparison.Ordinal);
}

/// <summary>
/// The way from a period's gross to its net payable, clause by clause, and on to what it would be if everything proposed were confirmed.
/// The axis begins where the deductions, which are small beside the fee, can be seen.
/// </summary>
public sealed class Waterfall
{
    private const long AxisStep = 1_000_000; // 10,000 yuan.
    private const long NarrowestSpan = 2_000_000;

    private readonly List<WaterfallRow> rows = [];
    private readonly Cny end;

    private Waterfall(Cny start, Cny end) => (Start, this.end) = (start, end);

    /// <summary>Where the axis begins.</summary>
    public Cny Start { get; }

    /// <summary>The rows, from the top.</summary>
    public IReadOnlyList<WaterfallRow> Rows => rows;

    /// <summary>Of a statement.</summary>
    public static Waterfall Of(Tongue t, PeriodStatement statement, ContractTerms terms)
    {
        var top = Cny.Max(statement.Gross, statement.Gross + statement.Totals.Adjustments);
        var least = Cny.Min(statement.Exposure, statement.NetPayable);
        var span = Math.Max((top - least).Fen, NarrowestSpan);
        var start = Math.Max(0, (least.Fen - (span * 45 / 100)) / AxisStep * AxisStep);
        var fall = new Waterfall(Cny.OfFen(start), top.Fen > start ? top : Cny.OfFen(start + AxisStep));

        fall.Total(
            "gross",
            t["合同价", "Gross"],
            [.. statement.Fees.Select(f => $"{StatementWords.OfFee(t, f.Line)} {Shown.Yuan(f.Amount)}")],
            statement.Gross
        );
        var running = statement.Gross;
        foreach (var adjustment in statement.Adjustments)
        {
            running = fall.Step(
                adjustment.Amount.IsNegative ? "minus" : "plus",
                t[$"调整：{adjustment.Deduction}", $"Adjustment: {adjustment.Deduction}"],
                [t[$"属第 {adjustment.PostedFor} 期", $"for period {adjustment.PostedFor}"]],
                null,
                running,
                adjustment.Amount
            );
        }

        running = fall.Clauses(t, terms, statement.Deductions.Where(d => d.Effective.IsPositive), d => d.Effective, "minus", running);
        fall.Total(
            "net",
            t["应付", "Net payable"],
            statement.Shortfall.IsPositive
                ? [t[$"不足抵扣 {Shown.Yuan(statement.Shortfall)}", $"shortfall {Shown.Yuan(statement.Shortfall)}"]]
                : [],
            statement.NetPayable
        );
        if (statement.Totals.Proposed.IsPositive)
        {
            _ = fall.Clauses(
                t,
                terms,
                statement.Deductions.Where(d => d.Status == DeductionStatus.Proposed),
                d => d.Amount,
                "maybe",
                running
            );
            fall.Total("net maybe", t["若待确认的全部确认", "If everything proposed were confirmed"], [], statement.Exposure);
        }

        return fall;
    }

    private Cny Clauses(
        Tongue t,
        ContractTerms terms,
        IEnumerable<StatementDeduction> deductions,
        Func<StatementDeduction, Cny> amount,
        string kind,
        Cny running
    )
    {
        foreach (var clause in deductions.GroupBy(d => d.Clause).OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            var title = terms.Clauses.FirstOrDefault(c => c.Number == clause.Key);
            var count = clause.Count();
            running = Step(
                kind,
                $"{clause.Key} {t[title?.TitleZh ?? "", title?.Title ?? ""]}",
                [
                    kind == "maybe"
                        ? t[$"待确认 {count} 项", $"{count} proposed"]
                        : t[$"{count} 项", count == 1 ? "1 item" : $"{count} items"],
                ],
                clause.Key,
                running,
                -clause.Sum(amount)
            );
        }

        return running;
    }

    private void Total(string kind, string label, IReadOnlyList<string> notes, Cny amount) =>
        rows.Add(new WaterfallRow(kind, label, notes, null, amount, 0, At(amount), rows.Count == 0 ? null : At(amount), At(amount)));

    private Cny Step(string kind, string label, IReadOnlyList<string> notes, string? clause, Cny from, Cny by)
    {
        var (a, b) = (At(from), At(from + by));
        rows.Add(new WaterfallRow(kind, label, notes, clause, by, Math.Min(a, b), Math.Abs(a - b), a, b));
        return from + by;
    }

    private decimal At(Cny amount) => Math.Clamp(100m * (amount - Start).Fen / (end - Start).Fen, 0, 100);
}
