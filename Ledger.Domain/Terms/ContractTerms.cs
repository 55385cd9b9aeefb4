using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Ledger.Domain.Events;
using Ledger.Domain.Json;
using Ledger.Domain.Money;
using NodaTime;

namespace Ledger.Domain.Terms;

/// <summary>
/// The terms of one contract as data: what an auditor who holds the signed paper finds in it, clause by clause.
/// Recorded whole when the contract is registered; <c>contracts/terms.schema.json</c> is its published schema.
/// </summary>
/// <param name="Id">The contract's id, such as <c>gaomidian-2025</c>.</param>
/// <param name="Title">Its name in English.</param>
/// <param name="TitleZh">Its name as printed.</param>
/// <param name="Principal">甲方.</param>
/// <param name="Vendor">乙方.</param>
/// <param name="SignedOn">The signing date; null where it cannot be read.</param>
/// <param name="Detection">What detectors of false records are given: parameters, grids, roster; null for the defaults.</param>
/// <param name="From">First day of the term.</param>
/// <param name="To">Last day of the term, inclusive.</param>
/// <param name="Total">The fixed total price.</param>
/// <param name="Payment">How the price is cut into payment periods.</param>
/// <param name="Audit">What makes the final amount final.</param>
/// <param name="Clauses">Every numbered clause in printed order.</param>
/// <param name="Readings">The open questions with the alternatives that the product implements.</param>
public sealed record ContractTerms(
    string Id,
    string Title,
    string TitleZh,
    string Principal,
    string Vendor,
    LocalDate From,
    LocalDate To,
    Cny Total,
    PaymentSchedule Payment,
    AuditRule Audit,
    IReadOnlyList<Clause> Clauses,
    IReadOnlyList<OpenReading> Readings,
    LocalDate? SignedOn = null,
    DetectionTerms? Detection = null
)
{
    /// <summary>The rule blocks of one kind, each with the clause it stands in.</summary>
    public IEnumerable<(Clause Clause, T Rule)> Rules<T>()
        where T : class => from clause in Clauses from rule in clause.Rules ?? [] where rule is T select (clause, (T)(object)rule);

    /// <summary>The rule blocks of one kind in one clause.</summary>
    public IEnumerable<T> RulesOf<T>(string clause)
        where T : class => Rules<T>().Where(r => r.Clause.Number == clause).Select(r => r.Rule);

    /// <summary>The choice in force of every reading, by its id.</summary>
    public ImmutableSortedDictionary<string, string> ReadingsInForce() =>
        Readings.ToImmutableSortedDictionary(r => r.Id, r => r.InForce(this));

    /// <summary>The terms under a choice of one of their readings; the same where they do not offer it.</summary>
    public ContractTerms With(string reading, string choice) => Readings.FirstOrDefault(r => r.Id == reading)?.Apply(this, choice) ?? this;

    /// <summary>True on a day of the term.</summary>
    public bool Contains(LocalDate date) => date >= From && date <= To;

    /// <summary>The event that registers them.</summary>
    public ContractRegistered Registration() => new(JsonSerializer.SerializeToElement(this, LedgerJson.Options));

    /// <summary>What a well-typed document may still get wrong; paths relative to the terms.</summary>
    public IEnumerable<Fault> Faults()
    {
        if (Id.Length is 0 or > 64 || !Id.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-') || Id[0] == '-')
        {
            yield return new Fault(".id", "expected 1 to 64 lower-case letters, digits and hyphens");
        }

        if (To < From)
        {
            yield return new Fault(".to", "expected a date on or after .from");
        }

        if (!Total.IsPositive)
        {
            yield return new Fault(".total", "expected an amount above 0.00");
        }

        foreach (
            var fault in Payment
                .Faults(this)
                .Concat(ClauseFaults())
                .Concat(ReadingFaults())
                .Concat(Detection?.Faults().Select(f => f with { Path = ".detection" + f.Path }) ?? [])
        )
        {
            yield return fault;
        }
    }

    /// <summary>What stands out when the contract is registered, in words; none of it stops the registration.</summary>
    public IEnumerable<RegistrationFinding> RegistrationFindings()
    {
        if (SignedOn is null)
        {
            yield return new RegistrationFinding("signing_date_missing", "the contract carries no legible signing date");
        }

        if (SignedOn > To)
        {
            yield return new RegistrationFinding(
                "signed_after_service_ended",
                $"signed after the service ended: signed on {SignedOn:uuuu-MM-dd}, the service ended on {To:uuuu-MM-dd}"
            );
        }
        else if (SignedOn > From)
        {
            yield return new RegistrationFinding(
                "signed_after_service_began",
                $"signed after the service began: signed on {SignedOn:uuuu-MM-dd}, the service began on {From:uuuu-MM-dd}"
            );
        }

        var articles = Clauses.Select(c => c.Article).OfType<int>().ToHashSet();
        foreach (var missing in Enumerable.Range(1, articles.DefaultIfEmpty(0).Max()).Where(n => !articles.Contains(n)))
        {
            yield return new RegistrationFinding(
                "article_missing",
                $"article {missing} is missing: the articles jump from {missing - 1} to {articles.Where(a => a > missing).Min()}"
            );
        }
    }

    private IEnumerable<Fault> ClauseFaults()
    {
        var seen = new HashSet<string>();
        for (var i = 0; i < Clauses.Count; i++)
        {
            var clause = Clauses[i];
            var path = $".clauses[{i}]";
            if (!seen.Add(clause.Number))
            {
                yield return new Fault(path + ".number", $"clause {clause.Number} stands twice");
            }

            if (clause.Class == ClauseClass.Computed && clause.Rules is not { Count: > 0 } && clause.By is null)
            {
                yield return new Fault(
                    path + ".rules",
                    "a computed clause names its rule blocks, or the part of the terms (by) that computes it"
                );
            }

            if (clause.Class != ClauseClass.Computed && string.IsNullOrEmpty(clause.Note))
            {
                yield return new Fault(path + ".note", "a clause that is not computed says who decides or why it is not modelled");
            }

            var rules = clause.Rules ?? [];
            for (var r = 0; r < rules.Count; r++)
            {
                foreach (var fault in rules[r].Faults(this))
                {
                    yield return fault with
                    {
                        Path = $"{path}.rules[{r}]{fault.Path}",
                    };
                }
            }
        }
    }

    private IEnumerable<Fault> ReadingFaults()
    {
        for (var i = 0; i < Readings.Count; i++)
        {
            for (var c = 0; c < Readings[i].Choices.Count; c++)
            {
                if (Readings[i].Apply(this, Readings[i].Choices[c].Choice) is null)
                {
                    yield return new Fault(
                        $".readings[{i}].choices[{c}].choice",
                        $"no rule of clause {Readings[i].Clause} takes \"{Readings[i].Choices[c].Choice}\" for "
                            + $"{Readings[i].Parameter}: offer only readings that the product implements"
                    );
                }
            }
        }
    }
}

/// <summary>Something that stands out in a contract when it is registered.</summary>
public sealed record RegistrationFinding(string Rule, string Text);

/// <summary>How the product treats a clause.</summary>
public enum ClauseClass
{
    /// <summary>A rule block, or a part of the terms, computes it.</summary>
    Computed,

    /// <summary>An officer decides; the product checks the range and records it.</summary>
    Judgement,

    /// <summary>Outside the product; the note says why.</summary>
    NotModelled,
}

/// <summary>The part of the terms, or of the product, that computes a clause without a rule block of its own.</summary>
public enum TermsPart
{
    /// <summary>First and last day.</summary>
    Term,

    /// <summary>The total price.</summary>
    Price,

    /// <summary>The payment periods and their fees.</summary>
    Payment,

    /// <summary>The final settlement and its audit.</summary>
    Settlement,

    /// <summary>Set-off of deductions against a period, and its shortfall.</summary>
    SetOff,

    /// <summary>A decision that the product checks (amendment, termination, invoice, remediation).</summary>
    Decision,
}

/// <summary>
/// One numbered clause: the printed number (dotted), a heading of ours in two languages, how it is treated, and the
/// rule blocks that stand beside it.
/// </summary>
public sealed record Clause(
    string Number,
    string Title,
    string TitleZh,
    ClauseClass Class,
    IReadOnlyList<RuleBlock>? Rules = null,
    TermsPart? By = null,
    string? Note = null
)
{
    /// <summary>The article's number, where the clause stands in a numbered article and not in an annex.</summary>
    [JsonIgnore]
    public int? Article => int.TryParse(Number.Split('.')[0], out var article) ? article : null;
}

/// <summary>What makes the final amount final.</summary>
/// <param name="Concludes">By an audit, or by agreement of both sides.</param>
/// <param name="Waivable">Whether the principal may do without the audit.</param>
public sealed record AuditRule(Conclusion Concludes, bool Waivable);

/// <summary>How a settlement is concluded.</summary>
public enum Conclusion
{
    /// <summary>以审计结果为准.</summary>
    Audit,

    /// <summary>The contract sets no audit: both sides agree.</summary>
    Agreement,
}
