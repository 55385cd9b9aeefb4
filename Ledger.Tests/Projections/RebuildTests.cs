using Ledger.Tests.Support;
using Npgsql;

namespace Ledger.Tests.Projections;

/// <summary>Read models are folded again however long the database takes; whoever asks for one thing waits as long as was agreed.</summary>
public sealed class RebuildTests
{
    private const int AgreedSeconds = 1;

    [Fact]
    public async Task A_statement_of_Marten_waits_as_long_as_the_connection_string_says()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var hurried = await OpenHurriedAsync(database);
        await using var session = hurried.Store.LightweightSession("gaomidian-2025");
        session.QueueSqlCommand("select pg_sleep(?)", AgreedSeconds + 0.5);
        var refused = await Assert.ThrowsAnyAsync<Exception>(() => session.SaveChangesAsync());
        Assert.Contains(Causes(refused), e => e is TimeoutException);
    }

    [Fact]
    public async Task And_for_ever_where_it_says_so()
    {
        await using var database = await TestDatabase.CreateAsync();
        var patient = new NpgsqlConnectionStringBuilder(database.ConnectionString) { CommandTimeout = 0 }.ConnectionString;
        await using var ledger = await TestDatabase.OpenAsync(patient);
        Assert.Equal(0, ledger.Store.Options.CommandTimeout);
    }

    [Fact]
    public async Task A_rebuild_waits_as_long_as_it_takes()
    {
        await using var database = await TestDatabase.RegisteredAsync();
        await using var hurried = await OpenHurriedAsync(database);
        await using var holder = new NpgsqlConnection(database.ConnectionString);
        await holder.OpenAsync();
        var held = await holder.BeginTransactionAsync();
        await new NpgsqlCommand("lock table ledger.case_scores in access exclusive mode", holder, held).ExecuteNonQueryAsync();

        var rebuild = hurried.Models.RebuildAsync(CancellationToken.None);
        await Task.Delay(TimeSpan.FromSeconds(AgreedSeconds * 2));
        Assert.False(rebuild.IsCompleted);
        await held.CommitAsync();

        var (position, contracts) = await rebuild;
        Assert.Equal((await hurried.Log.HeadAsync(default)).Position, position);
        Assert.Equal(5, contracts);
    }

    private static Task<TestLedger> OpenHurriedAsync(TestDatabase database) =>
        TestDatabase.OpenAsync(
            new NpgsqlConnectionStringBuilder(database.ConnectionString) { CommandTimeout = AgreedSeconds }.ConnectionString
        );

    private static IEnumerable<Exception> Causes(Exception e)
    {
        for (Exception? cause = e; cause is not null; cause = cause.InnerException)
        {
            yield return cause;
        }
    }
}
