using System.Text;
using System.Text.Json;
using Ledger.Api.Imports;
using Ledger.Api.Mapping;
using Ledger.Domain.Errors;
using Ledger.Domain.Json;
using Ledger.Domain.Time;
using Ledger.Tests.Support;

namespace Ledger.Tests.Tables;

/// <summary>
/// CSV and XLSX through a mapping, as offices have them: good files become events, bad ones are refused with what is wrong and where.
/// </summary>
public sealed class MappedImportTests
{
    private const string Contract = "gaomidian-2025";
    private const string Heading = "id,opened,target,closed,status,queue,department,latitude,longitude\n";
    private static readonly ImportMapping Generic = Mapping("generic-311");

    [Fact]
    public async Task A_row_becomes_several_events_and_a_second_import_recognises_them()
    {
        await using var database = await ReadyAsync();
        var file =
            Heading
            + "1,2025-11-20T09:00:00,2025-11-25T09:00:00,2025-11-25T09:00:01,Closed,Noise,Unit A,39.9,116.4\n2,2025/11/20 "
            + "10:00:00,,,Open,,,,\n";
        var first = await ImportAsync(database, file);
        Assert.Equal((2L, 4L, 0L), (first.Read, first.Recorded, first.Rejected));
        var again = await ImportAsync(database, file);
        Assert.Equal((0L, 4L), (again.Recorded, again.Duplicates));
        Assert.Equal(
            """{"category":"Noise","channel":"network","dueAt":"2025-11-25T01:00:00Z","location":{"lat":39.9,"lon":116.4},"platform":"city","urgency":"routine"}""",
            await database.DataAsync("headers ->> 'id' like '1-received-%'")
        );
        Assert.Equal(
            """{"channel":"network","platform":"city","urgency":"routine"}""",
            await database.DataAsync("headers ->> 'id' like '2-received-%'")
        );
    }

    [Theory]
    [InlineData("2025-11-25T08:59:59+08:00", "")]
    [InlineData("2025-11-25T09:00:00+08:00", "")] // due at nine: equal is in time
    [InlineData("2025-11-25T09:00:01+08:00", "case/late case/open")]
    [InlineData("2025-11-26T00:00:00+08:00", "case/late case/open")]
    public async Task Whether_a_case_is_late_follows_its_own_due_time_at_any_past_moment(string effective, string late)
    {
        foreach (var contract in new[] { Contract, "jiuxianqiao-2025" })
        {
            await using var database = await ReadyAsync();
            await ImportAsync(
                database,
                Heading
                    + "open,2025-11-20T09:00:00,2025-11-25T09:00:00,,Open,,,,\n"
                    + "late,2025-11-20T09:00:00,2025-11-25T09:00:00,2025-11-25T10:00:00,Closed,,,,\n"
                    + "kept,2025-11-20T09:00:00,2025-11-25T09:00:00,2025-11-25T09:00:00,Closed,,,,\n",
                contract: contract
            );
            var head = await database.Ledger.Log.HeadAsync(default);
            var findings = await database.Ledger.Findings.AtAsync(contract, head.Position, History.At(effective), default);
            Assert.Equal(
                late,
                string.Join(' ', findings.Where(f => f.Rule == "handling").Select(f => f.Subject).Order(StringComparer.Ordinal))
            );
        }
    }

    [Fact]
    public async Task The_city_platforms_mapping_leaves_totals_out_keeps_dates_as_such_and_refuses_a_word_that_it_does_not_know()
    {
        await using var database = await ReadyAsync();
        const string heading = "工单编号,来电人,来电人电话/账号,主要内容,办结时间,是否解决,是否满意\n";
        var mapping = Mapping("city-platform");
        var report = await ImportAsync(
            database,
            Encoding.UTF8.GetBytes(heading + "BJ-1,,,,2025-11-20,是,满意\nBJ-2,,,,2025年11月20日,-,-\n合计,,,,,2,\n"),
            mapping
        );
        Assert.Empty(report.Errors);
        Assert.Equal((3L, 1L), (report.Recorded, report.LeftOut!["rows that the mapping skips"]));
        Assert.Equal(["来电人", "来电人电话/账号", "主要内容"], report.Personal);
        Assert.Equal(1, report.LeftOut["case_followed_up where \"是否满意\" is blank"]);
        Assert.Equal(
            3L,
            await database.ScalarAsync<long>("select count(*) from ledger.mt_events where headers ->> 'timeprecision' = 'date'")
        );
        var without = Encoding.UTF8.GetBytes("工单编号,办结时间,是否解决,是否满意\nBJ-4,2025-11-20,,\n");
        Assert.Null((await ImportAsync(database, without, mapping)).Personal);
        var refused = await ImportAsync(database, Encoding.UTF8.GetBytes(heading + "BJ-3,,,,2025-11-20 09:30,是,很满意\n"), mapping);
        Assert.Contains("got \"很满意\"", Assert.Single(refused.Errors).Faults[0].Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("utf-8", false)]
    [InlineData("utf-8", true)]
    [InlineData("gb18030", false)]
    public async Task The_city_platforms_export_is_read_in_either_encoding_and_personal_data_stay_out(string encoding, bool mark)
    {
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        await using var database = await ReadyAsync();
        const string file =
            "工单编号,工单类型,问题分类,标题,主要内容,工单状态,来电人,来电人电话/账号,被反映区,被反映街乡镇,回复内容,办结时间,是否解决,是否满意,工单性质,村/社区\r\n"
            + "\"BJ-1\",诉求,噪音扰民,夜间施工,\"第一行\r\n第二行，\"\"引号\"\"\",已办结,张某,13800000000,西城区,高米店街道,已处理,2025-11-20 09:30,是,满意,,某社区\r\n"
            + "BJ-2,诉求,停车秩序,占道,内容,办理中,李某,13900000000,西城区,高米店街道,,,,,,某社区\r\n";
        var chosen = Encoding.GetEncoding(encoding);
        byte[] bytes = [.. mark ? Encoding.UTF8.GetPreamble() : [], .. chosen.GetBytes(file)];
        var rejected = new List<RejectedLine>();
        var report = await ImportAsync(database, bytes, Mapping("city-platform"), reject: rejected.Add);
        Assert.Equal((2L, 2L), (report.Read, report.Recorded));
        Assert.Equal(4, Assert.Single(rejected).Line);
        Assert.Equal(
            0L,
            await database.ScalarAsync<long>("select count(*) from ledger.mt_events where data::text ~ '张某|13800000000|引号'")
        );
        Assert.Equal("""{"contacted":true,"resolved":true,"result":"satisfied"}""", await database.DataAsync("type = 'case_followed_up'"));
    }

    [Theory]
    [InlineData("1,yesterday,,,Open,,,,", "column \"opened\": expected a time such as", 2)]
    [InlineData("1,2025-11-20T09:00:00,,,Open,,,91,116.4", "$.data.location.lat: expected degrees from -90 to 90, got 91", 2)]
    [InlineData("1,2025-11-20T09:00:00,,,Open,,,north,116.4", "column \"latitude\": expected a number, got \"north\"", 2)]
    [InlineData("1,2025-11-20T09:00:00,,,Open", "$: expected 9 fields as in the heading, got 5", 2)]
    [InlineData("1,2025-11-20T09:00:00,,,Open,,,,,more", "$: expected 9 fields as in the heading, got 10", 2)]
    [InlineData(",2025-11-20T09:00:00,,,Open,,,,", "column \"id\": expected text, got nothing: what the row is about is named by it", 2)]
    [InlineData("1,2025-11-20T09:00:00,,,Open,a\"b,,,", "$: a quotation mark stands inside a field without quotation marks", 2)]
    [InlineData("1,2025-11-20T09:00:00,,,Open,\"cut off", "$: the file ends inside a quoted field", 2)]
    public async Task A_bad_row_says_what_is_wrong_and_nothing_of_the_file_is_recorded(string row, string problem, long line)
    {
        await using var database = await ReadyAsync();
        var report = await ImportAsync(database, Heading + row + "\n");
        var error = Assert.Single(report.Errors);
        Assert.Contains(problem, string.Join("; ", error.Faults), StringComparison.Ordinal);
        Assert.Equal((line, 0L), (error.Line, report.Recorded));
    }

    [Fact]
    public async Task The_line_of_a_row_counts_the_line_breaks_inside_quoted_fields()
    {
        await using var database = await ReadyAsync();
        var report = await ImportAsync(database, Heading + "1,2025-11-20T09:00:00,,,Open,\"a\nb\nc\",,,\n2,never,,,Open,,,,\n");
        Assert.Equal(5, Assert.Single(report.Errors).Line);
    }

    [Fact]
    public async Task A_dry_run_shows_the_first_rows_as_events_and_records_nothing()
    {
        await using var database = await ReadyAsync();
        var before = (await database.Ledger.Log.HeadAsync(default)).Position;
        using var file = new MemoryStream(
            Encoding.UTF8.GetBytes(Heading + string.Concat(Enumerable.Range(1, 9).Select(i => $"{i},2025-11-20T09:00:00,,,Open,,,,\n")))
        );
        var report = await database.Ledger.Importer.ImportAsync(
            EventFile.OfTable(file, Generic, Contract, WorkingDays.Shipped),
            new ImportOptions(DryRun: true),
            default
        );
        Assert.Equal((9L, 5), (report.Recorded, report.Sample!.Count));
        Assert.StartsWith("1-received-", report.Sample[0].GetProperty("id").GetString(), StringComparison.Ordinal);
        Assert.Equal(before, (await database.Ledger.Log.HeadAsync(default)).Position);
    }

    [Fact]
    public async Task A_workbooks_dates_and_numbers_as_text_are_read()
    {
        await using var database = await ReadyAsync();
        // 45981.375 is 2025-11-20 09:00; the id is a number, the latitude a text.
        var sheet = Workbook.Sheet(
            Workbook.Row(1, Heading.Trim().Split(',').Select(Workbook.Text)),
            Workbook.Row(
                2,
                [
                    Workbook.Number("42"),
                    Workbook.Moment("45981.375"),
                    Workbook.Text(""),
                    Workbook.Moment("45981.395833333336"),
                    Workbook.Text("Closed"),
                    Workbook.Text(""),
                    Workbook.Text("Unit A"),
                    Workbook.Text(" 39.9 "),
                    Workbook.Number("116.4"),
                ]
            )
        );
        var report = await ImportAsync(database, Workbook.Of(sheet), Generic);
        Assert.Equal(3, report.Recorded);
        Assert.Equal("case/42", await database.ScalarAsync<string>("select stream_id from ledger.mt_events where type = 'case_closed'"));
        Assert.Equal(
            "2025-11-20T01:30:00Z",
            await database.ScalarAsync<string>("select headers ->> 'time' from ledger.mt_events where type = 'case_closed'")
        );
    }

    [Fact]
    public async Task A_formula_a_spreadsheet_error_and_a_rounded_number_are_refused_by_cell()
    {
        await using var database = await ReadyAsync();
        var sheet = Workbook.Sheet(
            Workbook.Row(1, Heading.Trim().Split(',').Select(Workbook.Text)),
            Workbook.Row(2, [Workbook.Text("1"), "<c r=\"B2\"><f>NOW()</f><v>45981</v></c>"]),
            Workbook.Row(3, [Workbook.Text("2"), "<c r=\"B3\" t=\"e\"><v>#N/A</v></c>"]),
            Workbook.Row(4, [Workbook.Number("2.0251103091200123E+16"), Workbook.Moment("45981")])
        );
        var report = await ImportAsync(database, Workbook.Of(sheet), Generic);
        Assert.Equal(
            [
                "2: $: cell B2 holds a formula: a record must not depend on a calculation; paste the values",
                "3: $: cell B3 holds the error #N/A",
                "4: column \"id\": the number 2.0251103091200123E+16 has more digits than a spreadsheet keeps: format the column as "
                    + "text before the numbers are entered",
            ],
            report.Errors.Select(e => $"{e.Line}: {e.Faults[0]}")
        );
        Assert.Equal(0, report.Recorded);
    }

    [Theory]
    [InlineData("a cut-off workbook", "damaged or cut off")]
    [InlineData("a bomb", "refused as a zip bomb")]
    [InlineData("a bomb that claims to be small", "the workbook is damaged")]
    [InlineData("a sheet that is no XML", "the workbook is damaged")]
    [InlineData("a zip without a workbook", "is it an XLSX workbook?")]
    [InlineData("a document type", "the workbook is damaged")]
    [InlineData("an old workbook", "save it as XLSX")]
    [InlineData("UTF-16", "the file is UTF-16")]
    [InlineData("no encoding", "neither UTF-8 nor GB18030")]
    [InlineData("NUL bytes", "NUL bytes")]
    [InlineData("nothing", "ends before its heading")]
    [InlineData("a million columns", "1,000,000 columns")]
    [InlineData("a row without an end", "a row does not end within 16 MB")]
    [InlineData("other columns", "the file has no column \"department\", \"closed\"")]
    [InlineData("a column twice", "two columns \"id\"")]
    public async Task A_file_that_cannot_be_read_is_refused_with_the_reason(string file, string reason)
    {
        await using var database = await ReadyAsync();
        var refused = await Assert.ThrowsAsync<LedgerException>(() => ImportAsync(database, Unreadable(file), Generic));
        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
    }

    // Made when the test runs: as data of a theory, 40 MB would be written down each time the tests are looked for.
    private static byte[] Unreadable(string file) =>
        file switch
        {
            "a cut-off workbook" => Workbook.Of(Workbook.Sheet(Workbook.Row(1, [Workbook.Text("id")])))[..^40],
            "a bomb" => Workbook.Bomb(Heading.Trim().Split(','), lying: false),
            "a bomb that claims to be small" => Workbook.Bomb(Heading.Trim().Split(','), lying: true),
            "a sheet that is no XML" => Workbook.Of("<worksheet><sheetData><row>"),
            "a zip without a workbook" => Workbook.Zip(("a.txt", "x")),
            "a document type" => Workbook.Of("<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\">]><worksheet/>"),
            "an old workbook" => [0xD0, 0xCF, 0x11, 0xE0, 1, 2, 3, 4],
            "UTF-16" => [0xFF, 0xFE, .. Encoding.Unicode.GetBytes(Heading)],
            "no encoding" => [.. Encoding.UTF8.GetBytes(Heading), 0x31, 0x2C, 0xFF, 0xFF, 0x0A],
            "NUL bytes" => [0x69, 0x64, 0x00, 0x0A],
            "nothing" => [],
            "a million columns" => Encoding.UTF8.GetBytes(string.Join(',', Enumerable.Range(0, 1_000_000)) + "\n"),
            "a row without an end" => Encoding.UTF8.GetBytes(Heading + "\"" + new string('a', 40_000_000)),
            "other columns" => "id,opened\n1,2\n"u8.ToArray(),
            "a column twice" => Encoding.UTF8.GetBytes("id," + Heading),
            _ => throw new ArgumentOutOfRangeException(nameof(file)),
        };

    [Fact]
    public async Task A_cell_longer_than_a_cell_can_be_is_refused()
    {
        await using var database = await ReadyAsync();
        var refused = await Assert.ThrowsAsync<LedgerException>(() =>
            ImportAsync(database, Workbook.Of(Workbook.Sheet(Workbook.Row(1, [Workbook.Text(new string('x', 200_000))]))), Generic)
        );
        Assert.Contains("a cell has more than", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"name":"x","source":"s","events":[]}""", "$.events: expected at least one event")]
    [InlineData(
        """{"name":"x","source":"s","events":[{"type":"case_shut","id":"{a}","subject":"case/{a}","time":"t","actor":"x"}]}""",
        "$.events[0].type: expected the type of a fact or a decision, got \"case_shut\""
    )]
    [InlineData(
        """{"name":"x","source":"s","timeZone":"Peking","events":[{"type":"case_closed","id":"{a}","subject":"case/{a}","time":"t","actor":"x"}]}""",
        "$.timeZone: expected an IANA time zone"
    )]
    [InlineData("""{"name":"x","source":"s","colour":1,"events":[]}""", "$.colour")]
    public void A_wrong_mapping_is_refused_with_its_path(string json, string problem)
    {
        Assert.Null(ImportMapping.Read(Encoding.UTF8.GetBytes(json), out var faults));
        Assert.Contains(problem, string.Join("; ", faults), StringComparison.Ordinal);
    }

    [Fact]
    public void The_published_schema_is_that_of_the_code() =>
        Golden.Equal("docs/mappings/mapping.schema.json", SchemaFile.Generate(typeof(ImportMapping), ImportMapping.SchemaTitle));

    [Fact]
    public async Task Personal_data_cannot_be_mapped_into_an_event()
    {
        await using var database = await ReadyAsync();
        var mapping = Generic with { PersonalData = ["queue"] };
        var refused = await Assert.ThrowsAsync<LedgerException>(() => ImportAsync(database, Encoding.UTF8.GetBytes(Heading), mapping));
        Assert.Contains("\"queue\" is personal data", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_caller_s_columns_are_mapped_into_the_caller_and_stored_apart()
    {
        await using var database = await ReadyAsync();
        var events = Generic.Events.Select(e =>
            e.Type != "case_received"
                ? e
                : e with
                {
                    Data = JsonElement.Parse(
                        """{"platform":"city","channel":"phone","urgency":"routine","caller":{"name":{"column":"queue"},"phone":"138{id}0000000"}}"""
                    ),
                }
        );
        var mapping = Generic with { PersonalData = ["queue"], Events = [.. events] };
        Assert.Equal(
            1,
            (await ImportAsync(database, Encoding.UTF8.GetBytes(Heading + "1,2025-11-20T09:00:00,,,Open,张某,,,\n"), mapping)).Recorded
        );
        var read = await database.Ledger.DiscloseAsync(Contract, "case/1", "officer-1", "call back");
        Assert.Equal(["张某", "13810000000"], read.Select(r => r.Value));
    }

    private static ImportMapping Mapping(string name) =>
        ImportMapping.Read(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "mappings", name + ".json")), out var faults)
        ?? throw new InvalidDataException(string.Join("; ", faults));

    private static async Task<TestDatabase> ReadyAsync()
    {
        var database = await TestDatabase.RegisteredAsync();
        return database;
    }

    private static Task<ImportReport> ImportAsync(TestDatabase database, string file, string contract = Contract) =>
        ImportAsync(database, Encoding.UTF8.GetBytes(file), Generic, contract);

    private static async Task<ImportReport> ImportAsync(
        TestDatabase database,
        byte[] file,
        ImportMapping mapping,
        string contract = Contract,
        Action<RejectedLine>? reject = null
    )
    {
        using var stream = new MemoryStream(file);
        return await database.Ledger.Importer.ImportAsync(
            EventFile.OfTable(stream, mapping, contract, WorkingDays.Shipped),
            new ImportOptions(
                reject is null
                    ? null
                    : line =>
                    {
                        reject(line);
                        return Task.CompletedTask;
                    }
            ),
            default
        );
    }
}
