using Ledger.Api.Operations;
using Ledger.Domain.Events;
using Ledger.Projections.Personal;
using Ledger.Tests.Support;

namespace Ledger.Tests.Commands;

/// <summary>What follows from an erasure on record, whoever recorded it.</summary>
public sealed class ErasureFollowUpTests
{
    [Fact]
    public async Task A_service_destroys_the_key_of_a_subject_that_another_process_erased_and_died()
    {
        await using var database = await TestDatabase.RegisteredAsync();
        var line = """
            {"specversion":"1.0","id":"1","source":"t","type":"case_received","contract":"gaomidian-2025","subject":"case/1","time":"2025-11-03T09:00:00+08:00",
             "actor":"a","data":{"platform":"city","channel":"network","urgency":"routine","caller":{"phone":"13800000001"}}}
            """.ReplaceLineEndings("");
        Assert.Equal(1, (await Ledgers.ImportAsync(database.Ledger, line)).Recorded);
        var number = PersonalField.NumberOf("p-1")!.Value;

        // The erasure is on record; the process that recorded it did not come to the key.
        await database.Ledger.SendAsync<Erasure>(LedgerSource.Contract, new ErasePersonalData("p-1", "officer-1", "asked"));
        Assert.NotNull(database.Ledger.Personal.Keys.Find(number));

        await using var service = await RunningService.StartAsync(database.Ledger);
        for (
            var patience = System.Diagnostics.Stopwatch.StartNew();
            database.Ledger.Personal.Keys.Find(number) is not null;
            await Task.Delay(50)
        )
        {
            Assert.True(patience.Elapsed < TimeSpan.FromSeconds(20), "the key is still there");
        }
    }
}
