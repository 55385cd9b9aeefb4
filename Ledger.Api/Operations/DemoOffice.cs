using Ledger.Domain.Contracts;
using Ledger.Domain.Events;
using Ledger.Domain.Money;
using Ledger.Domain.Statements;
using Ledger.Domain.Terms;
using Ledger.Domain.Time;
using NodaTime;

namespace Ledger.Api.Operations;

/// <summary>
/// The people of the simulated year: who they are, and what they decide after each month's assessment. The first period is paid, the
/// second is to be paid, the third waits for its invoice; the last months' deductions, and three disputes, wait for somebody.
/// </summary>
internal sealed class DemoOffice(ContractTerms terms)
{
    private const string Administrator = "administrator";
    private const string Inspector = "officer-03";
    private const string Accepting = "officer-02";
    private const string Judge = "officer-07";
    private const string Vendor = "vendor-01";
    private const string Issuing = "finance-01";
    private const string Paying = "finance-02";

    // In one of nine the recording shows that it was done in time.
    private const int WaivedEach = 9;
    private const int WaivedFifth = 4;
    private const int DisputedAtOnce = 3;

    /// <summary>Everybody in it.</summary>
    public static readonly IReadOnlyList<(string Code, ActorParty Party, Role[] Roles)> People =
    [
        (Administrator, ActorParty.Principal, [Role.Administrator]),
        ("principal-supervision", ActorParty.Principal, [Role.Principal, Role.Investigator]),
        (Accepting, ActorParty.Principal, [Role.Principal]),
        (Inspector, ActorParty.Principal, [Role.Principal]),
        (Judge, ActorParty.Principal, [Role.Principal]),
        (Issuing, ActorParty.Principal, [Role.Finance]),
        (Paying, ActorParty.Principal, [Role.Finance]),
        (Vendor, ActorParty.Vendor, [Role.Vendor]),
        ("city", ActorParty.City, [Role.Recorder]),
        ("auditor-01", ActorParty.Auditor, [Role.Auditor]),
    ];

    /// <summary>The register of actors, on the first day of service.</summary>
    public IEnumerable<NewEvent> Register() =>
        People.Select(p => Decided($"actor/{p.Code}", new ActorRegistered(p.Party, p.Roles, terms.From), Administrator, terms.From));

    /// <summary>The year is made up, and recorded within a minute: how late says nothing of anybody.</summary>
    public NewEvent Declare(string source, Instant end) =>
        new(
            terms.Id,
            $"load/{source}",
            "demo-load",
            DemoYear.Source,
            end,
            Administrator,
            new HistoricalLoadDeclared(source, terms.From, ChinaTime.DateOf(end), "a simulated year, recorded at once")
        );

    /// <summary>What they decide between the assessment of a month of service (from 1) and that of the next.</summary>
    public IReadOnlyList<NewEvent> After(int month, ContractAccount account)
    {
        var decided = new List<NewEvent>();
        var day = ServiceMonths.Month(terms.From, month).To;
        if (month > 1)
        {
            Confirm(account.Deductions.Values.Where(d => d.AttributedOn <= day.PlusDays(-20)), day.PlusDays(7), waives: true);
        }

        if (month is 3 or 5 or 7 or 9 or 11)
        {
            Dispute(decides: month < 11);
        }

        switch (month)
        {
            case 4:
                Settle(1, invoiced: true, paid: true);
                break;
            case 7:
                Settle(2, invoiced: true, paid: false);
                break;
            case 10:
                Settle(3, invoiced: false, paid: false);
                break;
            default:
                break;
        }

        return decided;

        void Decide(string subject, EventData data, string actor, int after) =>
            decided.Add(Decided(subject, data, actor, day.PlusDays(after)));

        ContractAccount Then() => DryRun.Of(account, decided, ChinaTime.EndOf(day.PlusDays(31))).After;

        void Confirm(IEnumerable<Deduction> deductions, LocalDate on, bool waives)
        {
            var proposed = deductions.Where(d => d.Status == DeductionStatus.Proposed).OrderBy(d => d.AttributedOn).ThenBy(d => d.Id);
            foreach (var (i, d) in proposed.Index())
            {
                EventData data =
                    waives && i % WaivedEach == WaivedFifth
                        ? new DeductionWaived("核实录音，已在办结前联系诉求人")
                        : new DeductionConfirmed();
                decided.Add(Decided($"deduction/{d.Id}", data, Inspector, on));
            }
        }

        void Dispute(bool decides)
        {
            var disputed = Then()
                .Deductions.Values.Where(d => d is { Status: DeductionStatus.Confirmed, Clause: "4.6.1" or "4.6.4" })
                .OrderBy(d => d.AttributedOn)
                .ThenBy(d => d.Id)
                .TakeLast(DisputedAtOnce)
                .ToList();
            disputed.ForEach(d => Decide($"deduction/{d.Id}", new DeductionDisputed("系统内已有联系记录，附通话录音"), Vendor, 12));
            foreach (var (i, d) in disputed.Index().Where(_ => decides))
            {
                var outcome = Enum.GetValues<DisputeOutcome>()[i % 3];
                var left = outcome == DisputeOutcome.Reduced ? Cny.OfFen(d.Amount.Fen / 2) : (Cny?)null;
                Decide($"deduction/{d.Id}", new DisputeDecided(outcome, "复核通话记录与派单日志", left), Judge, 19);
            }
        }

        void Settle(int period, bool invoiced, bool paid)
        {
            var subject = $"period/{period}";
            Confirm(Then().Deductions.Values.Where(d => d.Period == period), day.PlusDays(20), waives: false);
            Decide(subject, new PeriodReportSubmitted(Enum.GetValues<ReportDocument>()), Vendor, 21);
            Decide(subject, new PeriodAccepted(), Accepting, 22);
            Decide(subject, new StatementIssued(), Issuing, 23);
            var net = StatementBuilder.Build(Then(), period).NetPayable;
            if (invoiced)
            {
                var number = $"2470{period:0000}";
                var invoice = new InvoiceReceived(number, net, InvoiceKind.VatSpecial, Percentage.Of(6), day.PlusDays(25));
                Decide(subject, invoice, Issuing, 26);
            }

            if (paid)
            {
                Decide(subject, new PaymentMade(net, day.PlusDays(29)), Paying, 29);
            }
        }
    }

    private NewEvent Decided(string subject, EventData data, string actor, LocalDate on) =>
        new(
            terms.Id,
            subject,
            $"demo-{EventCatalogue.Of(data).Alias}-{subject}",
            DemoYear.Source,
            ChinaTime.At(on, new LocalTime(10, 30)),
            actor,
            data
        );
}
