using System.Collections.Concurrent;
using Ledger.Domain.Assessments;
using Ledger.Domain.Contracts;
using Ledger.Domain.Events;
using Ledger.Domain.Findings;
using Ledger.Domain.Json;
using Ledger.Domain.Rules;
using Ledger.Domain.Statements;
using Ledger.Domain.Terms;
using Ledger.Domain.Time;
using Ledger.Domain.Vocabulary;
using NodaTime;

namespace Ledger.Tests.Support;

/// <summary>
/// Given events of one contract, in memory: facts as they come, decisions as they are checked, assessments as they are
/// recorded. What a specification reads like.
/// </summary>
public sealed class History
{
    private readonly List<LedgerEvent> events = [];

    public History(string contract)
        : this(Terms.Of(contract)) { }

    public History(ContractTerms terms)
    {
        Contract = terms.Id;
        Add("2020-01-01T00:00:00+08:00", "contract", terms.Registration());
    }

    public string Contract { get; }

    public IReadOnlyList<LedgerEvent> Events => events;

    public ContractAccount Account { get; private set; } = null!;

    /// <summary>Records a fact, or a decision that is known to be right.</summary>
    public History Add(
        string time,
        string subject,
        EventData data,
        string actor = "seat-01",
        string? id = null,
        string? recorded = null,
        TimePrecision? precision = null
    )
    {
        Assert.NotNull(EventCatalogue.Of(data).KeyOf(subject));
        events.Add(
            new LedgerEvent(
                events.Count + 1,
                Contract,
                subject,
                events.Count(e => e.Subject == subject) + 1,
                id ?? $"e-{events.Count + 1}",
                "test",
                At(time),
                recorded is null ? At(time) : At(recorded),
                actor,
                data
            )
            {
                Precision = precision,
            }
        );
        Account = ContractAccount.Evolve(Account, events[^1])!;
        return this;
    }

    /// <summary>Checks a decision; recorded with what follows from it when it is accepted.</summary>
    public IReadOnlyList<Fault> Decide(
        string subject,
        EventData data,
        string actor = "officer-1",
        string time = "2026-01-30T10:00:00+08:00"
    )
    {
        var e = new NewEvent(Contract, subject, $"e-{events.Count + 1}", "test", At(time), actor, data);
        var decided = Domain.Decisions.Decider.Check(Account, e, s => events.Exists(known => known.Subject == s));
        if (decided.Refusals.Count == 0)
        {
            Add(time, subject, data, actor);
            foreach (var derived in decided.Events)
            {
                Add(time, derived.Subject, derived.Data, derived.Actor, derived.Id);
            }
        }

        return decided.Refusals;
    }

    /// <summary>Decides something that must be accepted.</summary>
    public History Decided(string subject, EventData data, string actor = "officer-1", string time = "2026-01-30T10:00:00+08:00")
    {
        Assert.Empty(Decide(subject, data, actor, time));
        return this;
    }

    /// <summary>Runs an assessment, records what it proposes and gives what it found.</summary>
    public IReadOnlyList<Found> Assess(string asOf)
    {
        var assessment = new Assessment(asOf.Length == 10 ? ChinaTime.EndOf(Date(asOf)) : At(asOf));
        events.ForEach(assessment.Add);
        var result = assessment.Run(events.Count, WorkingDays.Shipped, At("2027-06-01T00:00:00+08:00"));
        foreach (var e in result.Events)
        {
            Add("2027-06-01T00:00:00+08:00", e.Subject, e.Data, e.Actor, e.Id);
        }

        return result.Found;
    }

    /// <summary>What an assessment finds of one clause: id, amount and date, as the page writes them.</summary>
    public IReadOnlyList<string> Finds(string asOf, string clause) =>
        [.. Assess(asOf).Where(f => f.Clause == clause).Select(f => $"{f.Id} {f.Amount} {f.AttributedOn:uuuu-MM-dd}")];

    /// <summary>The findings of one rule at a moment: subject and the moment at which each arose, in China.</summary>
    public IReadOnlyList<string> Findings(string effective, string rule) =>
        [.. FindingsAt(effective).Where(f => f.Rule == rule).Select(f => $"{f.Subject} {ChinaTime.Show(f.ArisenAt):uuuu-MM-dd HH:mm:ss}")];

    /// <summary>All findings with clocks that run to a moment.</summary>
    public IReadOnlyList<Finding> FindingsAt(string effective)
    {
        var until = effective.Length == 10 ? ChinaTime.EndOf(Date(effective)) : At(effective);
        var fold = new FindingFold(until);
        events.ForEach(fold.Add);
        return fold.At(until, WorkingDays.Shipped);
    }

    /// <summary>The duties of all statements: id, the dates on which each arose and is due, and its state.</summary>
    public IReadOnlyList<string> Duties() =>
        [
            .. StatementBuilder
                .BuildAll(Account)
                .SelectMany(s => s.Duties)
                .Select(d =>
                    $"{d.Id} {d.ArisenOn:uuuu-MM-dd} {d.DueBy?.ToString("uuuu-MM-dd", null) ?? "-"} {Words<DutyState>.Of(d.State)}"
                ),
        ];

    /// <summary>The rights of all statements: id, the date on which each arose, and its state.</summary>
    public IReadOnlyList<string> Rights() =>
        [
            .. StatementBuilder
                .BuildAll(Account)
                .SelectMany(s => s.Rights)
                .Select(r => $"{r.Id} {r.ArisenOn:uuuu-MM-dd} {Words<RightState>.Of(r.State)}"),
        ];

    public PeriodStatement Statement(int period) => StatementBuilder.Build(Account, period);

    public static Instant At(string time) => Instants.TryParse(time, out var at) ? at : throw new FormatException(time);

    public static LocalDate Date(string date) => NodaTime.Text.LocalDatePattern.Iso.Parse(date).Value;
}

/// <summary>The five contracts as they ship.</summary>
public static class Terms
{
    public static readonly IReadOnlyList<string> Ids =
    [
        "anding-2023",
        "gaomidian-2025",
        "jiuxianqiao-2025",
        "yangfangdian-2026",
        "yongdinglu-2026",
    ];

    public static readonly TheoryData<string> All = new(Ids);

    public static byte[] File(string contract) =>
        System.IO.File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "contracts", contract + ".json"));

    private static readonly ConcurrentDictionary<string, ContractTerms> Known = new(StringComparer.Ordinal);

    public static ContractTerms Of(string contract) =>
        Known.GetOrAdd(
            contract,
            static id => TermsReader.Read(File(id), out var faults) ?? throw new InvalidDataException(string.Join("; ", faults))
        );
}
