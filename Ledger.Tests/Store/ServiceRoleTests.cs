using Ledger.Tests.Support;
using Npgsql;

namespace Ledger.Tests.Store;

/// <summary>The role that the service works in can add to the log, and can change nothing that is recorded.</summary>
public sealed class ServiceRoleTests
{
    [Fact]
    public async Task The_service_works_in_a_role_of_its_own()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var command = database.Ledger.Database.CreateCommand("select current_user::text");
        Assert.Equal("ledger_service", await command.ExecuteScalarAsync());
    }

    [Theory]
    [InlineData("update ledger.mt_events set data = '{}'")]
    [InlineData("delete from ledger.mt_events")]
    [InlineData("truncate ledger.mt_events")]
    [InlineData("delete from ledger.mt_streams")]
    [InlineData("alter table ledger.mt_events disable trigger all")]
    [InlineData("drop table ledger.mt_events cascade")]
    [InlineData("drop trigger mt_events_refuse_update_delete on ledger.mt_events")]
    [InlineData("create or replace function ledger.refuse_change() returns trigger language plpgsql as 'begin return new; end'")]
    [InlineData("set session_replication_role = replica")]
    [InlineData("delete from ledger.tiles")]
    [InlineData("update personal.fields set sealed = ''")]
    [InlineData("create table ledger.mine (x int)")]
    public async Task It_is_refused(string sql)
    {
        await using var database = await TestDatabase.RegisteredAsync();
        await using var command = database.Ledger.Database.CreateCommand(sql);
        Assert.Equal(
            PostgresErrorCodes.InsufficientPrivilege,
            (await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteNonQueryAsync())).SqlState
        );
    }
}
