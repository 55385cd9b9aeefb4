using Ledger.Domain.Events;
using Ledger.Tests.Support;
using NodaTime;

namespace Ledger.Tests.Decisions;

/// <summary>The register of actors decides for which side a code acts; who may decide what follows from it.</summary>
public sealed class ActorTests
{
    private const string Proposed = "deduction/4.6.6:spotcheck/1";
    private static readonly LocalDate From = new(2025, 10, 28);

    [Theory]
    [InlineData("officer-1", null)]
    [InlineData("vendor-1", "deduction_confirmed is for principal, and \"vendor-1\" is vendor")]
    [InlineData("finance-1", "deduction_confirmed is for principal, and \"finance-1\" is finance")]
    [InlineData("stranger", "\"stranger\" is not in the contract's register of actors: register it, or decide as one who is")]
    [InlineData("later-1", "\"later-1\" does not act on 2026-01-30: it acts from 2026-01-31")]
    [InlineData("former-1", "\"former-1\" does not act on 2026-01-30: it acts from 2025-10-28 to 2026-01-29")]
    [InlineData("gone-1", "\"gone-1\" does not act on 2026-01-30: it was withdrawn on 2026-01-30")]
    public void A_decision_is_taken_by_one_who_acts_on_its_day_in_a_role_that_it_is_for(string actor, string? refusal)
    {
        var faults = Registered().Decide(Proposed, new DeductionConfirmed(), actor);
        Assert.Equal(refusal is null ? [] : [$"$.actor: {refusal}"], faults.Select(f => f.ToString()));
    }

    [Fact]
    public void No_side_decides_for_the_other()
    {
        var history = Registered().Decided(Proposed, new DeductionConfirmed());
        Refused(history, Proposed, new DeductionDisputed("genuine"), "officer-1");
        history.Decided(Proposed, new DeductionDisputed("genuine"), "vendor-1");
        Refused(history, Proposed, new DisputeDecided(DisputeOutcome.Overturned, "ours"), "vendor-1");
        history.Decided(Proposed, new DisputeDecided(DisputeOutcome.Overturned, "genuine after all"), "officer-2");
    }

    [Fact]
    public void Damages_are_claimed_by_those_who_act_for_the_side_that_claims()
    {
        Refused(Registered(), "claim/1", new LiquidatedDamagesClaimed("6.4", Party.Vendor), "officer-1");
        Refused(Registered(), "claim/1", new LiquidatedDamagesClaimed("6.4"), "vendor-1");
    }

    [Fact]
    public void A_fact_is_evidence_whoever_reports_it() => Assert.Empty(Registered().Decide("case/9", new CaseClosed(), "stranger"));

    [Fact]
    public void Without_a_register_nobodys_side_is_checked_and_every_statement_says_so()
    {
        var history = Checked();
        Assert.All(Enumerable.Range(1, 4), n => Assert.False(history.Statement(n).ActorsRegistered));
        Assert.Empty(history.Decide(Proposed, new DeductionConfirmed(), "stranger"));
        Assert.All(Enumerable.Range(1, 4), n => Assert.True(Registered().Statement(n).ActorsRegistered));
    }

    [Fact]
    public void Who_found_a_record_false_does_not_confirm_what_it_costs()
    {
        Refused(Checked(), Proposed, new DeductionConfirmed(), "inspector-1");
        Assert.Empty(Checked().Decide(Proposed, new DeductionWaived("reported by themselves"), "inspector-1"));
        Assert.Empty(Checked().Decide(Proposed, new DeductionConfirmed(), "officer-1"));
    }

    [Fact]
    public void The_register_is_changed_by_its_administrators_and_never_left_without_one()
    {
        var history = new History("gaomidian-2025");
        Refused(history, "actor/officer-1", Of(ActorParty.Principal, Role.Principal), "officer-1", "$.data.roles");
        history.Decided("actor/admin-1", Of(ActorParty.Principal, Role.Administrator), "admin-1");
        Refused(history, "actor/officer-1", Of(ActorParty.Principal, Role.Principal), "officer-1");
        history.Decided("actor/officer-1", Of(ActorParty.Principal, Role.Principal), "admin-1");
        Refused(history, "actor/admin-1", Of(ActorParty.Principal, Role.Principal), "admin-1", "$.data.roles");
        Refused(history, "actor/admin-1", new ActorWithdrawn("left"), "admin-1", "$.subject");
        Refused(history, "actor/unknown", new ActorWithdrawn("left"), "admin-1", "$.subject");
        history.Decided("actor/admin-2", Of(ActorParty.Principal, Role.Administrator), "admin-1");
        history.Decided("actor/admin-1", new ActorWithdrawn("left"), "admin-2");
        Refused(history, "actor/admin-1", new ActorWithdrawn("left"), "admin-2", "$.subject");
        Refused(history, "actor/officer-2", Of(ActorParty.Principal, Role.Principal), "admin-1");
    }

    [Fact]
    public void One_who_is_registered_again_acts_again()
    {
        var history = Registered();
        Refused(history, Proposed, new DeductionConfirmed(), "gone-1");
        history.Decided("actor/gone-1", Of(ActorParty.Principal, Role.Principal), "admin-1");
        Assert.Empty(history.Decide(Proposed, new DeductionConfirmed(), "gone-1"));
    }

    [Theory]
    [InlineData(ActorParty.Vendor, Role.Principal, ".roles[0]")]
    [InlineData(ActorParty.City, Role.Principal, ".roles[0]")]
    [InlineData(ActorParty.Auditor, Role.Finance, ".roles[0]")]
    [InlineData(ActorParty.Principal, Role.Vendor, ".roles[0]")]
    [InlineData(ActorParty.Principal, Role.Ledger, ".roles[0]")]
    [InlineData(ActorParty.Principal, Role.Finance, null)]
    [InlineData(ActorParty.City, Role.Recorder, null)]
    public void A_party_has_its_own_roles(ActorParty party, Role role, string? path) =>
        Assert.Equal(path is null ? [] : [path], Of(party, role).Faults("x").Select(f => f.Path));

    [Fact]
    public void A_registration_has_a_role_and_ends_no_earlier_than_it_begins()
    {
        Assert.Equal(".roles", Assert.Single(new ActorRegistered(ActorParty.City, [], From).Faults("x")).Path);
        Assert.Equal(".roles", Assert.Single(new ActorRegistered(ActorParty.City, [Role.Recorder, Role.Recorder], From).Faults("x")).Path);
        Assert.Empty(new ActorRegistered(ActorParty.City, [Role.Recorder], From, From).Faults("x"));
        Assert.Equal(
            ".until",
            Assert.Single(new ActorRegistered(ActorParty.City, [Role.Recorder], From, From.PlusDays(-1)).Faults("x")).Path
        );
    }

    /// <summary>A spot check that found a record false, and what it costs proposed.</summary>
    private static History Checked()
    {
        var history = new History("gaomidian-2025")
            .Add("2025-11-03T09:00:00+08:00", "case/1", new CaseReceived(Platform.City, Channel.Phone, Urgency.Routine))
            .Add("2025-11-20T09:00:00+08:00", "spotcheck/1", new SpotCheckConcluded([new("case/1", Verdict.Falsified)]), "inspector-1");
        history.Assess("2025-12-31");
        return history;
    }

    private static History Registered() =>
        Checked()
            .Decided("actor/admin-1", Of(ActorParty.Principal, Role.Administrator), "admin-1")
            .Decided("actor/officer-1", Of(ActorParty.Principal, Role.Principal), "admin-1")
            .Decided("actor/officer-2", Of(ActorParty.Principal, Role.Principal, Role.Investigator), "admin-1")
            .Decided("actor/finance-1", Of(ActorParty.Principal, Role.Finance), "admin-1")
            .Decided("actor/vendor-1", Of(ActorParty.Vendor, Role.Vendor), "admin-1")
            .Decided("actor/later-1", new ActorRegistered(ActorParty.Principal, [Role.Principal], new LocalDate(2026, 1, 31)), "admin-1")
            .Decided(
                "actor/former-1",
                new ActorRegistered(ActorParty.Principal, [Role.Principal], From, new LocalDate(2026, 1, 29)),
                "admin-1"
            )
            .Decided("actor/gone-1", Of(ActorParty.Principal, Role.Principal), "admin-1")
            .Decided("actor/gone-1", new ActorWithdrawn("left"), "admin-1");

    private static ActorRegistered Of(ActorParty party, params Role[] roles) => new(party, roles, From);

    private static void Refused(History history, string subject, EventData data, string actor, string path = "$.actor") =>
        Assert.Equal(path, Assert.Single(history.Decide(subject, data, actor)).Path);
}
