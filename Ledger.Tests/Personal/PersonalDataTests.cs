using System.Text.Json;
using Ledger.Api.Hosting;
using Ledger.Api.Imports;
using Ledger.Domain.Errors;
using Ledger.Projections.Evidence;
using Ledger.Projections.Personal;
using Ledger.Tests.Support;

namespace Ledger.Tests.Personal;

/// <summary>A caller's values are stored apart under a key of their own, read on record, and erased for good.</summary>
public sealed class PersonalDataTests
{
    private const string Contract = "gaomidian-2025";
    private const string Zhang = """{"name":"张三","phone":"138-0000 0001","address":"某路1号"}""";

    [Fact]
    public async Task An_event_holds_commitments_the_values_are_encrypted_apart_and_read_back()
    {
        await using var database = await ReadyAsync();
        Assert.Equal(1, (await Ledgers.ImportAsync(database.Ledger, Received("1", Zhang))).Recorded);
        var data = JsonDocument.Parse(await database.DataAsync("headers ->> 'id' = 'r-1'")).RootElement.GetProperty("caller");
        Assert.Equal("p-1", data.GetProperty("person").GetString());
        Assert.All(new[] { "name", "phone", "address" }, f => Assert.Matches("^[0-9a-f]{64}$", data.GetProperty(f).GetString()));
        Assert.Equal(
            0L,
            await database.ScalarAsync<long>("select count(*) from ledger.mt_events where data::text ~ '张三|13800000001|138-0000'")
        );
        Assert.Equal(
            0L,
            await database.ScalarAsync<long>("select count(*) from personal.fields where encode(sealed, 'escape') ~ '张三|138'")
        );
        Assert.DoesNotContain("张三", Leaf.Text((await database.Ledger.Log.ReadAsync(0, 99).ToListAsync())[^1]), StringComparison.Ordinal);

        var read = await database.Ledger.DiscloseAsync(Contract, "case/1", "officer-1", "call back");
        Assert.Equal(["张三", "138-0000 0001", "某路1号"], read.Select(r => r.Value));
        Assert.True((await database.Ledger.VerifyAsync()) is { Ok: true, PersonalFields: 3 });
    }

    [Fact]
    public async Task Reading_records_who_why_and_what_before_it_shows_anything()
    {
        await using var database = await ReadyAsync();
        await Ledgers.ImportAsync(database.Ledger, Received("1", Zhang));
        await database.Ledger.DiscloseAsync(Contract, "case/1", "officer-1", "call back");
        await database.Ledger.DiscloseAsync(Contract, "case/1", "officer-2", "complaint");
        var recorded = await database.Ledger.Log.ReadAsync(0, long.MaxValue, "_ledger").ToListAsync();
        Assert.Equal(["officer-1", "officer-2"], recorded.Select(e => e.Actor));
        Assert.Equal(
            """{"fields":["gaomidian-2025/r-1/caller.name","gaomidian-2025/r-1/caller.phone","gaomidian-2025/r-1/caller.address"],"person":"p-1","reason":"call back"}""",
            System.Text.Encoding.UTF8.GetString(CanonicalJson.Of(recorded[0].Data.Span))
        );
        Assert.Equal(
            ErrorCode.Refused,
            (await Assert.ThrowsAsync<LedgerException>(() => database.Ledger.DiscloseAsync(Contract, "case/9", "a", "b"))).Code
        );
    }

    [Fact]
    public async Task The_same_person_has_one_number_and_others_have_others()
    {
        await using var database = await ReadyAsync();
        await Ledgers.ImportAsync(
            database.Ledger,
            string.Join(
                '\n',
                Received("1", Zhang),
                Received("2", """{"phone":"+86 138 0000 0001"}"""),
                Received("3", """{"name":"张三"}"""),
                Received("4", """{"name":"李四","phone":"13900000002"}"""),
                Received("5", """{"phone":"无"}"""),
                Received("6", """{"phone":"无"}""")
            )
        );
        await Ledgers.ImportAsync(database.Ledger, Received("7", """{"phone":"13900000002"}"""));
        var persons = new Dictionary<string, string>();
        for (var i = 1; i <= 7; i++)
        {
            persons[$"{i}"] = await database.ScalarAsync<string>(
                $"select data->'caller'->>'person' from ledger.mt_events where headers ->> 'id' = 'r-{i}'"
            );
        }

        Assert.Equal(persons["1"], persons["2"]);
        Assert.Equal(persons["4"], persons["7"]);
        Assert.Equal(5, persons.Values.Distinct().Count());
        Assert.Equal(persons["1"], database.Ledger.Personal.PersonOf("13800000001"));
        Assert.Null(database.Ledger.Personal.PersonOf("13800000009"));
    }

    [Fact]
    public async Task An_erased_person_s_data_reads_erased_the_log_still_verifies_and_a_backup_of_the_database_is_of_no_use()
    {
        await using var database = await ReadyAsync();
        await Ledgers.ImportAsync(
            database.Ledger,
            string.Join('\n', Received("1", Zhang), Received("2", """{"name":"李四","phone":"13900000002"}"""))
        );
        var root = (await database.Ledger.VerifyAsync()).Root;
        await database.ExecuteAsync("create table public.backup_fields as table personal.fields");

        var erased = await database.Ledger.EraseAsync("p-1", "officer-1", "asked by the citizen");
        Assert.Equal((true, 3), (erased.Recorded, erased.Rows));
        Assert.Null(database.Ledger.Personal.PersonOf("13800000001"));
        Assert.Equal(root, Convert.ToHexStringLower(await LogRoot.AtAsync(database.Ledger.Database, erased.Position!.Value - 1, default)));
        var read = await database.Ledger.DiscloseAsync(Contract, "case/1", "officer-1", "look");
        Assert.All(read, r => Assert.Equal((PersonalState.Erased, null), (r.State, r.Value)));
        Assert.Equal("李四", (await database.Ledger.DiscloseAsync(Contract, "case/2", "officer-1", "look"))[0].Value);
        var verified = await database.Ledger.VerifyAsync();
        Assert.True(verified.Ok, verified.Problem);

        // What a backup of the database brings back cannot be opened, and is told.
        await database.ExecuteAsync("insert into personal.fields table public.backup_fields on conflict do nothing");
        read = await database.Ledger.DiscloseAsync(Contract, "case/1", "officer-1", "look");
        Assert.All(read, r => Assert.Null(r.Value));
        Assert.Null(database.Ledger.Personal.Keys.Find(1));
        Assert.Contains("outlived its erasure", (await database.Ledger.VerifyAsync()).Problem, StringComparison.Ordinal);
        Assert.False((await database.Ledger.EraseAsync("p-1", "officer-1", "again")).Recorded);
        Assert.True((await database.Ledger.VerifyAsync()).Ok);
    }

    [Fact]
    public async Task An_erasure_that_was_interrupted_before_the_key_was_gone_is_told_and_finished_by_repeating_it()
    {
        await using var database = await ReadyAsync();
        await Ledgers.ImportAsync(database.Ledger, Received("1", Zhang));
        var path = Path.Combine(DataFiles.Personal(database.Ledger.DataDirectory), PersonalKeys.PersonsFile);
        var keys = await File.ReadAllBytesAsync(path);
        await database.Ledger.EraseAsync("p-1", "officer-1", "asked");
        await File.WriteAllBytesAsync(path, keys);
        Assert.Contains("outlived its erasure", (await database.Ledger.VerifyAsync()).Problem, StringComparison.Ordinal);
        await database.Ledger.EraseAsync("p-1", "officer-1", "asked");
        Assert.True((await database.Ledger.VerifyAsync()).Ok);
    }

    [Fact]
    public async Task The_same_file_again_records_nothing_before_and_after_an_erasure_and_another_value_is_a_conflict_while_it_is_readable()
    {
        await using var database = await ReadyAsync();
        var other = Received("1", """{"name":"王五","phone":"13800000001"}""");
        await Ledgers.ImportAsync(database.Ledger, Received("1", Zhang));
        var again = await Ledgers.ImportAsync(database.Ledger, Received("1", Zhang));
        Assert.Equal((0L, 1L), (again.Recorded, again.Duplicates));
        var conflict = await Ledgers.ImportAsync(database.Ledger, other);
        Assert.Contains("and $.data.caller is another;", Assert.Single(conflict.Errors).Faults[0].ToString(), StringComparison.Ordinal);
        Assert.Equal(1, (await Ledgers.ImportAsync(database.Ledger, Received("1", null))).Rejected);

        await database.Ledger.EraseAsync("p-1", "officer-1", "asked");
        foreach (var line in new[] { Received("1", Zhang), other, Received("1", null) })
        {
            again = await Ledgers.ImportAsync(database.Ledger, line);
            Assert.Equal((0L, 1L, 0L), (again.Recorded, again.Duplicates, again.Rejected));
        }

        Assert.Equal(
            1,
            (
                await Ledgers.ImportAsync(
                    database.Ledger,
                    Received("1", Zhang).Replace("routine", "urgent\",\"dispatchLimitMinutes\":10,\"grid\":\"g", StringComparison.Ordinal)
                )
            ).Rejected
        );
        Assert.Equal(0L, await database.ScalarAsync<long>("select count(*) from personal.fields"));
        Assert.True((await database.Ledger.VerifyAsync()).Ok);
    }

    [Fact]
    public async Task A_dry_run_and_a_refused_file_keep_nothing_of_a_person()
    {
        await using var database = await ReadyAsync();
        var dry = await Ledgers.ImportAsync(database.Ledger, Received("1", Zhang), new ImportOptions(DryRun: true));
        Assert.Equal(1, dry.Recorded);
        Assert.DoesNotContain("张三", dry.Sample![0].GetRawText(), StringComparison.Ordinal);
        Assert.Equal(1, (await Ledgers.ImportAsync(database.Ledger, Received("1", Zhang) + "\n{}")).Rejected);
        Assert.Equal(0L, await database.ScalarAsync<long>("select count(*) from personal.fields"));
        Assert.False(File.Exists(Path.Combine(DataFiles.Personal(database.Ledger.DataDirectory), PersonalKeys.PersonsFile)));
    }

    /// <summary>Spellings of one number are one person; a name of an account is nobody's number.</summary>
    [Theory]
    [InlineData("13800000001", true)]
    [InlineData("+86 138-0000-0001", true)]
    [InlineData("0086 138 0000 0001", true)]
    [InlineData("１３８００００0001", true)]
    [InlineData("13800000001转8", true)]
    [InlineData("13800000002", false)]
    [InlineData("wx13800000001", false)]
    public void A_number_is_told_again_however_it_is_written(string phone, bool same) =>
        Assert.Equal(same, new Domain.Events.Caller(Phone: phone).WhoIn("s") == new Domain.Events.Caller(Phone: "13800000001").WhoIn("t"));

    [Fact]
    public async Task Of_two_events_with_one_id_the_values_of_the_recorded_one_are_kept_and_no_number_is_given_twice()
    {
        await using var database = await ReadyAsync();
        var refused = Received("1", """{"name":"甲","phone":"13800000011"}""")
            .Replace("2025-11-03", "2199-11-03", StringComparison.Ordinal);
        var report = await Ledgers.ImportAsync(
            database.Ledger,
            refused + "\n" + Received("1", """{"name":"乙","phone":"13800000012"}"""),
            new ImportOptions(_ => Task.CompletedTask)
        );
        Assert.Equal((1L, 1L), (report.Recorded, report.Rejected));
        Assert.Equal("乙", (await database.Ledger.DiscloseAsync(Contract, "case/1", "a", "b"))[0].Value);
        await Ledgers.ImportAsync(database.Ledger, Received("2", """{"name":"丙","phone":"13800000013"}"""));
        Assert.Null(database.Ledger.Personal.PersonOf("13800000011"));
        Assert.NotEqual(database.Ledger.Personal.PersonOf("13800000012"), database.Ledger.Personal.PersonOf("13800000013"));
        Assert.True((await database.Ledger.VerifyAsync()).Ok);
    }

    [Fact]
    public async Task Keys_that_are_behind_the_database_are_asked_for_and_nothing_is_recorded()
    {
        await using var database = await ReadyAsync();
        await Ledgers.ImportAsync(database.Ledger, Received("1", Zhang));
        var path = Path.Combine(DataFiles.Personal(database.Ledger.DataDirectory), PersonalKeys.PersonsFile);
        var old = await File.ReadAllBytesAsync(path);
        await Ledgers.ImportAsync(database.Ledger, Received("2", """{"phone":"13900000002"}"""));
        await File.WriteAllBytesAsync(path, old);
        var refused = await Assert.ThrowsAsync<LedgerException>(() =>
            Ledgers.ImportAsync(database.Ledger, Received("3", """{"phone":"13900000003"}"""))
        );
        Assert.Contains("put the newest copy", refused.Message, StringComparison.Ordinal);
        Assert.Equal(0L, await database.ScalarAsync<long>("select count(*) from ledger.mt_events where headers ->> 'id' = 'r-3'"));
    }

    [Theory]
    [InlineData("13812345678")]
    [InlineData("\"张三 13812345678\"")]
    [InlineData("{\"phone\":13812345678}")]
    [InlineData("{\"name\":[\"张三\"]}")]
    public async Task No_message_repeats_a_personal_value(string caller)
    {
        await using var database = await ReadyAsync();
        var said = JsonSerializer.Serialize(
            (await Ledgers.ImportAsync(database.Ledger, Received("1", caller))).Errors,
            Domain.Json.LedgerJson.Options
        );
        Assert.Contains("$.data.caller", said, StringComparison.Ordinal);
        Assert.DoesNotContain("13812345678", said, StringComparison.Ordinal);
        Assert.DoesNotContain("张三", said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"name":""}""", "$.data.caller.name")]
    [InlineData("{}", "$.data.caller")]
    [InlineData("""{"name":"x","idCard":"1"}""", "$.data.caller.idCard")]
    [InlineData("""{"name":"x","person":"p-1"}""", "$.data.caller.person")]
    [InlineData("""{"name":5}""", "$.data.caller.name")]
    public async Task A_caller_that_is_none_is_refused_with_its_path(string caller, string path)
    {
        await using var database = await ReadyAsync();
        Assert.Equal(
            path,
            Assert.Single(Assert.Single((await Ledgers.ImportAsync(database.Ledger, Received("1", caller))).Errors).Faults).Path
        );
    }

    [Fact]
    public async Task The_master_key_s_file_is_its_owner_s_alone_and_without_it_nothing_is_guessed()
    {
        await using var database = await ReadyAsync();
        await Ledgers.ImportAsync(database.Ledger, Received("1", Zhang));
        var master = Path.Combine(DataFiles.Personal(database.Ledger.DataDirectory), PersonalKeys.MasterFile);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(master));
        }

        File.Delete(master);
        var keys = new PersonalKeys(DataFiles.Personal(database.Ledger.DataDirectory));
        Assert.Contains("put it back", Assert.Throws<LedgerException>(() => keys.Find(1)).Message, StringComparison.Ordinal);
        await File.WriteAllBytesAsync(master, new byte[32]);
        Assert.Null(new PersonalKeys(DataFiles.Personal(database.Ledger.DataDirectory)).Find(1));
    }

    [Fact]
    public async Task A_person_who_never_was_cannot_be_erased()
    {
        await using var database = await ReadyAsync();
        foreach (var person in new[] { "p-1", "p-01", "x", "p--1", "p-9223372036854775807", "p-99999999999999999999" })
        {
            Assert.Equal(
                ErrorCode.Refused,
                (await Assert.ThrowsAsync<LedgerException>(() => database.Ledger.EraseAsync(person, "a", "b"))).Code
            );
        }
    }

    internal static string Received(string number, string? caller) =>
        $$$"""{"specversion":"1.0","id":"r-{{{number}}}","source":"12345/gaomidian","type":"case_received","contract":"{{{Contract}}}","subject":"case/{{{number}}}","time":"2025-11-03T09:12:00+08:00","actor":"seat-07","data":{"platform":"city","channel":"phone","urgency":"routine"{{{(caller is null ? "" : ",\"caller\":" + caller)}}}}}""";

    internal static async Task<TestDatabase> ReadyAsync()
    {
        var database = await TestDatabase.RegisteredAsync();
        return database;
    }
}
