using Ledger.Api.Operations;
using Ledger.Domain.Statements;
using Ledger.Tests.Support;

namespace Ledger.Tests.Commands;

/// <summary>The demo's year has a history: what its people decided stands between the facts, however often it was cut off.</summary>
public sealed class DemoYearTests
{
    private const string Contract = "gaomidian-2025";

    [Fact]
    public async Task Its_first_period_is_paid_the_second_is_payable_the_third_waits_for_an_invoice_and_the_last_for_decisions()
    {
        await using var database = await RunAsync(cutOffAfter: []);
        var statements = await database.Ledger.Read.AllAsync(Contract, null, default);
        Assert.Equal([PeriodStatus.Paid, PeriodStatus.Payable, PeriodStatus.Issued, PeriodStatus.Open], statements.Select(s => s.Status));
        Assert.Equal(statements[0].NetPayable, statements[0].Paid);
        Assert.Equal([0, 0, 0], statements.Take(3).Select(s => s.Totals.Proposed.Fen));
        Assert.True(statements[3].Totals.Proposed.IsPositive);
        Assert.True(statements[3].Totals.Disputed.IsPositive);
        Assert.True(statements.All(s => s.ActorsRegistered));

        // At the moments before each, it stood otherwise.
        var runs = await database.Ledger.Log.ReadAsync(0, long.MaxValue).Where(e => e.Type == "assessment_run").ToListAsync();
        var first = await database.Ledger.Read.OneAsync(Contract, 1, runs[2].Position, default);
        Assert.Equal((PeriodStatus.Open, 0), (first.Status, first.Paid.Fen));
        Assert.True((await database.Ledger.VerifyAsync()).Ok);
    }

    [Fact]
    public async Task A_demo_that_was_cut_off_before_or_after_an_assessment_ends_with_the_same_log()
    {
        await using var whole = await RunAsync(cutOffAfter: []);
        await using var cut = await RunAsync(cutOffAfter: [1, 2, 7]);
        Assert.Equal(await SaidAsync(whole), await SaidAsync(cut));
    }

    /// <summary>Runs it, after as many runs that end when a month was imported and is not assessed yet; and once more at the end.</summary>
    private static async Task<TestDatabase> RunAsync(IEnumerable<int> cutOffAfter)
    {
        var database = await TestDatabase.RegisteredAsync(new SetClock("2026-11-20T00:00:00Z"));
        foreach (var months in cutOffAfter.Append(int.MaxValue).Append(int.MaxValue))
        {
            var (ledger, done) = (database.Ledger, 0);
            var year = new DemoYear(Terms.Of(Contract), casesPerMonth: 120);
            void Progress(long events)
            {
                if (++done == months)
                {
                    throw new OperationCanceledException();
                }
            }

            try
            {
                await year.RunAsync(await ledger.BusAsync(), ledger.Importer, ledger.Accounts, Progress, default);
            }
            catch (OperationCanceledException) when (months < int.MaxValue) { }
        }

        return database;
    }

    private static async Task<List<string>> SaidAsync(TestDatabase database) =>
        await database.Ledger.Log.ReadAsync(0, long.MaxValue).Select(e => $"{e.Type} {e.Subject} {e.Actor}").ToListAsync();
}
