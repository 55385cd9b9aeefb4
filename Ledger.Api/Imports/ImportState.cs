using Ledger.Domain.Contracts;
using Ledger.Domain.Decisions;
using Ledger.Domain.Events;
using Ledger.Domain.Statements;
using Ledger.Domain.Time;
using Ledger.Projections.Accounts;
using Ledger.Projections.Store;

namespace Ledger.Api.Imports;

/// <summary>What the decisions of a file are checked against: the log's last state, and what the lines before made of it.</summary>
internal sealed class ImportState(LogTransaction log)
{
    private const int MostAccounts = 16;

    private Dictionary<string, ContractAccount?> accounts = [];
    private Dictionary<string, ContractAccount?> earlier = [];
    private WorkingDays? calendar;

    /// <summary>Reads what decisions on these events need, as it stands before the first of them.</summary>
    public async Task LoadAsync(IReadOnlyList<PendingEvent> events, CancellationToken cancel)
    {
        // What was not touched for two such turns is written by now and can be folded again: a file of any number of contracts
        // needs no more memory.
        if (accounts.Count > MostAccounts)
        {
            (earlier, accounts) = (accounts, []);
        }

        foreach (var contract in events.Select(e => e.Event.Contract).Distinct().Where(c => !accounts.ContainsKey(c)))
        {
            accounts[contract] = earlier.Remove(contract, out var known)
                ? known
                : await AccountReader.FoldAsync(log.Connection, contract, long.MaxValue, cancel);
        }

        if (calendar is null && events.Any(e => LedgerWideDecisions.Concern(e.Event)))
        {
            calendar = await CalendarReader.AtAsync(log.Connection, long.MaxValue, cancel);
        }
    }

    /// <summary>
    /// The streams that must be loaded before these events are decided: their own, and those of subjects that they are about.
    /// </summary>
    public static IEnumerable<(string Contract, string Key)> StreamsOf(IEnumerable<PendingEvent> events)
    {
        foreach (var e in events)
        {
            yield return (e.Event.Contract, e.Stream);
            yield return (e.Event.Contract, e.Event.Contract);
            foreach (var subject in Decider.SubjectsOf(e.Event.Data))
            {
                yield return (e.Event.Contract, EventStreams.KeyOf(e.Event.Contract, subject));
            }
        }
    }

    /// <summary>Whether an event occurred on no day of its contract's term and its renewals.</summary>
    public bool IsOutsideTerm(NewEvent e) =>
        accounts.GetValueOrDefault(e.Contract) is { } account
        && (ChinaTime.DateOf(e.When.Latest) < account.Terms.From || ChinaTime.DateOf(e.When.Earliest) > account.LastDay);

    /// <summary>What is not decided of the period whose statement an accepted event issues.</summary>
    public UndecidedDeductions? UndecidedAt(NewEvent issued) =>
        UndecidedDeductions.Of(accounts[issued.Contract]!, int.Parse(issued.Subject["period/".Length..]));

    /// <summary>Checks one event against the state.</summary>
    public Decided Check(NewEvent e) =>
        LedgerWideDecisions.Concern(e)
            ? LedgerWideDecisions.Check(calendar!, e)
            : Decider.Check(accounts[e.Contract], e, subject => log.VersionOf(e.Contract, EventStreams.KeyOf(e.Contract, subject)) > 0);

    /// <summary>The state that the decisions on a contract are checked against, to come back to.</summary>
    public (string Contract, ContractAccount? Account, WorkingDays? Calendar) Of(string contract) =>
        (contract, accounts.GetValueOrDefault(contract), calendar);

    /// <summary>Comes back to a state.</summary>
    public void Restore((string Contract, ContractAccount? Account, WorkingDays? Calendar) state) =>
        (accounts[state.Contract], calendar) = (state.Account, state.Calendar);

    /// <summary>The event was recorded.</summary>
    public void Apply(NewEvent e, StoredEvent stored)
    {
        if (e.Data is CalendarPublished published)
        {
            calendar = CalendarReader.Of(published);
        }
        else if (e.Data is not (CaseEvent or FieldEvent))
        {
            accounts[e.Contract] = ContractAccount.Evolve(accounts.GetValueOrDefault(e.Contract), EventMapping.ToEvent(stored, e.Data));
        }
    }
}
