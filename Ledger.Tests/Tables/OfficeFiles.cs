using System.Text;
using Ledger.Api.Imports;
using Ledger.Api.Mapping;
using Ledger.Domain.Time;
using Ledger.Tests.Support;

namespace Ledger.Tests.Tables;

/// <summary>Files of offices, and steps that specifications on them begin with.</summary>
internal static class OfficeFiles
{
    public const string Contract = "gaomidian-2025";
    public const string Heading = "工单编号,受理时间,承办单位,问题分类,办结时限,办结时间,是否解决,是否满意\n";

    public static string Row(int number, string csv) => Workbook.Row(number, csv.Trim().Split(',').Select(Workbook.Text));

    public static byte[] FileOf(string name) => File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Tables", "files", name));

    public static ImportMapping Mapping(string name) =>
        ImportMapping.Read(FileOf(name + ".json"), out var faults) ?? throw new InvalidDataException(string.Join("; ", faults));

    /// <summary>A mapping's JSON with one of its properties set.</summary>
    public static byte[] Json(string name, string property, string value)
    {
        var json = System.Text.Json.Nodes.JsonNode.Parse(FileOf(name + ".json"))!.AsObject();
        json[property] = System.Text.Json.Nodes.JsonNode.Parse(value);
        return Encoding.UTF8.GetBytes(json.ToJsonString());
    }

    public static ImportMapping With(string name, string property, string value) =>
        ImportMapping.Read(Json(name, property, value), out var faults) ?? throw new InvalidDataException(string.Join("; ", faults));

    public static string Faults(ImportReport report) => string.Join("; ", report.Errors.SelectMany(e => e.Faults));

    public static Task<string> ScalarAsync(TestDatabase database, string what, string type, string? stream = null) =>
        database.ScalarAsync<string>(
            $"select {what} from ledger.mt_events where type = '{type}'{(stream is null ? "" : $" and stream_id = '{stream}'")} limit 1"
        );

    public static async Task<TestDatabase> ReadyAsync()
    {
        var database = await TestDatabase.RegisteredAsync();
        return database;
    }

    public static Task<ImportReport> ImportAsync(TestDatabase database, byte[] file, string mapping) =>
        ImportAsync(database, file, Mapping(mapping));

    public static async Task<ImportReport> ImportAsync(TestDatabase database, byte[] file, ImportMapping mapping)
    {
        using var stream = new MemoryStream(file);
        return await database.Ledger.Importer.ImportAsync(
            EventFile.OfTable(stream, mapping, Contract, WorkingDays.Shipped),
            new ImportOptions(),
            default
        );
    }
}
