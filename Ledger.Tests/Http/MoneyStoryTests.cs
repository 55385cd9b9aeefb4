using Ledger.Domain.Errors;
using Ledger.Domain.Events;
using Ledger.Tests.Support;
using static Ledger.Tests.Http.MoneySteps;

namespace Ledger.Tests.Http;

/// <summary>
/// The money of each contract over HTTP, from its registration to its settlement: by the people who may, and past every refusal on the way.
/// </summary>
public sealed class MoneyStoryTests
{
    [Fact]
    public async Task A_vendor_disputes_a_deduction_another_officer_reduces_it_finance_pays_the_rest_and_the_audit_concludes()
    {
        await using var office = await Office.OpenAsync("gaomidian-2025", "2025-10-28T02:00:00Z");
        office.Clock.Now = History.At("2026-10-28T09:00:00+08:00");
        await office.TellAsync(
            office.Fact("case/GMD-1", "2025-11-03T09:00:00+08:00", new CaseReceived(Platform.City, Channel.Phone, Urgency.Routine)),
            office.Fact(
                "case/GMD-1",
                "2025-11-20T09:00:00+08:00",
                new CaseScored(new NodaTime.YearMonth(2025, 11), 0, true, false, Satisfaction.Dissatisfied)
            )
        );
        await office.DoAsync(
            "officer-01",
            "claims/L/loss",
            new
            {
                clause = "4.4",
                amount = "8000.00",
                reason = "设备损坏",
            }
        );
        var deduction = await ProposedAsync(office, "2026-10-28", "4.4:L");
        await DisputedAsync(office, deduction, "8000.00", "3000.00");
        await RestAsync(office);
        await PaidAsync(office, 4);

        await office.RefusedAsync("officer-01", "settlement/audit", null, ErrorCode.NotPermitted);
        await office.RefusedAsync("auditor-01", "settlement/conclusion", null, ErrorCode.Refused);
        await office.DoAsync("auditor-01", "settlement/audit");
        await office.RefusedAsync("auditor-01", "settlement/adjustments", new { adjustment = "A" }, ErrorCode.Invalid);
        await office.DoAsync("auditor-01", "settlement/conclusion");
        await SettledAsync(office);
    }

    [Fact]
    public async Task A_score_sheet_gates_the_payment_and_an_audit_that_nobody_may_waive_concludes()
    {
        await using var office = await Office.OpenAsync("anding-2023", "2023-12-26T02:00:00Z");
        office.Clock.Now = History.At("2024-12-26T09:00:00+08:00");
        await office.DoAsync(
            "officer-01",
            "claims/L/loss",
            new
            {
                clause = "4.4",
                amount = "6000.00",
                reason = "x",
            }
        );
        var deduction = await ProposedAsync(office, "2024-12-26", "4.4:L");
        await DisputedAsync(office, deduction, "6000.00", "5999.99");
        await RestAsync(office);
        await PaidAsync(office, 4);
        await office.RefusedAsync("officer-01", "settlement/waiver", new { reason = "x" }, ErrorCode.Refused);
        await office.RefusedAsync("officer-01", "settlement/agreement", null, ErrorCode.Refused);
        await office.DoAsync("auditor-01", "settlement/audit");
        await office.DoAsync("auditor-01", "settlement/conclusion");
        await SettledAsync(office);
    }

    [Fact]
    public async Task Deliverables_stand_before_the_last_instalment_and_what_was_paid_too_much_comes_back()
    {
        await using var office = await Office.OpenAsync("jiuxianqiao-2025", "2025-04-03T02:00:00Z");
        office.Clock.Now = History.At("2025-05-01T09:00:00+08:00");
        await PaidAsync(office, 1);
        office.Clock.Now = History.At("2026-04-03T09:00:00+08:00");
        await office.DoAsync(
            "officer-01",
            "claims/L/loss",
            new
            {
                clause = "4.4",
                amount = "600000.00",
                reason = "x",
            }
        );
        var deduction = await ProposedAsync(office, "2026-04-03", "4.4:L");
        await DisputedAsync(office, deduction, "600000.00", "590000.00");
        await RestAsync(office);
        await PaidAsync(office, 2);
        var owed = (await office.ReadAsync("finance-01", "settlement")).GetProperty("balance").GetString()!;
        Assert.StartsWith("-", owed, StringComparison.Ordinal);
        await office.RefusedAsync("finance-01", "settlement/refund", new { amount = "1359812.01", on = Date(office) }, ErrorCode.Refused);
        await office.DoAsync("finance-01", "settlement/refund", new { amount = owed[1..], on = Date(office) });
        await office.DoAsync("auditor-01", "settlement/audit");
        await office.DoAsync("auditor-01", "settlement/conclusion");
        await SettledAsync(office);
    }

    [Fact]
    public async Task An_invoice_of_the_wrong_kind_opens_no_gate_and_both_sides_agree_on_the_settlement()
    {
        await using var office = await Office.OpenAsync("yangfangdian-2026", "2026-03-06T02:00:00Z");
        office.Clock.Now = History.At("2027-03-06T09:00:00+08:00");
        await office.DoAsync(
            "officer-01",
            "claims/L/loss",
            new
            {
                clause = "4.2",
                amount = "9000.00",
                reason = "x",
            }
        );
        var deduction = await ProposedAsync(office, "2027-03-06", "4.2:L");
        await DisputedAsync(office, deduction, "9000.00", "0.01");
        await RestAsync(office);
        await IssuedAsync(office, 1);
        var net = (await office.ReadAsync("finance-01", "statements/1")).GetProperty("netPayable").GetString()!;
        await office.DoAsync("finance-01", "periods/1/invoice", Invoice("999", net, "vat_general", "3", Date(office)));
        await office.RefusedAsync("finance-01", "periods/1/pay", new { amount = net, on = Date(office) }, ErrorCode.Refused);
        await office.DoAsync("finance-01", "periods/1/invoice-rejection", new { number = "999", reason = "kind" });
        await PayAsync(office, 1);
        await PaidAsync(office, 3);
        await office.RefusedAsync("auditor-01", "settlement/audit", null, ErrorCode.Refused);
        await office.DoAsync("officer-01", "settlement/agreement");
        await SettledAsync(office);
    }

    [Fact]
    public async Task A_breach_that_is_open_blocks_the_instalment_until_it_is_decided()
    {
        await using var office = await Office.OpenAsync("yongdinglu-2026", "2026-05-01T02:00:00Z");
        office.Clock.Now = History.At("2027-05-01T09:00:00+08:00");
        await office.RefusedAsync(
            "officer-01",
            "assessed-deductions/A",
            new
            {
                clause = "annex.2.1",
                amount = "2000.01",
                reason = "x",
            },
            ErrorCode.Refused
        );
        await office.DoAsync(
            "officer-01",
            "claims/L/loss",
            new
            {
                clause = "8.1",
                amount = "7000.00",
                reason = "x",
            }
        );
        var deduction = await ProposedAsync(office, "2027-05-01", "8.1:L");
        await IssuedAsync(office, 3);
        var net = (await office.ReadAsync("finance-01", "statements/3")).GetProperty("netPayable").GetString()!;
        await office.DoAsync("finance-01", "periods/3/invoice", Invoice("3", net, "vat_special", "6", Date(office)));
        var blocked = await office.RefusedAsync("finance-01", "periods/3/pay", new { amount = net, on = Date(office) }, ErrorCode.Refused);
        Assert.Contains("no_open_breach", blocked, StringComparison.Ordinal);
        await office.DoAsync("finance-01", "periods/3/invoice-rejection", new { number = "3", reason = "issued too early" });
        await DisputedAsync(office, deduction, "7000.00", "100.00");
        await RestAsync(office);
        await PaidAsync(office, 3);
        await office.DoAsync("officer-01", "settlement/agreement");
        await SettledAsync(office);
    }
}
