using System.Text.Json.Serialization;
using Ledger.Domain.Contracts;
using Ledger.Domain.Json;
using Ledger.Domain.Terms;
using Ledger.Domain.Time;
using Ledger.Domain.Vocabulary;
using NodaTime;

namespace Ledger.Domain.Rules;

/// <summary>How often a deliverable falls due.</summary>
public enum Rhythm
{
    /// <summary>At the end of each service month.</summary>
    Monthly,

    /// <summary>At the end of each quarter of the term.</summary>
    Quarterly,

    /// <summary>At the end of each half of the term's year.</summary>
    HalfYearly,

    /// <summary>On the last day of the term.</summary>
    AtTheEnd,
}

/// <summary>One kind of deliverable: its item name in the events, how many, and when they fall due.</summary>
public sealed record DeliverableItem(string Item, int Count, Rhythm Rhythm);

/// <summary>
/// The deliverables of this clause (jiuxianqiao 2.2): ordinals count from 1. Id <c>{clause}:{item}/{ordinal}</c>; each arises
/// with the months in which it is due and is met when it is accepted; none is due after an early end. What is not accepted costs nothing
/// before the audit.
/// </summary>
[Discriminator("deliverables")]
public sealed record Deliverables(IReadOnlyList<DeliverableItem> Items) : Rule
{
    /// <summary>The keys of all deliverables, <c>item/ordinal</c>.</summary>
    [JsonIgnore]
    public IEnumerable<string> Keys => Items.SelectMany(i => Enumerable.Range(1, i.Count).Select(n => $"{i.Item}/{n}"));

    /// <summary>The date on which the last of all deliverables of a contract was accepted; null while one is missing.</summary>
    public static LocalDate? AllAcceptedOn(ContractAccount account)
    {
        var accepted = account
            .Terms.Rules<Deliverables>()
            .SelectMany(r => r.Rule.Keys)
            .Select(k => account.Deliverables.GetValueOrDefault(k)?.AcceptedOn)
            .ToList();
        return accepted.Count == 0 || accepted.Exists(on => on is null) ? null : accepted.Max();
    }

    /// <inheritdoc/>
    public override IEnumerable<Duty> Duties(ContractAccount account, Clause clause)
    {
        foreach (var item in Items)
        {
            for (var ordinal = 1; ordinal <= item.Count; ordinal++)
            {
                var (from, to) = Span(item.Rhythm, ordinal, account.Terms);
                if (to > account.ServedUntil)
                {
                    continue;
                }

                yield return Duty.Of(
                    account,
                    $"{clause.Number}:{item.Item}/{ordinal}",
                    clause.Number,
                    DutyKind.Deliver,
                    from,
                    new DueDate(to, false),
                    account.Deliverables.GetValueOrDefault($"{item.Item}/{ordinal}")?.AcceptedOn,
                    []
                );
            }
        }
    }

    /// <inheritdoc/>
    public override IEnumerable<Fault> Faults(ContractTerms terms)
    {
        if (Items.Count == 0 || Items.Any(i => i.Count < 1 || i.Item.Length == 0))
        {
            yield return new Fault(".items", "expected at least one item, each with a name and a count of 1 or more");
        }
    }

    private static (LocalDate From, LocalDate To) Span(Rhythm rhythm, int ordinal, ContractTerms terms)
    {
        var months = rhythm switch
        {
            Rhythm.Monthly => 1,
            Rhythm.Quarterly => 3,
            Rhythm.HalfYearly => 6,
            _ => 0,
        };
        if (months == 0)
        {
            return (terms.From, terms.To);
        }

        var (from, to) = ServiceMonths.Months(terms.From, 1 + ((ordinal - 1) * months), months);
        return (LocalDate.Min(from, terms.To), LocalDate.Min(to, terms.To));
    }
}
