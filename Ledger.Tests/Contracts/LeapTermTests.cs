using Ledger.Api.Operations;
using Ledger.Domain.Decisions;
using Ledger.Domain.Terms;
using Ledger.Tests.Support;
using static Ledger.Tests.Tables.OfficeFiles;

namespace Ledger.Tests.Contracts;

/// <summary>Terms that begin on a day which not every year, or month, has.</summary>
public sealed class LeapTermTests
{
    [Fact]
    public async Task A_year_from_the_29th_of_February_ends_on_the_28th()
    {
        var terms = TermsReader.Read(FileOf("leap.json"), out var faults);
        Assert.Empty(faults);
        await using var database = await TestDatabase.CreateAsync();
        Assert.True((await database.Ledger.SendAsync<Registration>(terms!.Id, new RegisterContract(terms, "test"))).Recorded);
    }
}
