using System.Collections.Frozen;
using Ledger.Domain.Contracts;
using Ledger.Domain.Differences;
using Ledger.Domain.Json;
using Ledger.Domain.Money;
using Ledger.Domain.Statements;
using Ledger.Domain.Terms;
using Ledger.Domain.Vocabulary;

namespace Ledger.Api.Pages.Language;

/// <summary>What changed between two moments, in words.</summary>
public static class ChangeWords
{
    private static readonly FrozenDictionary<string, (string Chinese, string English)> Fields = new Dictionary<string, (string, string)>
    {
        ["from"] = ("首日", "first day"),
        ["to"] = ("末日", "last day"),
        ["total"] = ("合同价", "price"),
        ["terminatedOn"] = ("解除日期", "terminated on"),
        ["status"] = ("状态", "status"),
        ["state"] = ("状态", "state"),
        ["gross"] = ("合同价", "gross"),
        ["proposed"] = ("待确认", "proposed"),
        ["effective"] = ("生效", "in force"),
        ["disputed"] = ("异议中", "disputed"),
        ["adjustments"] = ("调整", "adjustments"),
        ["netPayable"] = ("应付", "net payable"),
        ["exposure"] = ("若全部确认", "if all were confirmed"),
        ["shortfall"] = ("不足抵扣", "shortfall"),
        ["paid"] = ("已付", "paid"),
        ["outstanding"] = ("未付", "outstanding"),
        ["dueOn"] = ("到期日", "due on"),
        ["amount"] = ("原额", "amount"),
        ["attributedOn"] = ("归属日期", "date"),
        ["period"] = ("周期", "period"),
        ["earned"] = ("应得", "earned"),
        ["final"] = ("终值", "final"),
        ["refunded"] = ("已退", "refunded"),
        ["balance"] = ("余额", "balance"),
    }.ToFrozenDictionary();

    /// <summary>The name of a value.</summary>
    public static string Of(Tongue t, string field) =>
        Fields.TryGetValue(field, out var words) ? t[words.Chinese, words.English]
        : field.StartsWith("gate ", StringComparison.Ordinal) && Words<GateKind>.TryParse(field[5..], out var gate)
            ? StatementWords.Of(t, gate)
        : field;

    /// <summary>The value of a change, before or after it.</summary>
    public static string Of(Tongue t, Change change, string? value) =>
        value is null ? "–"
        : value is "met" or "not met" ? t[value == "met" ? "已满足" : "未满足", value]
        : Cny.TryParse(value, out var amount) && value.Contains('.', StringComparison.Ordinal) ? Shown.Yuan(amount)
        : change.Subject.Split('/')[0] switch
        {
            "deduction" when Words<DeductionStatus>.TryParse(value, out var status) => StatementWords.Of(t, status).Word,
            "period" when Words<PeriodStatus>.TryParse(value, out var status) => status == PeriodStatus.Open
                ? t["未报告", "not reported"]
                : StatementWords.Of(t, status, default, default, default).Word,
            "right" when Words<RightState>.TryParse(value, out var state) => StatementWords.Of(t, state).Word,
            "duty" when Words<DutyState>.TryParse(value, out var state) => StatementWords.Of(t, state).Word,
            _ => value,
        };
}
