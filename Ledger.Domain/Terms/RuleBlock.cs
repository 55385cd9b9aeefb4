using System.Text.Json.Serialization;
using Ledger.Domain.Json;
using Ledger.Domain.Money;

namespace Ledger.Domain.Terms;

/// <summary>
/// One rule beside its clause, as terms hold it: parameters, which are data. The closed set of building blocks out of which all contracts
/// are made: a sixth contract made of these needs no code. Those that judge stand in Ledger.Domain/Rules, each with what it computes.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "block")]
public abstract record RuleBlock
{
    /// <summary>What is wrong with the block's parameters in these terms; paths relative to the block.</summary>
    public virtual IEnumerable<Fault> Faults(ContractTerms terms) => [];

    /// <summary>A fault when an amount is not above nothing.</summary>
    protected static IEnumerable<Fault> Positive(string name, Cny amount)
    {
        if (!amount.IsPositive)
        {
            yield return new Fault("." + name, "expected an amount above 0.00");
        }
    }

    /// <summary>A fault when a count of days, minutes or things is less than 1.</summary>
    protected static IEnumerable<Fault> AtLeastOne(string name, int count)
    {
        if (count < 1)
        {
            yield return new Fault("." + name, "expected 1 or more");
        }
    }
}

/// <summary>A block whose deductions one instalment bears: the number of the period; null where their date decides.</summary>
public interface IBorneByInstalment
{
    /// <summary>The number of the payment period, from 1.</summary>
    public int? TakenFrom { get; }
}

/// <summary>A block by which a side claims a share of the price.</summary>
public interface IShareOfPrice
{
    /// <summary>The share, of the price of the term of service in which it is claimed.</summary>
    public Percentage Percent { get; }
}
