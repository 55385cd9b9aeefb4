using Ledger.Domain.Contracts;
using Ledger.Domain.Events;
using Ledger.Domain.Json;
using Ledger.Domain.Money;
using Ledger.Domain.Settlements;
using Ledger.Domain.Statements;
using Ledger.Domain.Terms;
using Ledger.Domain.Vocabulary;
using NodaTime;

namespace Ledger.Domain.Differences;

/// <summary>An event that changed something.</summary>
public sealed record ChangedBy(long Position, string Id, string Type, string Actor, Instant OccurredAt);

/// <summary>One value that differs between two moments; null where it did not exist.</summary>
/// <param name="Subject">What it is about: <c>contract</c>, <c>period/{n}</c>, <c>deduction/{id}</c>, <c>right/{id}</c>, <c>duty/{id}</c>
/// or <c>settlement</c>.</param>
/// <param name="Field">The value's name, as on the document.</param>
/// <param name="From">Before.</param>
/// <param name="To">After.</param>
/// <param name="Because">The events between the two moments that changed it, in order.</param>
/// <param name="Evidence">For a deduction, the ids of the facts that it rests on.</param>
public sealed record Change(
    string Subject,
    string Field,
    string? From,
    string? To,
    IReadOnlyList<ChangedBy> Because,
    IReadOnlyList<string>? Evidence = null
);

/// <summary>
/// What changed in a contract after one position of the log, and because of which events: the account is folded step by
/// step (a step is one event with what followed from it, or all that one assessment recorded), and each value that a step
/// changed is put down to the events of that step that touch it. Pure: give it the contract's events in log order.
/// </summary>
public sealed class AccountDifferences(long from)
{
    private readonly Dictionary<(string Subject, string Field), List<LedgerEvent>> because = [];
    private readonly List<LedgerEvent> step = [];
    private SortedDictionary<(string Subject, string Field), string> start = [];
    private SortedDictionary<(string Subject, string Field), string> last = [];
    private ContractAccount? account;
    private ContractAccount? before;
    private bool started;

    /// <summary>Takes in the contract's next event.</summary>
    public void Add(LedgerEvent e)
    {
        if (e.Position > from)
        {
            Start();
            if (step.Count > 0 && !Follows(step[^1].Data, e.Data))
            {
                Close();
            }

            step.Add(e);
        }

        account = ContractAccount.Evolve(account, e);
    }

    /// <summary>What differs, by subject and field; null where the contract is not registered by the end.</summary>
    public IReadOnlyList<Change>? Result()
    {
        Start();
        Close();
        return account is null
            ? null
            :
            [
                .. from d in Differing(start, last)
                let key = d.Key
                select new Change(
                    key.Subject,
                    key.Field,
                    d.Was,
                    d.Now,
                    [.. because[key].Select(e => new ChangedBy(e.Position, e.Id, EventCatalogue.Of(e.Data).Alias, e.Actor, e.OccurredAt))],
                    key.Subject.StartsWith("deduction/", StringComparison.Ordinal)
                        ? account.Deductions.GetValueOrDefault(key.Subject["deduction/".Length..])?.Evidence
                        : null
                ),
            ];
    }

    /// <summary>What differs between two states of an account, with no word on why.</summary>
    public static IReadOnlyList<Change> Between(ContractAccount before, ContractAccount after) =>
        [.. Differing(Values(before), Values(after)).Select(d => new Change(d.Key.Subject, d.Key.Field, d.Was, d.Now, []))];

    /// <summary>The values that differ, by subject and field.</summary>
    private static IEnumerable<((string Subject, string Field) Key, string? Was, string? Now)> Differing(
        IReadOnlyDictionary<(string Subject, string Field), string> before,
        IReadOnlyDictionary<(string Subject, string Field), string> after
    ) =>
        from key in before
            .Keys.Union(after.Keys)
            .OrderBy(k => k.Subject, StringComparer.Ordinal)
            .ThenBy(k => k.Field, StringComparer.Ordinal)
        let was = before.GetValueOrDefault(key)
        let now = after.GetValueOrDefault(key)
        where was != now
        select (key, was, now);

    /// <summary>Whether an event belongs to the step of the one before: derived from it, or from the same assessment.</summary>
    internal static bool Follows(EventData last, EventData next) =>
        next is AdjustmentPosted or DeductionRemedied
        || (last is DeductionProposed or DeductionWithdrawn && next is DeductionProposed or DeductionWithdrawn or AssessmentRun);

    private void Start()
    {
        if (!started)
        {
            (started, before, start) = (true, account, Values(account));
            last = start;
        }
    }

    private void Close()
    {
        var now = step.Count == 0 ? last : Values(account);
        foreach (var key in last.Keys.Union(now.Keys).Where(k => last.GetValueOrDefault(k) != now.GetValueOrDefault(k)))
        {
            var touching = step.Where(e => Touches(e, key.Subject, key.Field)).ToList();
            if (!because.TryGetValue(key, out var events))
            {
                because.Add(key, events = []);
            }

            events.AddRange(touching.Count > 0 ? touching : step);
        }

        (last, before) = (now, account);
        step.Clear();
    }

    /// <summary>
    /// Whether an event of a step bears on a value: its own stream, what moves all periods, or a deduction of the period.
    /// </summary>
    private bool Touches(LedgerEvent e, string subject, string field)
    {
        var figures = subject == "settlement" && field != "state";
        return e.Data switch
        {
            AdjustmentPosted posted => figures || subject == $"period/{posted.Period}",
            _ when e.Subject == subject => true,
            ContractEvent => true,
            AssessmentRun => (subject, field) == ("settlement", "state")
                || subject.StartsWith("right/", StringComparison.Ordinal)
                || subject.StartsWith("duty/", StringComparison.Ordinal),
            DeductionEvent => figures || PlaceOf(e.Key).Any(p => subject == $"period/{p}"),
            PeriodEvent => figures,
            LiquidatedDamagesClaimed { By: Party.Vendor } => figures || subject.StartsWith("period/", StringComparison.Ordinal),
            _ => subject.EndsWith(e.Key, StringComparison.Ordinal) && e.Key.Length > 0,
        };
    }

    private IEnumerable<int?> PlaceOf(string deduction) =>
        new[] { before, account }.Select(a => a?.Deductions.GetValueOrDefault(deduction)?.Period).Where(p => p is not null);

    private static SortedDictionary<(string Subject, string Field), string> Values(ContractAccount? account)
    {
        var values = new SortedDictionary<(string, string), string>();
        if (account is null)
        {
            return values;
        }

        void Put(string subject, string field, object? value)
        {
            if (value is not null)
            {
                values[(subject, field)] = value is LocalDate date ? date.ToString("uuuu-MM-dd", null) : value.ToString()!;
            }
        }

        Put("contract", "from", account.Terms.From);
        Put("contract", "to", account.LastDay);
        Put("contract", "total", account.ServiceTerms.Sum(t => t.Price));
        Put("contract", "terminatedOn", account.Termination?.On);
        foreach (var (reading, choice) in account.Terms.ReadingsInForce())
        {
            Put("contract", $"reading {reading}", choice);
        }

        foreach (var s in StatementBuilder.BuildAll(account))
        {
            var period = $"period/{s.Period}";
            Put(period, "status", Words<PeriodStatus>.Of(s.Status));
            Put(period, "gross", s.Gross);
            Put(period, "proposed", s.Totals.Proposed);
            Put(period, "effective", s.Totals.Effective);
            Put(period, "disputed", s.Totals.Disputed);
            Put(period, "adjustments", s.Totals.Adjustments);
            Put(period, "netPayable", s.NetPayable);
            Put(period, "exposure", s.Exposure);
            Put(period, "shortfall", s.Shortfall);
            Put(period, "paid", s.Paid);
            Put(period, "outstanding", s.Outstanding);
            Put(period, "dueOn", s.DueOn);
            s.Gates.ToList().ForEach(g => Put(period, $"gate {Words<GateKind>.Of(g.Kind)}", g.Met ? "met" : "not met"));
            s.Rights.ToList().ForEach(r => Put($"right/{r.Id}", "state", Words<RightState>.Of(r.State)));
            s.Duties.ToList().ForEach(d => Put($"duty/{d.Id}", "state", Words<DutyState>.Of(d.State)));
        }

        foreach (var d in account.Deductions.Values)
        {
            Put($"deduction/{d.Id}", "status", Words<DeductionStatus>.Of(d.Status));
            Put($"deduction/{d.Id}", "amount", d.Amount);
            Put($"deduction/{d.Id}", "effective", d.Effective);
            Put($"deduction/{d.Id}", "attributedOn", d.AttributedOn);
            Put($"deduction/{d.Id}", "period", d.Period?.ToString() ?? "settlement");
        }

        var settlement = Settlement.Build(account);
        Put("settlement", "state", Words<SettlementStatus>.Of(settlement.State));
        Put("settlement", "earned", settlement.Earned);
        Put("settlement", "final", settlement.Final);
        Put("settlement", "refunded", settlement.Refunded);
        Put("settlement", "balance", settlement.Balance);
        return values;
    }
}
