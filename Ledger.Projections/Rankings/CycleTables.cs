using Ledger.Domain.Events;
using Ledger.Domain.Rates;
using Ledger.Projections.Store;
using NodaTime;
using NodaTime.Text;
using Weasel.Core;
using Weasel.Postgresql.Tables;

namespace Ledger.Projections.Rankings;

/// <summary>
/// The tables of <see cref="CycleProjection"/>: what each case adds to the rates and rankings of cycles, so that sums are made by the
/// database; and in which months an event of a case may count, so that a past moment is folded from the cases of its cycle alone.
/// </summary>
public static class CycleTables
{
    /// <summary>A case scored in a cycle, and for what it counts (<see cref="CaseScore"/>).</summary>
    public const string Scores = $"{LedgerStore.Schema}.case_scores";

    /// <summary>A limit of a case whose clock a seat stopped (<see cref="SeatClock"/>).</summary>
    public const string Clocks = $"{LedgerStore.Schema}.case_clocks";

    /// <summary>The months of a case (<see cref="CaseFigures.MonthsOf"/>); it loses none.</summary>
    public const string Months = $"{LedgerStore.Schema}.case_months";

    /// <summary>Where the terms changed last under which a contract's figures were made (0: as it was registered).</summary>
    public const string Terms = $"{LedgerStore.Schema}.case_terms";

    /// <summary>A month as the tables write it.</summary>
    internal static string Text(YearMonth month) => MonthlyRatingPublished.CycleText(month);

    /// <summary>A month as it is read from them.</summary>
    internal static YearMonth Month(string text) => YearMonthPattern.Iso.Parse(text).Value;

    /// <summary>The objects.</summary>
    internal static IEnumerable<ISchemaObject> Objects()
    {
        var scores = new Table(Scores);
        scores.AddColumn("tenant_id", "text").AsPrimaryKey();
        scores.AddColumn("stream_id", "text").AsPrimaryKey();
        scores.AddColumn("cycle", "text").AsPrimaryKey().AddIndex();
        scores.AddColumn("unit", "text");
        scores.AddColumn("counted", "boolean").NotNull();
        scores.AddColumn("responded", "boolean").NotNull();
        scores.AddColumn("resolved", "boolean").NotNull();
        scores.AddColumn("satisfaction", "integer").NotNull();
        yield return scores;

        var clocks = new Table(Clocks);
        clocks.AddColumn("tenant_id", "text").AsPrimaryKey();
        clocks.AddColumn("stream_id", "text").AsPrimaryKey();
        clocks.AddColumn("number", "integer").AsPrimaryKey();
        clocks.AddColumn("began", "date").NotNull().AddIndex();
        clocks.AddColumn("seat", "text").NotNull();
        clocks.AddColumn("kept", "boolean").NotNull();
        yield return clocks;

        var months = new Table(Months);
        months.AddColumn("month", "text").AsPrimaryKey();
        months.AddColumn("tenant_id", "text").AsPrimaryKey();
        months.AddColumn("stream_id", "text").AsPrimaryKey();
        yield return months;

        var terms = new Table(Terms);
        terms.AddColumn("tenant_id", "text").AsPrimaryKey();
        terms.AddColumn("position", "bigint").NotNull();
        yield return terms;
    }
}
