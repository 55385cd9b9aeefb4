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

    [Fact]
    public void Damages_claimed_after_a_termination_for_breach_are_refused()
    {
        var history = Given().Decided("contract", new ContractTerminated(History.Date("2026-02-01"), "6.5", TerminationCause.VendorBreach));
        Assert.Equal("$.data.clause", Assert.Single(history.Decide("claim/D", new LiquidatedDamagesClaimed("6.2"))).Path);
        Assert.Equal(["6.5:termination 1294560.00 2026-02-01"], history.Finds("2026-02-02", "6.5"));
    }

    private static History Given() => new("gaomidian-2025");
}
