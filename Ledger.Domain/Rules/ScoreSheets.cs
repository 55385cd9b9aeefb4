using Ledger.Domain.Events;
using Ledger.Domain.Findings;
using Ledger.Domain.Json;
using Ledger.Domain.Money;
using Ledger.Domain.Terms;
using Ledger.Domain.Vocabulary;

namespace Ledger.Domain.Rules;

/// <summary>What a part of a point costs (reading and-2.2-points).</summary>
public enum PointCharge
{
    /// <summary>In proportion.</summary>
    Proportional,

    /// <summary>Only whole points: floor(threshold − average).</summary>
    WholePoints,
}

/// <summary>From what a penalty is taken (reading and-2.2-penalty).</summary>
public enum PenaltyFrom
{
    /// <summary>From its own sheet, which does not fall below 0.</summary>
    Sheet,

    /// <summary>From the quarter's average of the item sums.</summary>
    Average,
}

/// <summary>One item of the score sheet with the only scores that it offers.</summary>
public sealed record SheetItem(string Item, IReadOnlyList<int> Scores);

/// <summary>
/// Score sheets of 100 points (anding 2.2 and annex 2). The quarter's average over the latest version of each sheet is
/// rounded half up to two places; each point below the threshold costs a fixed sum. Evaluated once the quarter's last day
/// is over and a sheet exists. Id <c>{clause}:quarter-{q}</c>, attributed to the quarter's last day.
/// </summary>
[Discriminator("score_sheets")]
public sealed record ScoreSheets(
    IReadOnlyList<SheetItem> Items,
    int PenaltyPoints,
    int Threshold,
    Cny PerPoint,
    PointCharge Points,
    PenaltyFrom Penalty
) : Rule
{
    /// <inheritdoc/>
    public override IEnumerable<Found> Find(RuleInput input, Clause clause)
    {
        var quarters = input.Account.Schedule;
        foreach (var quarter in input.Facts.Of<ScoreSheetSubmitted>().GroupBy(s => s.Data.Quarter))
        {
            var period = quarters.FirstOrDefault(p => p.Number == quarter.Key);
            if (period is null || input.AsOfDate <= period.To)
            {
                continue;
            }

            var sheets = quarter.GroupBy(s => s.Data.Sheet).Select(s => s.Last()).ToList();
            var below = (Threshold * 100L) - AverageInHundredths([.. sheets.Select(s => s.Data)]);
            if (Points == PointCharge.WholePoints)
            {
                below = below / 100 * 100;
            }

            if (below > 0)
            {
                yield return new Found(
                    $"{clause.Number}:quarter-{quarter.Key}",
                    clause.Number,
                    Applied(input.Terms, clause, "points", "penalty"),
                    PerPoint.MulDiv(below, 100),
                    period.To,
                    [.. sheets.Select(s => s.Id)]
                );
            }
        }
    }

    /// <inheritdoc/>
    public override IEnumerable<Finding> Findings(RuleInput input, Clause clause)
    {
        var named = input
            .Facts.Of<ScoreSheetSubmitted>()
            .GroupBy(s => (s.Data.Quarter, s.Data.Sheet))
            .SelectMany(s =>
                s.Last().Data.Penalties.Where(p => p.Kind == PenaltyKind.ZeroScoreCase).Select(p => (s.Key.Quarter, Case: p.Case ?? ""))
            )
            .ToHashSet();
        return from c in input.Facts.Cases
            where c.Excluded is null && c.Voided is null
            from scoring in c.Scorings
            where scoring.Data is CaseScored { Score: 0 }
            let quarter = input.Account.PeriodOf(scoring.OccurredOn)
            where !named.Contains((quarter, c.Subject)) && !named.Contains((quarter, c.Subject["case/".Length..]))
            select Finding.Of(
                FindingKind.Contradiction,
                "zero_score_not_on_sheet",
                c.Subject,
                scoring.OccurredAt,
                [scoring.Id],
                ("clause", clause.Number),
                ("quarter", $"{quarter}")
            ) with
            {
                Key = scoring.Id,
            };
    }

    /// <summary>
    /// Why a sheet is refused: an item missing, unknown, or with a score that it does not offer; a quarter not of the term.
    /// </summary>
    public IEnumerable<Fault> Refusals(ScoreSheetSubmitted sheet, int quarters)
    {
        if (sheet.Quarter < 1 || sheet.Quarter > quarters)
        {
            yield return new Fault(".quarter", $"expected a quarter from 1 to {quarters}, got {sheet.Quarter}");
        }

        foreach (var item in Items)
        {
            if (!sheet.Items.TryGetValue(item.Item, out var score))
            {
                yield return new Fault(".items." + item.Item, $"missing; expected one of {string.Join(", ", item.Scores)}");
            }
            else if (!item.Scores.Contains(score))
            {
                yield return new Fault(".items." + item.Item, $"the sheet offers {string.Join(", ", item.Scores)}, got {score}");
            }
        }

        foreach (var unknown in sheet.Items.Keys.Where(k => Items.All(i => i.Item != k)))
        {
            yield return new Fault(".items." + unknown, $"unknown item; expected {string.Join(", ", Items.Select(i => i.Item))}");
        }
    }

    /// <inheritdoc/>
    public override IEnumerable<Fault> Faults(ContractTerms terms)
    {
        var full = Items.Sum(i => i.Scores.DefaultIfEmpty(0).Max());
        if (full != 100)
        {
            yield return new Fault(".items", $"expected items that sum to 100 points, got {full}");
        }

        if (PenaltyPoints < 0 || Threshold is < 0 or > 100 || !PerPoint.IsPositive)
        {
            yield return new Fault(
                ".threshold",
                "expected penalty points of 0 or more, a threshold from 0 to 100 and an amount above 0.00"
            );
        }
    }

    private long AverageInHundredths(IReadOnlyList<ScoreSheetSubmitted> sheets)
    {
        long Items100(ScoreSheetSubmitted sheet) => sheet.Items.Values.Sum() * 100L;
        var points =
            Penalty == PenaltyFrom.Sheet
                ? sheets.Sum(s => Math.Max(0, Items100(s) - (s.Penalties.Count * PenaltyPoints * 100L)))
                : sheets.Sum(Items100);
        var average = ((points * 2) + sheets.Count) / (sheets.Count * 2L);
        return Penalty == PenaltyFrom.Sheet ? average : Math.Max(0, average - (sheets.Sum(s => s.Penalties.Count) * PenaltyPoints * 100L));
    }
}
