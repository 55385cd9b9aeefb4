using Ledger.Api.Imports;
using Ledger.Domain.Events;

namespace Ledger.Tests.Support;

/// <summary>Steps that many specifications on the real database begin with.</summary>
public static class Ledgers
{
    public static async Task RegisterAllAsync(TestLedger ledger)
    {
        foreach (var contract in Terms.Ids)
        {
            Assert.Empty((await ledger.RegisterAsync(contract)).Faults);
        }
    }

    /// <summary>The lines of a sample.</summary>
    public static IReadOnlyList<string> Sample(string sample) =>
        File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Samples", sample + ".ndjson"));

    public static async Task<ImportReport> ImportSampleAsync(TestLedger ledger, string sample) =>
        await ImportAsync(ledger, string.Join('\n', Sample(sample)));

    public static async Task<ImportReport> ImportAsync(TestLedger ledger, string text, ImportOptions? options = null)
    {
        using var stream = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(text));
        return await ledger.Importer.ImportAsync(EventFile.OfEvents(stream, null), options ?? new ImportOptions(), default);
    }

    public static async Task<ImportReport> ImportAsync(TestLedger ledger, IEnumerable<NewEvent> events)
    {
        return await ledger.Importer.ImportAsync(EventFile.Of([.. events]), new ImportOptions(), default);
    }
}
