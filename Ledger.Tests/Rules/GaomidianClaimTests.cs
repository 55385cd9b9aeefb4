using Ledger.Domain.Events;
using Ledger.Domain.Money;
using Ledger.Tests.Support;

namespace Ledger.Tests.Rules;

/// <summary>gaomidian-2025, clause 6 and those that allow a claim: losses and damages.</summary>
public sealed class GaomidianClaimTests
{
    [Clauses("gaomidian-2025", "3.6", "4.4", "5.8", "5.9", "6.2", "6.4", "6.5")]
    [Theory]
    [InlineData("3.6", true)]
    [InlineData("4.4", true)]
    [InlineData("5.8", true)]
    [InlineData("5.9", true)]
    [InlineData("6.2", true)]
    [InlineData("6.4", true)]
    [InlineData("6.5", true)]
    [InlineData("4.6.1", false)]
    public void A_loss_is_claimed_under_the_clauses_that_allow_it(string clause, bool allowed)
    {
        var history = Given();
        Assert.Equal(
            allowed,
            history.Decide("claim/L", new LossClaimed(clause, Cny.Parse("123.45"), "water damage"), time: "2025-12-20T15:00:00+08:00").Count
                == 0
        );
        Assert.Equal(allowed ? [$"{clause}:L 123.45 2025-12-20"] : [], history.Finds("2025-12-31", clause));
    }

    [Clauses("gaomidian-2025", "6.2", "6.5")]
    [Theory]
    [InlineData("one", 1)]
    [InlineData("both", 2)]
    public void The_thirty_percent_of_a_claim_and_of_a_termination_add_up_only_if_read_so(string choice, int count)
    {
        var history = Given()
            .Decided("contract", new ReadingRecorded("6.5", "gmd-6.5-with-6.2", choice, "agreed"))
            .Decided("claim/D", new LiquidatedDamagesClaimed("6.2"), time: "2025-12-20T15:00:00+08:00")
            .Decided(
                "contract",
                new ContractTerminated(History.Date("2026-02-01"), "6.5", TerminationCause.VendorBreach),
                time: "2026-02-01T10:00:00+08:00"
            );
        var found = history.Assess("2026-02-02");
        Assert.Equal(count, found.Count);
        Assert.All(found, f => Assert.Equal("1294560.00", f.Amount.ToString()));
    }

    /// <summary>A claim under 6.2, then a termination: the claim that takes nothing stands in nobody's way.</summary>
    [Theory]
    [InlineData("", "6.2:D")]
    [InlineData("confirmed", "6.2:D")]
    [InlineData("waived", "6.2:D 6.5:termination")] // the facts still show the claim; it was waived
    [InlineData("overturned", "6.2:D 6.5:termination")]
    [InlineData("upheld", "6.2:D")]
    public void Read_as_one_only_damages_that_take_something_exclude_those_of_the_termination(string decided, string found)
    {
        const string claim = "deduction/6.2:D";
        var history = Given().Decided("claim/D", new LiquidatedDamagesClaimed("6.2"), time: "2025-12-20T15:00:00+08:00");
        history.Assess("2025-12-31");
        if (decided == "waived")
        {
            history.Decided(claim, new DeductionWaived("agreed"));
        }
        else if (decided.Length > 0)
        {
            history.Decided(claim, new DeductionConfirmed());
        }

        if (decided is "overturned" or "upheld")
        {
            history
                .Decided(claim, new DeductionDisputed("not ours"), "vendor-1")
                .Decided(
                    claim,
                    new DisputeDecided(decided == "upheld" ? DisputeOutcome.Upheld : DisputeOutcome.Overturned, "heard"),
                    "officer-2"
                );
        }

        history.Decided("contract", new ContractTerminated(History.Date("2026-02-01"), "6.5", TerminationCause.VendorBreach));
        Assert.Equal(found, string.Join(' ', history.Assess("2026-02-02").Select(f => f.Id).Order(StringComparer.Ordinal)));
    }

    [Fact]
    public void After_the_damages_of_a_termination_were_waived_those_of_6_2_can_be_claimed()
    {
        var history = Given().Decided("contract", new ContractTerminated(History.Date("2026-02-01"), "6.5", TerminationCause.VendorBreach));
        history.Assess("2026-02-02");
        Assert.NotEmpty(history.Decide("claim/D", new LiquidatedDamagesClaimed("6.2"), time: "2026-02-03T10:00:00+08:00"));
        history
            .Decided("deduction/6.5:termination", new DeductionWaived("agreed"))
            .Decided("claim/D", new LiquidatedDamagesClaimed("6.2"), time: "2026-02-03T10:00:00+08:00");
        Assert.Contains(history.Assess("2026-02-04"), f => f.Id == "6.2:D");
    }

    [Fact]
    public void Damages_claimed_after_a_termination_for_breach_are_refused()
    {
        var history = Given().Decided("contract", new ContractTerminated(History.Date("2026-02-01"), "6.5", TerminationCause.VendorBreach));
        Assert.Equal("$.data.clause", Assert.Single(history.Decide("claim/D", new LiquidatedDamagesClaimed("6.2"))).Path);
        Assert.Equal(["6.5:termination 1294560.00 2026-02-01"], history.Finds("2026-02-02", "6.5"));
    }

    private static History Given() => new("gaomidian-2025");
}
