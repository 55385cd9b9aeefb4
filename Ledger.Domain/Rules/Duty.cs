using System.Text.Json.Serialization;
using Ledger.Domain.Contracts;
using Ledger.Domain.Events;
using Ledger.Domain.Json;
using Ledger.Domain.Money;
using Ledger.Domain.Time;
using Ledger.Domain.Vocabulary;
using NodaTime;

namespace Ledger.Domain.Rules;

/// <summary>A duty that a clause sets, without money of its own.</summary>
/// <param name="Id">Deterministic: <c>{clause}[-suffix]:{key}</c>.</param>
/// <param name="Clause">The clause.</param>
/// <param name="Kind">What is to be done.</param>
/// <param name="ArisenOn">The date on which it arose.</param>
/// <param name="DueBy">The last day on which it is met in time; null where no day is set, or its notice is not on record.</param>
/// <param name="DueProvisional">Whether that day reaches into a year whose holidays are not announced.</param>
/// <param name="MetOn">The date on which it was met.</param>
/// <param name="State">How far it has come at the latest assessment, or at the moment of a list of findings.</param>
/// <param name="Evidence">The ids of the events that it rests on.</param>
/// <param name="Amount">The money to be paid, where it is a payment.</param>
/// <param name="Period">The payment period on whose statement it stands.</param>
public sealed record Duty(
    string Id,
    string Clause,
    [property: JsonPropertyName("duty")] DutyKind Kind,
    LocalDate ArisenOn,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] LocalDate? DueBy,
    bool DueProvisional,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] LocalDate? MetOn,
    DutyState State,
    IReadOnlyList<string> Evidence,
    Cny? Amount = null,
    [property: JsonIgnore] int Period = 0
)
{
    /// <summary>A duty of an account: its place and its state at the latest assessment.</summary>
    public static Duty Of(
        ContractAccount account,
        string id,
        string clause,
        DutyKind kind,
        LocalDate arisenOn,
        DueDate? due,
        LocalDate? metOn,
        IReadOnlyList<string> evidence,
        Cny? amount = null
    ) =>
        new Duty(
            id,
            clause,
            kind,
            arisenOn,
            due?.On,
            due?.Provisional ?? false,
            metOn,
            DutyState.Open,
            evidence,
            amount,
            account.PeriodOf(arisenOn)
        ).At(account.Today);

    /// <summary>A duty that the latest assessment found unmet in the facts.</summary>
    public static Duty Of(ContractAccount account, FoundDuty found) =>
        Of(account, found.Id, found.Clause, found.Duty, found.ArisenOn, new DueDate(found.DueBy, false), null, found.Evidence);

    /// <summary>The duty on a day: overdue from the day after its last.</summary>
    public Duty At(LocalDate? day) =>
        this with
        {
            State =
                MetOn is not null ? DutyState.Met
                : day > DueBy ? DutyState.Overdue
                : DutyState.Open,
        };

    /// <summary>In words, for people.</summary>
    public string Describe() =>
        $"{Words<DutyKind>.Of(Kind)}{(Amount is { } amount ? $" {amount.ToDisplay()}" : "")}, arisen "
        + $"{ArisenOn:uuuu-MM-dd}{(DueBy is { } due ? $", due by {due:uuuu-MM-dd}{(DueProvisional ? " (provisional)" : "")}" : "")}";
}
