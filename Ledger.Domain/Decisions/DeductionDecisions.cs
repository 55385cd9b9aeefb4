using Ledger.Domain.Contracts;
using Ledger.Domain.Events;
using Ledger.Domain.Json;
using Ledger.Domain.Money;
using Ledger.Domain.Rules;
using Ledger.Domain.Terms;
using Ledger.Domain.Time;

namespace Ledger.Domain.Decisions;

/// <summary>Decisions about one deduction; stream <c>{contract}/deduction/{id}</c>.</summary>
internal static class DeductionDecisions
{
    public static Decided Decide(ContractAccount account, NewEvent e, DeductionEvent data)
    {
        var id = e.Subject["deduction/".Length..];
        if (!account.Deductions.TryGetValue(id, out var deduction))
        {
            return Decided.Refused("$.subject", $"no deduction \"{id}\" was ever proposed");
        }

        if (data is RemediationAccepted)
        {
            return Remedy(account, e, deduction);
        }

        var refusal = data switch
        {
            DeductionConfirmed => Wants(deduction, DeductionStatus.Proposed) ?? SecondPerson(account, deduction, e.Actor),
            DeductionWaived => Wants(deduction, DeductionStatus.Proposed),
            DeductionDisputed => account.Settlement.Concluded
                ? new Fault("$.subject", "the contract is settled: nothing can be disputed any more")
                : Wants(deduction, DeductionStatus.Confirmed),
            DisputeDecided decided => Wants(deduction, DeductionStatus.Disputed) ?? Undecidable(decided, deduction, e.Actor),
            _ => throw new System.Diagnostics.UnreachableException($"no decision is made of {e.Type.Alias}"),
        };
        return refusal is not null ? new Decided([refusal], []) : new Decided([], Adjusted(account, e, deduction, data));
    }

    private static Fault? Wants(Deduction deduction, DeductionStatus status) =>
        deduction.Status == status
            ? null
            : new Fault(
                "$.subject",
                $"{deduction.Id} is {Words<DeductionStatus>.Of(deduction.Status)}, expected {Words<DeductionStatus>.Of(status)}"
            );

    /// <summary>A record is not found false and charged for by one person.</summary>
    private static Fault? SecondPerson(ContractAccount account, Deduction deduction, string actor) =>
        deduction.Evidence.Any(id => account.Falsified?.GetValueOrDefault(id) == actor)
            ? new Fault("$.actor", $"{actor} concluded the spot check that it rests on: somebody else confirms the deduction")
            : null;

    private static Fault? Undecidable(DisputeDecided decided, Deduction deduction, string actor) =>
        actor == deduction.ConfirmedBy ? new Fault("$.actor", $"{actor} confirmed the deduction: somebody else decides its dispute")
        : decided.Amount >= deduction.Amount
            ? new Fault("$.data.amount", $"expected an amount below {deduction.Amount}, got {decided.Amount}")
        : null;

    private static Decided Remedy(ContractAccount account, NewEvent e, Deduction deduction)
    {
        var rule = account.Terms.RulesOf<OfficerAssessment>(deduction.Clause).FirstOrDefault();
        var periods = account.Terms.Rules<AssessmentPeriods>().Select(r => r.Rule).FirstOrDefault();
        if (rule is not { Improvement: true } || periods is null)
        {
            return Decided.Refused("$.subject", $"clause {deduction.Clause} gives no improvement period");
        }

        if (deduction.Status is not (DeductionStatus.Proposed or DeductionStatus.Confirmed or DeductionStatus.Disputed))
        {
            return new Decided(
                [
                    new Fault(
                        "$.subject",
                        $"{deduction.Id} is {Words<DeductionStatus>.Of(deduction.Status)}, expected proposed, confirmed or disputed"
                    ),
                ],
                []
            );
        }

        var all = periods.Of(account.Terms.From, account.Terms.To);
        var last = all[Math.Min(periods.NumberOf(deduction.AttributedOn, account.Terms.From, account.Terms.To), all.Count - 1)].To;
        if (ChinaTime.DateOf(e.OccurredAt) > last)
        {
            return Decided.Refused("$.time", $"the improvement period ended on {last:uuuu-MM-dd}");
        }

        var remedied = new DeductionRemedied(e.Id);
        return new Decided([], [DerivedFrom(e, "remedied", remedied), .. Adjusted(account, e, deduction, remedied)]);
    }

    /// <summary>
    /// The change of the effective amount, posted to the first open period, where the deduction stands on an issued statement.
    /// </summary>
    private static IReadOnlyList<NewEvent> Adjusted(ContractAccount account, NewEvent e, Deduction deduction, DeductionEvent data)
    {
        if (
            deduction.Period is not { } period
            || account.Periods[period].Issued is not { } issued
            || deduction.ProposedAt > issued.Position
        )
        {
            return [];
        }

        var after = deduction.Evolve((e with { Data = data }).AsRecorded()).Effective;
        var change = after - deduction.Effective;
        return change == Cny.Zero ? [] : [DerivedFrom(e, "adjustment", new AdjustmentPosted(-change, period, account.FirstOpen(period)))];
    }

    private static NewEvent DerivedFrom(NewEvent e, string suffix, EventData data) =>
        new(
            e.Contract,
            e.Subject,
            LedgerSource.IdOf(e.Contract, $"{e.Id}:{suffix}"),
            LedgerSource.Name,
            e.OccurredAt,
            LedgerSource.Name,
            data,
            CausationId: e.Id
        );
}
