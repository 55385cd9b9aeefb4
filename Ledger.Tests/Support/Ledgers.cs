using Ledger.Api.Hosting;
using Ledger.Api.Imports;
using Ledger.Api.Operations;
using Ledger.Domain.Events;
using Ledger.Projections.Identities;

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

    /// <summary>The password of everybody in a demo that a test records.</summary>
    public const string Password = "correct horse battery staple";

    /// <summary>The people of a demo who sign in to its pages, with their roles.</summary>
    public static IReadOnlyList<(string Code, Role Role)> People { get; } =
    [
        ("administrator", Role.Administrator),
        ("principal-supervision", Role.Investigator),
        ("officer-02", Role.Principal),
        ("officer-07", Role.Principal),
        ("finance-01", Role.Finance),
        ("finance-02", Role.Finance),
        ("vendor-01", Role.Vendor),
        ("auditor-01", Role.Auditor),
    ];

    /// <summary>The clock by which a test's demo is recorded.</summary>
    public static DemoClock DemoClock { get; } = new(new SetClock("2026-11-20T00:00:00Z"), History.At("2026-11-11T00:59:59+08:00"));

    public static async Task RecordDemoAsync(TestLedger ledger)
    {
        var year = new DemoYear(Terms.Of("gaomidian-2025"), casesPerMonth: 120);
        DemoClock.Show(year.Begin);
        await RegisterAllAsync(ledger);
        await year.RunAsync(await ledger.BusAsync(), ledger.Importer, ledger.Accounts, DemoClock, _ => { }, default);
        foreach (var (code, role) in People)
        {
            await SignUpAsync(ledger, code, role, role == Role.Vendor ? ["gaomidian-2025"] : null);
        }

        await ledger.Models.CatchUpAsync(default);
    }

    /// <summary>Somebody who may sign in.</summary>
    public static async Task SignUpAsync(
        TestLedger ledger,
        string code,
        Role role,
        IReadOnlyList<string>? contracts = null,
        string password = Password
    )
    {
        await ledger.SendAsync<User>(LedgerSource.Contract, new RegisterUser(code, [role], contracts, "test"));
        var invitation = await ledger.SendAsync<Invitation>(LedgerSource.Contract, new InviteUser(code, "test"));
        await ledger.SendAsync<User>(LedgerSource.Contract, new SetPassword(code, invitation.Secret, password));
    }
}
