using System.CommandLine;
using Ledger.Domain.Events;
using Ledger.Domain.Json;

namespace Ledger.Api.Commands.Decide;

/// <summary><c>confirm</c>, <c>waive</c>, <c>dispute</c>, <c>decide</c>: what becomes of proposed deductions.</summary>
internal static class DeductionCommands
{
    private const string Deduction = "DEDUCTION";

    public static IEnumerable<Command> Create()
    {
        var (why, grounds, decided) = (DecisionCommand.Reason(), DecisionCommand.Reason(), DecisionCommand.Reason());
        var outcome = new Option<string>("--outcome")
        {
            Required = true,
            Description = "What the dispute comes to: " + string.Join(", ", Words<DisputeOutcome>.All),
        };
        var amount = new Option<string?>("--amount") { Description = "What is left of it in yuan, where it is reduced" };
        yield return DecisionCommand.Create(
            "confirm",
            "Confirms proposed deductions",
            Deduction,
            (_, id) => (Subject(id), new DeductionConfirmed())
        );
        yield return DecisionCommand.Create(
            "waive",
            "Waives proposed deductions",
            Deduction,
            (parsed, id) => (Subject(id), new DeductionWaived(parsed.GetRequiredValue(why))),
            why
        );
        yield return DecisionCommand.Create(
            "dispute",
            "Disputes confirmed deductions, as the vendor",
            Deduction,
            (parsed, id) => (Subject(id), new DeductionDisputed(parsed.GetRequiredValue(grounds))),
            grounds
        );
        yield return DecisionCommand.Create(
            "decide",
            "Decides disputes: upheld, reduced or overturned, by somebody else than confirmed",
            Deduction,
            (parsed, id) =>
                (
                    Subject(id),
                    new DisputeDecided(
                        OptionValues.Word<DisputeOutcome>(parsed.GetRequiredValue(outcome), outcome),
                        parsed.GetRequiredValue(decided),
                        parsed.GetValue(amount) is { } left ? OptionValues.Yuan(left, amount) : null
                    )
                ),
            outcome,
            amount,
            decided
        );
    }

    private static string Subject(string id) => $"deduction/{id}";
}
