using Ledger.Domain.Errors;
using Ledger.Domain.Events;
using Ledger.Projections.Evidence.Verification;
using Ledger.Projections.Store;
using Ledger.Tests.Support;
using Npgsql;

namespace Ledger.Tests.Failures;

/// <summary>An append cut off at every step of its way, a step being one message between program and PostgreSQL.</summary>
public sealed class AppendStepTests
{
    /// <summary>The ways that an append takes: a save of new facts, and one with a look at what is on record.</summary>
    [Theory]
    [InlineData(3, false, true)]
    [InlineData(3, false, false)]
    [InlineData(100, false, true)]
    [InlineData(3, true, true)]
    [InlineData(3, true, false)]
    public async Task Cut_at_any_step_it_is_recorded_whole_or_not_at_all_and_the_same_append_again_completes_it(
        int size,
        bool repeats,
        bool staysDown
    )
    {
        await using var database = await TestDatabase.CreateAsync();
        using var proxy = new WireProxy(database.ConnectionString);
        await using var source = NpgsqlDataSource.Create(proxy.ConnectionString);
        await using var facts = new FactWriter(source, database.Ledger.Clock);
        await facts.RecordAsync(Event(0, 0), default);

        var (round, lost, expected) = (0, 0, 1L);
        for (var struck = true; struck; round++)
        {
            NewEvent[] events = [.. Enumerable.Range(0, size).Select(i => Event(round + 1, i))];
            events = repeats ? [Event(0, 0), .. events] : events;
            proxy.CutAfter(round, staysDown);
            IReadOnlyList<AppendResult>? receipts = null;
            try
            {
                receipts = await facts.RecordAsync(events, default);
            }
            catch (LedgerException e)
            {
                Assert.Equal(ErrorCode.DatabaseUnreachable, e.Code);
            }

            struck = proxy.Struck;
            proxy.Mend();
            var there = await database.ScalarAsync<long>("select count(*) from ledger.mt_events") - expected;
            Assert.True(receipts is null ? there == 0 || there == size : there == size, $"step {round}: {there} of {size} events");
            lost += receipts is null && there == size ? 1 : 0;

            // Connections that the cut left behind in the pool are found out one by one.
            for (var tries = 0; receipts is null; tries++)
            {
                receipts = await TryAsync(facts, events, last: tries == 5);
            }

            Assert.All(receipts, r => Assert.True(r is AppendResult.Recorded or AppendResult.Duplicate, $"step {round}: {r}"));
            expected += size;
        }

        Assert.InRange(round, 5, 500);
        await Fact.AssertWholeAsync(database, expected);
    }

    /// <summary>kill -9 of a real process at steps all over its way, from the first connection to the last answer.</summary>
    [Fact]
    public async Task A_process_killed_at_any_step_leaves_its_file_recorded_whole_or_not_at_all_and_the_same_file_completes_it()
    {
        const int kills = 12;
        await using var database = await TestDatabase.CreateAsync();
        using var command = new Command();
        using var proxy = new WireProxy(database.ConnectionString);
        KeyValuePair<string, string>[] settings = [new("ConnectionStrings__Ledger", proxy.ConnectionString)];
        await Ledgers.RegisterAllAsync(database.Ledger);
        var sample = Ledgers.Sample("gaomidian-first-quarter").Take(3).ToList();
        var expected = await database.ScalarAsync<long>("select coalesce(max(seq_id), 0) from ledger.mt_events");

        // Undisturbed, to know how long the way is.
        var before = proxy.Steps;
        Assert.Equal(0, (await command.RunAsync(settings, "import", FileOf(command, sample, 0))).Status);
        var way = proxy.Steps - before;
        expected += sample.Count;
        for (var kill = 1; kill <= kills; kill++)
        {
            var file = FileOf(command, sample, kill);
            using var process = command.Start(settings, ["import", file]);
            proxy.Arm(way * kill / (kills + 1), process.Kill);
            await process.WaitForExitAsync();
            Assert.True(proxy.Struck, $"the process was done before step {way * kill / (kills + 1)} of {way}");
            proxy.Mend();

            // The server learns of the death by the closed connection, and then lets the head go.
            await using (var log = await LogTransaction.BeginAsync(database.Ledger.Database, database.Ledger.Clock, default))
            {
                var there = log.Position - expected;
                Assert.True(there == 0 || there == sample.Count, $"kill {kill}: {there} of {sample.Count} events");
            }

            var again = await Ledgers.ImportAsync(database.Ledger, await File.ReadAllTextAsync(file));
            Assert.Equal(sample.Count, again.Recorded + again.Duplicates);
            expected += sample.Count;
        }

        var verified = await new LogVerifier(database.Ledger.Database).VerifyAsync(RetainedCheckpoints.None, null, default);
        Assert.Equal((true, expected, null), (verified.Ok, verified.Events, verified.Problem));
    }

    private static string FileOf(Command command, List<string> sample, int number)
    {
        var path = Path.Combine(Directory.CreateDirectory(command.DataDirectory).FullName, $"{number}.ndjson");
        File.WriteAllLines(
            path,
            sample.Select(l =>
                l.Replace("\"id\": \"", $"\"id\": \"{number}-", StringComparison.Ordinal)
                    .Replace("GMD-0001", $"K-{number}", StringComparison.Ordinal)
            )
        );
        return path;
    }

    private static async Task<IReadOnlyList<AppendResult>?> TryAsync(FactWriter facts, IReadOnlyList<NewEvent> events, bool last)
    {
        try
        {
            return await facts.RecordAsync(events, default);
        }
        catch (LedgerException) when (!last)
        {
            return null;
        }
    }

    private static NewEvent Event(int round, int i) => Fact.Of($"case/{i % 7}", $"{round}-{i}");
}
