using Ledger.Tests.Support;
using Npgsql;

namespace Ledger.Tests.Log;

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
    [InlineData("update ledger.events set data = '{}'")]
    [InlineData("delete from ledger.events")]
    [InlineData("truncate ledger.events")]
    [InlineData("alter table ledger.events disable trigger all")]
    [InlineData("drop table ledger.events")]
    [InlineData("drop trigger events_refuse_update_delete on ledger.events")]
    [InlineData("create or replace function ledger.refuse_change() returns trigger language plpgsql as 'begin return new; end'")]
    [InlineData("set session_replication_role = replica")]
    [InlineData("update ledger.tiles set root = sha256('')")]
    [InlineData("delete from ledger.tiles")]
    [InlineData("delete from ledger.head")]
    [InlineData("insert into ledger.head (singleton, position, recorded_at, root, frontier) values (true, 0, now(), '', '')")]
    [InlineData("update personal.fields set sealed = ''")]
    [InlineData("create table ledger.mine (x int)")]
    public async Task It_is_refused(string sql)
    {
        await using var database = await TestDatabase.CreateAsync();
        await Ledgers.RegisterAllAsync(database.Ledger);
        await using var command = database.Ledger.Database.CreateCommand(sql);
        Assert.Equal(PostgresErrorCodes.InsufficientPrivilege, (await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteNonQueryAsync())).SqlState);
    }
}
