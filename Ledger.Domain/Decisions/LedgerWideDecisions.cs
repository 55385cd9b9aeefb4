using Ledger.Domain.Events;
using Ledger.Domain.Time;

namespace Ledger.Domain.Decisions;

/// <summary>Decisions that concern the whole ledger; contract <c>_ledger</c>.</summary>
public static class LedgerWideDecisions
{
    /// <summary>True for what is decided here.</summary>
    public static bool Concern(NewEvent e) => e.Contract == LedgerSource.Contract || e.Data is LedgerWideEvent;

    /// <summary>Checks one event against the calendar in force.</summary>
    public static Decided Check(WorkingDays inForce, NewEvent e) =>
        e.Data switch
        {
            _ when e.Type.Class == EventClass.Derived => Decider.OfTheLedgerAlone(e),
            not LedgerWideEvent => Decided.Refused("$.contract", $"{e.Type.Alias} belongs to a contract, not to the whole ledger"),
            _ when e.Contract != LedgerSource.Contract => Decided.Refused(
                "$.contract",
                $"{e.Type.Alias} concerns the whole ledger: expected \"{LedgerSource.Contract}\""
            ),
            CalendarPublished calendar => Publish(inForce, calendar),
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    private static Decided Publish(WorkingDays inForce, CalendarPublished calendar)
    {
        var missing = inForce.PublishedYears.Except(calendar.PublishedYears).ToList();
        return Decided.Unless(
            (
                missing.Count > 0,
                "$.data.publishedYears",
                $"lacks {string.Join(", ", missing)}, which the calendar in force announces: publish all years together"
            )
        );
    }
}
