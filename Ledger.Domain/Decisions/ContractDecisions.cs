using Ledger.Domain.Contracts;
using Ledger.Domain.Events;
using Ledger.Domain.Rules;
using Ledger.Domain.Terms;

namespace Ledger.Domain.Decisions;

/// <summary>Decisions about the contract itself; stream <c>{contract}/contract</c>.</summary>
internal static class ContractDecisions
{
    /// <summary>The first event of a contract: its terms are whole, and its own.</summary>
    public static Decided Register(string contract, ContractRegistered registered) =>
        TermsReader.Read(registered, out var faults) is not { } terms ? new Decided(faults, [])
        : terms.Id != contract ? Decided.Refused("$.data.terms.id", $"expected \"{contract}\", the event's contract, got \"{terms.Id}\"")
        : Decided.Accepted;

    public static Decided Decide(ContractAccount account, ContractEvent data) =>
        data switch
        {
            ContractRegistered => Decided.Refused(
                "$.contract",
                $"{account.Terms.Id} is registered already, at position {account.RegisteredAt}; amend it instead"
            ),
            ReadingRecorded reading => Record(account, reading),
            ContractAmended amended => Amend(account, amended),
            ContractRenewed renewed => Renew(account, renewed),
            ContractTerminated terminated => Terminate(account, terminated),
            ScoringSchemeAdopted or HistoricalLoadDeclared => Decided.Accepted,
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    private static Decided Record(ContractAccount account, ReadingRecorded recorded)
    {
        var reading = account.Terms.Readings.FirstOrDefault(r => r.Id == recorded.Reading);
        return reading is null
            ? Decided.Refused(
                "$.data.reading",
                $"expected one of {string.Join(", ", account.Terms.Readings.Select(r => r.Id))}, got \"{recorded.Reading}\""
            )
            : Decided.Unless(
                (
                    reading.Clause != recorded.Clause,
                    "$.data.clause",
                    $"reading {reading.Id} is of clause {reading.Clause}, got \"{recorded.Clause}\""
                ),
                (
                    reading.Choices.All(c => c.Choice != recorded.Choice),
                    "$.data.choice",
                    $"expected one of {string.Join(", ", reading.Choices.Select(c => c.Choice))}, got \"{recorded.Choice}\""
                )
            );
    }

    private static Decided Amend(ContractAccount account, ContractAmended amended)
    {
        if (Over(account) is { } over)
        {
            return over;
        }

        var terms = Amendment.Apply(account.Terms, amended, out var faults);
        if (terms is null)
        {
            return new Decided(faults, []);
        }

        var moved = terms.From != account.Terms.From || terms.To != account.Terms.To || terms.Total != account.Terms.Total;
        var before = account.Schedule;
        var after = account.PeriodsUnder(terms);
        var locked = account.Periods.Values.LastOrDefault(p => p.Locked);
        var lastLocked = locked is null ? null : before[locked.Number - 1];
        var touched = account.Periods.Values.FirstOrDefault(p =>
            p.Locked && !Same(before[p.Number - 1], after.ElementAtOrDefault(p.Number - 1))
        );
        var cheaper = before.FirstOrDefault(p =>
            p.From < amended.EffectiveFrom && after.ElementAtOrDefault(p.Number - 1) is { } now && now.To >= p.To && now.Gross != p.Gross
        );
        return Decided.Unless(
            (
                lastLocked is not null && amended.EffectiveFrom <= lastLocked.To,
                "$.data.effectiveFrom",
                $"expected a date after {lastLocked?.To:uuuu-MM-dd}: the statement of period {lastLocked?.Number} is issued"
            ),
            (
                touched is not null,
                "$.data",
                $"touches period {touched?.Number}, whose statement is issued: its dates and its fee stay as they are"
            ),
            (
                cheaper is not null,
                "$.data.effectiveFrom",
                $"the fee of period {cheaper?.Number}, which began on {cheaper?.From:uuuu-MM-dd}, would change: expected its first "
                    + "day or a date before it, or the same fee"
            ),
            (
                account.Periods.Values.FirstOrDefault(p => p.Number > after.Count && !IsNew(p)) is not null,
                "$.data",
                $"leaves {after.Count} periods, but something is decided about a later one"
            ),
            (moved && !account.Renewals.IsEmpty, "$.data", "the contract is renewed: its first term and price stay as they are")
        );
    }

    private static Decided Renew(ContractAccount account, ContractRenewed renewed)
    {
        if (Over(account) is { } over)
        {
            return over;
        }

        var clause = account.Terms.Rules<RenewalTerms>().Select(r => r.Rule).FirstOrDefault();
        return clause is null
            ? Decided.Refused("$.type", $"{account.Terms.Id} has no clause on renewal")
            : new Decided([.. clause.Refusals(account, renewed)], []);
    }

    private static Decided Terminate(ContractAccount account, ContractTerminated terminated) =>
        Decided.Unless(
            (account.Termination is not null, "$.type", "the contract is terminated already"),
            (account.Settlement.Concluded, "$.type", "the contract is settled: its final amount no longer moves"),
            (
                account.Terms.Clauses.All(c => c.Number != terminated.Clause),
                "$.data.clause",
                $"expected a clause of {account.Terms.Id}, got \"{terminated.Clause}\""
            ),
            (
                terminated.On < account.Terms.From || terminated.On > account.LastDay,
                "$.data.on",
                $"expected a day of the term, {account.Terms.From:uuuu-MM-dd} to {account.LastDay:uuuu-MM-dd}"
            )
        );

    private static Decided? Over(ContractAccount account) =>
        account.Termination is { } ended ? Decided.Refused("$.type", $"the contract ended on {ended.On:uuuu-MM-dd}")
        : account.Settlement.Concluded ? Decided.Refused("$.type", "the contract is settled: its final amount no longer moves")
        : null;

    private static bool Same(PaymentPeriod a, PaymentPeriod? b) => a.From == b?.From && a.To == b.To && a.Fees.SequenceEqual(b.Fees);

    /// <summary>Whether nothing was decided about a period yet.</summary>
    private static bool IsNew(PeriodAccount p) =>
        p is { AcceptedOn: null, Documents.Count: 0, Invoices.Count: 0, Adjustments.Count: 0, WasSuspended: false } && !p.Paid.IsPositive;
}
