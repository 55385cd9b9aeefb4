using Ledger.Projections.Personal;
using Ledger.Tests.Personal;
using Ledger.Tests.Support;

namespace Ledger.Tests.Attacks;

/// <summary>Attacks on personal data, which the log only commits to (docs/attacks.md).</summary>
public sealed class PersonalAttacks
{
    [Theory]
    [InlineData("delete from personal.fields where event_id = 'r-2'")]
    [InlineData("delete from personal.fields where event_id = 'r-2' and field = 'caller.phone'")]
    public async Task Attack_28_delete_personal_data_without_its_event(string sql)
    {
        await using var database = await ReadyAsync();
        await database.TamperAsync(sql);
        await AssertNamedAsync(database, "case/2 is missing");
        Assert.Contains(
            await database.Ledger.DiscloseAsync("gaomidian-2025", "case/2", "a", "b"),
            r => r.State == PersonalState.Missing && r.Value is null
        );
    }

    [Fact]
    public async Task Attack_28_destroy_a_key_without_its_event()
    {
        await using var database = await ReadyAsync();
        database.Ledger.Personal.Keys.Erase(2);
        await AssertNamedAsync(database, "case/2 is missing");
    }

    [Theory]
    [InlineData(
        "update personal.fields f set sealed = o.sealed from personal.fields o where o.field = f.field and o.event_id = case "
            + "f.event_id when 'r-1' then 'r-2' else 'r-1' end"
    )]
    [InlineData(
        "update personal.fields f set sealed = o.sealed from personal.fields o where o.event_id = f.event_id and o.field <> f.field "
            + "and f.event_id = 'r-1'"
    )]
    [InlineData("update personal.fields set sealed = overlay(sealed placing '\\x00' from 20) where event_id = 'r-1'")]
    public async Task Attack_29_swap_two_persons_ciphertexts(string sql)
    {
        await using var database = await ReadyAsync();
        await database.TamperAsync(sql);
        await AssertNamedAsync(database, "case/1 is not what the event committed to");
        Assert.All(
            await database.Ledger.DiscloseAsync("gaomidian-2025", "case/1", "a", "b"),
            r => Assert.Equal((PersonalState.Changed, null), (r.State, r.Value))
        );
    }

    private static async Task<TestDatabase> ReadyAsync()
    {
        var database = await PersonalDataTests.ReadyAsync();
        var report = await Ledgers.ImportAsync(
            database.Ledger,
            string.Join(
                '\n',
                PersonalDataTests.Received("1", """{"name":"张三","phone":"13800000001"}"""),
                PersonalDataTests.Received("2", """{"name":"李四","phone":"13900000002"}""")
            )
        );
        Assert.Equal(2, report.Recorded);
        return database;
    }

    private static async Task AssertNamedAsync(TestDatabase database, string problem)
    {
        var verified = await database.Ledger.VerifyAsync();
        Assert.False(verified.Ok);
        Assert.Contains(problem, verified.Problem, StringComparison.Ordinal);
        Assert.Equal(problem.Contains("case/1", StringComparison.Ordinal) ? 6 : 7, verified.Position);
    }
}
