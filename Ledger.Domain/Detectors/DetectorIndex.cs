using Ledger.Domain.Contracts;
using Ledger.Domain.Events;
using Ledger.Domain.Facts;
using Ledger.Domain.Findings;
using Ledger.Domain.Terms;

namespace Ledger.Domain.Detectors;

/// <summary>
/// What the detectors find in the records of one contract, kept up to date with them: a record that comes later, also one
/// that lies between others, makes only the groups it belongs to be looked at again. New terms, and a load of history
/// that was declared, make it look at all again.
/// </summary>
/// <param name="only">The detectors to run; by default those of the terms.</param>
public sealed class DetectorIndex(IReadOnlyList<Detector>? only = null)
{
    private readonly List<LedgerEvent> records = [];
    private readonly Dictionary<Grouping, Groups> groupings = [];
    private ContractTerms? terms;
    private int indexed;
    private int loads;

    /// <summary>Takes in the contract's next event, in log order.</summary>
    public void Add(LedgerEvent e)
    {
        if (e.Data is CaseEvent or FieldEvent)
        {
            records.Add(e);
        }
    }

    /// <summary>What the detectors find among all records taken in.</summary>
    public IEnumerable<Finding> Findings(ContractAccount account, ContractFacts facts)
    {
        var declared = facts.Of<HistoricalLoadDeclared>().Count();
        if (!ReferenceEquals(terms, account.Terms) || declared != loads)
        {
            (terms, loads, indexed) = (account.Terms, declared, 0);
            groupings.Clear();
            foreach (var detector in only ?? Detector.InForce(account.Terms))
            {
                if (!groupings.TryGetValue(detector.Grouping, out var groups))
                {
                    groupings.Add(detector.Grouping, groups = new Groups(detector.Grouping));
                }

                groups.Detectors.Add(detector);
            }
        }

        foreach (var groups in groupings.Values)
        {
            for (var i = indexed; i < records.Count; i++)
            {
                groups.Add(records[i]);
            }

            groups.LookAgain(account, facts);
        }

        indexed = records.Count;
        return groupings.Values.SelectMany(g => g.Found);
    }

    /// <summary>The records by one grouping, with what its detectors found in each group.</summary>
    private sealed class Groups(Grouping grouping)
    {
        private readonly Dictionary<string, List<LedgerEvent>> members = [];
        private readonly Dictionary<string, List<Finding>> found = [];
        private readonly HashSet<string> changed = [];
        private readonly HashSet<string> unsorted = [];

        public List<Detector> Detectors { get; } = [];

        public IEnumerable<Finding> Found => found.Values.SelectMany(f => f);

        public void Add(LedgerEvent e)
        {
            foreach (var key in grouping.KeysOf(e).Distinct())
            {
                if (!members.TryGetValue(key, out var list))
                {
                    members.Add(key, list = new List<LedgerEvent>(1));
                }

                if (list.Count > 0 && EventOrder.ByTime(list[^1], e) > 0)
                {
                    unsorted.Add(key);
                }

                list.Add(e);
                changed.Add(key);
            }
        }

        public void LookAgain(ContractAccount account, ContractFacts facts)
        {
            foreach (var key in changed)
            {
                var list = members[key];
                if (unsorted.Remove(key))
                {
                    list.Sort(EventOrder.ByTime);
                }

                var group = new RecordGroup(account, facts, key, list);
                var now = Detectors.SelectMany(d => d.Find(group)).ToList();
                if (ReferenceEquals(grouping, Grouping.Each))
                {
                    // What was found in records by themselves stays: only new ones are looked at.
                    now.InsertRange(0, found.GetValueOrDefault(key) ?? []);
                    members.Remove(key);
                }

                if (now.Count > 0)
                {
                    found[key] = now;
                }
                else
                {
                    found.Remove(key);
                }
            }

            changed.Clear();
        }
    }
}
