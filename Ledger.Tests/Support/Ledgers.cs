using Ledger.Api.Hosting;
using Ledger.Api.Imports;
using Ledger.Api.Operations;
using Ledger.Domain.Events;

namespace Ledger.Tests.Support;

/// <summary>Steps that many specifications on the real database begin with.</summary>
public static class Ledgers
{
    public static async Task RegisterAllAsync(LedgerRuntime ledger)
    {
        foreach (var contract in Terms.Ids)
        {
            Assert.Empty((await RegisterContract.RunAsync(ledger, Terms.File(contract), contract, "test", default)).Faults);
        }
    }

    /// <summary>The lines of a sample.</summary>
    public static IReadOnlyList<string> Sample(string sample) => File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Samples", sample + ".ndjson"));

    public static async Task<ImportReport> ImportSampleAsync(LedgerRuntime ledger, string sample) =>
        await ImportAsync(ledger, string.Join('\n', Sample(sample)));

    public static async Task<ImportReport> ImportAsync(LedgerRuntime ledger, string text, ImportOptions? options = null)
    {
        using var stream = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(text));
        return await ImportEvents.RunAsync(ledger, EventFile.OfEvents(stream, null), options ?? new ImportOptions(), default);
    }

    public static async Task<ImportReport> ImportAsync(LedgerRuntime ledger, IEnumerable<NewEvent> events)
    {
        using var stream = new MemoryStream([.. events.SelectMany(e => EventWriter.Write(e).Append((byte)'\n'))]);
        return await ImportEvents.RunAsync(ledger, EventFile.OfEvents(stream, null), new ImportOptions(), default);
    }
}
