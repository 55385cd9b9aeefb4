using System.Net.Http.Headers;
using Generated;

// The money of a period, by a client that was generated from the OpenAPI document: the service's address, then a token each for recorder,
// vendor, two officers and finance.
const string Contract = "gaomidian-2025";
const string Deduction = "4.4:L";
var (recorder, vendor, officer, other, finance) = (Client(1), Client(2), Client(3), Client(4), Client(5));

await recorder.EventRecordAsync(
    new NewCloudEvent
    {
        Specversion = "1.0",
        Id = "client-1",
        Source = "client",
        Type = "case_received",
        Contract = Contract,
        Subject = "case/GMD-1",
        Time = DateTimeOffset.Parse("2025-11-03T09:00:00+08:00"),
        Actor = "seat-01",
        Data = new
        {
            platform = "city",
            channel = "phone",
            urgency = "routine",
        },
    }
);
await officer.ClaimLossAsync(
    Contract,
    "L",
    new LossClaimed
    {
        Clause = "4.4",
        Amount = "8000.00",
        Reason = "设备损坏",
    },
    idempotency_Key: "loss",
    time: "2025-12-01T09:00:00+08:00"
);
await finance.AssessmentAssessAsync(Contract, new AssessmentRequest { AsOf = "2026-01-27" });
try
{
    await finance.DeductionConfirmAsync(Contract, Deduction);
}
catch (ApiException<Problem> e)
{
    Console.WriteLine($"refused {e.StatusCode} {e.Result.Type}");
}

var confirmed = await officer.DeductionConfirmAsync(Contract, Deduction, prefer: "wait=5");
Console.WriteLine($"covered {confirmed.Checkpoint.Size >= confirmed.Position}");
await vendor.DeductionDisputeAsync(Contract, Deduction, new DeductionDisputed { Grounds = "附通话录音" });
await other.DeductionDecideAsync(
    Contract,
    Deduction,
    new DisputeDecided
    {
        Outcome = DisputeOutcome.Reduced,
        Amount = "3000.00",
        Reason = "复核",
    }
);
foreach (var d in (await officer.DeductionListAsync(Contract)).Where(d => d.Status == DeductionStatus.Proposed))
{
    await officer.DeductionConfirmAsync(Contract, d.Id);
}

await vendor.PeriodReportAsync(Contract, "1", new PeriodReportSubmitted { Documents = [.. Enum.GetValues<Documents>()] });
await other.PeriodAcceptAsync(Contract, "1");
await finance.PeriodIssueAsync(Contract, "1");
var issued = await finance.PeriodStatementAsync(Contract, 1);
await finance.PeriodInvoiceAsync(
    Contract,
    "1",
    new InvoiceReceived
    {
        Number = "24700001",
        Amount = issued.NetPayable,
        Kind = InvoiceKind.Vat_special,
        TaxRate = "6",
        IssuedOn = "2026-02-20",
    }
);
await finance.PeriodPayAsync(Contract, "1", new PaymentMade { Amount = issued.NetPayable, On = "2026-02-20" }, idempotency_Key: "pay");
var paid = await finance.PeriodStatementAsync(Contract, 1);
Console.WriteLine($"{paid.Status} {paid.Paid} of {paid.Gross}");

LedgerClient Client(int who)
{
    var http = new HttpClient();
    http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", args[who]);
    return new LedgerClient(args[0], http);
}
