using System.Text.Json;
using Ledger.Domain.Errors;
using Ledger.Domain.Events;

namespace Ledger.Tests.Http;

/// <summary>The steps of the money's stories, each with the refusals that stand before it.</summary>
internal static class MoneySteps
{
    /// <summary>An assessment proposes a deduction; whoever may not is told so.</summary>
    public static async Task<string> ProposedAsync(Office office, string asOf, string deduction)
    {
        await office.RefusedAsync("vendor-01", "assessments", new { asOf }, ErrorCode.NotPermitted);
        await office.RefusedAsync("finance-01", "assessments", new { asOf = "soon" }, ErrorCode.BadRequest);
        await office.RefusedAsync("finance-01", "/api/contracts/nowhere-2025/assessments", new { asOf }, ErrorCode.ContractUnknown);
        await office.AnswerAsync("finance-01", HttpMethod.Post, $"/api/contracts/{office.Contract}/assessments", new { asOf }, 200);
        var proposed = await office.ReadAsync("vendor-01", "deductions");
        Assert.Contains(proposed.EnumerateArray(), d => d.GetProperty("id").GetString() == deduction);
        return Uri.EscapeDataString(deduction);
    }

    /// <summary>Confirmed, disputed and reduced, with whom that is not for, and when it does not follow.</summary>
    public static async Task DisputedAsync(Office office, string deduction, string amount, string reduced)
    {
        var path = $"deductions/{deduction}";
        await office.RefusedAsync("finance-01", $"{path}/confirm", null, ErrorCode.NotPermitted);
        await office.RefusedAsync("officer-01", "deductions/4.4%3Anobody/confirm", null, ErrorCode.Refused);
        await office.RefusedAsync("vendor-01", $"{path}/dispute", new { grounds = "x" }, ErrorCode.Refused);
        await office.RefusedAsync("officer-01", $"{path}/confirm", null, ErrorCode.VersionConflict, r => r.Headers.IfMatch = "\"1\"");
        var wouldBe = await office.AnswerAsync(
            "officer-01",
            HttpMethod.Post,
            $"/api/contracts/{office.Contract}/{path}/confirm?dryRun=true",
            null,
            200
        );
        Assert.NotEmpty(wouldBe.GetProperty("changes").EnumerateArray());
        var confirmed = await office.DoAsync("officer-01", $"{path}/confirm");
        var recorded = await office.ReadAsync("auditor-01", $"/api/events/{confirmed.GetProperty("position").GetInt64()}");
        Assert.Equal(
            ("deduction_confirmed", "officer-01"),
            (recorded.GetProperty("type").GetString(), recorded.GetProperty("actor").GetString())
        );

        await office.RefusedAsync("officer-02", $"{path}/confirm", null, ErrorCode.Refused);
        await office.RefusedAsync("officer-02", $"{path}/dispute", new { grounds = "x" }, ErrorCode.NotPermitted);
        await office.RefusedAsync("vendor-01", $"{path}/dispute", new { reason = "x" }, ErrorCode.Invalid);
        await office.DoAsync("vendor-01", $"{path}/dispute", new { grounds = "附通话录音" });
        var half = new
        {
            outcome = "reduced",
            amount = reduced,
            reason = "复核",
        };
        await office.RefusedAsync("officer-01", $"{path}/decide", half, ErrorCode.NotPermitted);
        await office.RefusedAsync("officer-02", $"{path}/decide", half with { amount = amount }, ErrorCode.Refused);
        await office.RefusedAsync("officer-02", $"{path}/decide", new { outcome = "halved", reason = "x" }, ErrorCode.Invalid);
        await office.DoAsync("officer-02", $"{path}/decide", half);
        var traced = await office.ReadAsync("vendor-01", path);
        Assert.Contains(reduced, traced.GetRawText(), StringComparison.Ordinal);
    }

    /// <summary>Whatever else was proposed is confirmed.</summary>
    public static async Task RestAsync(Office office)
    {
        foreach (var d in (await office.ReadAsync("officer-01", "deductions")).EnumerateArray())
        {
            if (d.GetProperty("status").GetString() == "proposed")
            {
                await office.DoAsync("officer-01", $"deductions/{Uri.EscapeDataString(d.GetProperty("id").GetString()!)}/confirm");
            }
        }
    }

    /// <summary>Every period up to one is issued, invoiced and paid, where it is not yet.</summary>
    public static async Task PaidAsync(Office office, int last)
    {
        for (var period = 1; period <= last; period++)
        {
            var statement = await office.ReadAsync("finance-01", $"statements/{period}");
            if (statement.GetProperty("status").GetString() is "paid")
            {
                continue;
            }

            if (statement.GetProperty("status").GetString() is not ("issued" or "payable"))
            {
                await IssuedAsync(office, period);
            }

            await PayAsync(office, period);
        }
    }

    /// <summary>What the contract asks for before a statement is issued.</summary>
    public static async Task IssuedAsync(Office office, int period)
    {
        var gates = GatesOf(await office.ReadAsync("finance-01", $"statements/{period}"));
        await office.RefusedAsync("finance-01", $"periods/{period}/issue", null, ErrorCode.Refused);
        await office.RefusedAsync("officer-01", $"periods/{period}/issue", null, ErrorCode.NotPermitted);
        if (gates.Contains("report"))
        {
            await office.RefusedAsync("officer-01", $"periods/{period}/accept", null, ErrorCode.Refused);
            string[] documents = ["service_report", "workload_list", "assessment_materials"];
            await office.DoAsync("vendor-01", $"periods/{period}/report", new { documents });
        }

        if (gates.Contains("sheets"))
        {
            await SheetsAsync(office, period);
        }

        if (gates.Contains("deliverables"))
        {
            await DeliverablesAsync(office);
        }

        await office.DoAsync("officer-02", $"periods/{period}/accept");
        await office.DoAsync("finance-01", $"periods/{period}/issue");
        await office.RefusedAsync("finance-01", $"periods/{period}/issue", null, ErrorCode.Refused);
    }

    public static async Task SheetsAsync(Office office, int quarter)
    {
        string[] items =
        [
            "attendance",
            "workDiscipline",
            "caseDispatch",
            "caseUrging",
            "replyReview",
            "dataAnalysis",
            "recruitment",
            "replacement",
        ];
        int[] full = [10, 10, 15, 15, 15, 15, 10, 10];
        var scores = items.Zip(full).ToDictionary(s => s.First, s => s.Second);
        await office.RefusedAsync(
            "officer-01",
            $"evaluations/{quarter}",
            new
            {
                quarter,
                sheet = "s1",
                items = scores.ToDictionary(s => s.Key, _ => 7),
                penalties = Array.Empty<object>(),
            },
            ErrorCode.Refused
        );
        var sheet = new
        {
            quarter,
            sheet = "s1",
            items = scores,
            penalties = Array.Empty<object>(),
        };
        await office.DoAsync("officer-01", $"evaluations/{quarter}", sheet);
    }

    public static async Task DeliverablesAsync(Office office)
    {
        var terms = await office.ReadAsync("vendor-01", "");
        var items =
            from clause in terms.GetProperty("clauses").EnumerateArray()
            where clause.TryGetProperty("rules", out _)
            from rule in clause.GetProperty("rules").EnumerateArray()
            where rule.GetProperty("block").GetString() == "deliverables"
            from item in rule.GetProperty("items").EnumerateArray()
            from ordinal in Enumerable.Range(1, item.GetProperty("count").GetInt32())
            select (Item: item.GetProperty("item").GetString()!, Ordinal: ordinal);
        foreach (var (item, ordinal) in items.ToList())
        {
            var subject = $"deliverable/{item}";
            var accepted = new { item, ordinal };
            if (ordinal == 1)
            {
                await office.RefusedAsync("officer-01", $"deliverables/{item}/accept", accepted, ErrorCode.Refused);
            }

            var on = NodaTime.LocalDate.FromDateTime(new DateTime(2026, 4, 2));
            await office.TellAsync(office.Fact(subject, "2026-04-02T10:00:00+08:00", new DeliverableSubmitted(item, ordinal, on)));
            await office.DoAsync("officer-01", $"deliverables/{item}/accept", accepted);
        }
    }

    public static async Task PayAsync(Office office, int period)
    {
        var net = (await office.ReadAsync("finance-01", $"statements/{period}")).GetProperty("netPayable").GetString()!;
        if (net == "0.00")
        {
            return;
        }

        var payment = new { amount = net, on = Date(office) };
        await office.RefusedAsync("finance-01", $"periods/{period}/pay", payment, ErrorCode.Refused);
        var invoice = Invoice($"2470000{period}", net, "vat_special", "6", Date(office));
        await office.DoAsync("finance-01", $"periods/{period}/invoice", invoice);
        await office.RefusedAsync("finance-01", $"periods/{period}/invoice", invoice, ErrorCode.Refused);

        // Some contracts ask for it ten days before the payment.
        office.Clock.Now += NodaTime.Duration.FromDays(10);
        payment = payment with { on = Date(office) };
        await office.RefusedAsync("finance-01", $"periods/{period}/pay", payment with { amount = "99999999.00" }, ErrorCode.Refused);
        await office.RefusedAsync("officer-01", $"periods/{period}/pay", payment, ErrorCode.NotPermitted);
        var paid = await office.AnswerAsync(
            "finance-01",
            HttpMethod.Post,
            $"/api/contracts/{office.Contract}/periods/{period}/pay",
            payment,
            201,
            r => r.Headers["Idempotency-Key"] = $"pay-{period}"
        );

        // Whoever lost the answer asks again, and pays once.
        office.Clock.Now += NodaTime.Duration.FromMinutes(3);
        var again = await office.AnswerAsync(
            "finance-01",
            HttpMethod.Post,
            $"/api/contracts/{office.Contract}/periods/{period}/pay",
            payment,
            200,
            r => r.Headers["Idempotency-Key"] = $"pay-{period}"
        );
        Assert.Equal(paid.GetProperty("position").GetInt64(), again.GetProperty("position").GetInt64());
        await office.RefusedAsync(
            "finance-01",
            $"periods/{period}/pay",
            payment with
            {
                amount = "1.00",
            },
            ErrorCode.IdConflict,
            r => r.Headers["Idempotency-Key"] = $"pay-{period}"
        );
        Assert.Equal("paid", (await office.ReadAsync("vendor-01", $"statements/{period}")).GetProperty("status").GetString());
    }

    /// <summary>Nothing moves the final amount any more, and the ledger is what its events say.</summary>
    public static async Task SettledAsync(Office office)
    {
        var settlement = await office.ReadAsync("vendor-01", "settlement");
        Assert.Equal(("concluded", "0.00"), (settlement.GetProperty("state").GetString(), settlement.GetProperty("balance").GetString()));
        Assert.Empty(settlement.GetProperty("open").EnumerateArray());
        var late = new
        {
            adjustment = "B",
            amount = "1.00",
            reason = "x",
            evidence = Array.Empty<string>(),
        };
        await office.RefusedAsync("auditor-01", "settlement/adjustments", late, ErrorCode.Refused);
        Assert.True((await office.Ledger.VerifyAsync()).Ok);
    }

    public static object Invoice(string number, string amount, string kind, string rate, string on) =>
        new
        {
            number,
            amount,
            kind,
            taxRate = rate,
            issuedOn = on,
        };

    public static HashSet<string> GatesOf(JsonElement statement) =>
        [.. statement.GetProperty("gates").EnumerateArray().Select(g => g.GetProperty("gate").GetString()!)];

    public static string Date(Office office) => Ledger.Domain.Time.ChinaTime.DateOf(office.Clock.Now).ToString("uuuu-MM-dd", null);
}
