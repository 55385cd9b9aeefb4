using Ledger.Domain.Events;
using Ledger.Tests.Support;

namespace Ledger.Tests.Interop;

/// <summary>Others call the service by a client that is generated from its OpenAPI document.</summary>
public sealed class GeneratedClientTests
{
    private const string Contract = "gaomidian-2025";

    [NswagFact]
    public async Task A_client_that_another_program_makes_of_the_document_takes_a_period_from_its_facts_to_its_payment()
    {
        var clock = new SetClock("2026-02-20T01:00:00Z");
        await using var database = await TestDatabase.CreateAsync(clock);
        await database.Ledger.RegisterAsync(Contract);
        await using var service = await RunningService.StartAsync(database.Ledger);
        var directory = Directory.CreateTempSubdirectory("ledger-client-").FullName;
        try
        {
            foreach (var file in Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Interop", "client")))
            {
                File.Copy(file, Path.Combine(directory, Path.GetFileName(file)));
            }

            await RunAsync(
                Path.Combine(Environment.GetEnvironmentVariable("LEDGER_NSWAG")!, "node_modules", ".bin", "nswag"),
                "openapi2csclient",
                $"/input:{Path.Combine(AppContext.BaseDirectory, "openapi.json")}",
                $"/output:{Path.Combine(directory, "Client.cs")}",
                "/classname:LedgerClient",
                "/namespace:Generated",
                "/GenerateOptionalParameters:true",
                "/GenerateOptionalPropertiesAsNullable:true",
                "/runtime:Net100"
            );
            var said = await RunAsync(
                "dotnet",
                [
                    "run",
                    "--project",
                    directory,
                    "--",
                    service.Http.BaseAddress!.ToString(),
                    TestIssuer.TokenOf("recorder-01", [Role.Recorder], []),
                    TestIssuer.TokenOf("vendor-01", [Role.Vendor], [Contract]),
                    TestIssuer.TokenOf("officer-01", [Role.Principal], []),
                    TestIssuer.TokenOf("officer-02", [Role.Principal], []),
                    TestIssuer.TokenOf("finance-01", [Role.Finance], []),
                ]
            );

            // 3,000 of the loss, and 1,000 under 4.6.4 for the case that nobody dispatched.
            Assert.Equal(
                ["refused 403 urn:ledger:error:not-permitted", "covered True", "Paid 1074800.00 of 1078800.00"],
                said.Trim().Split('\n')
            );
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static async Task<string> RunAsync(string program, params string[] arguments)
    {
        var (status, said) = await ProgramRun.ToEndAsync(program, arguments);
        Assert.True(status == 0, $"{program} {arguments[0]} ended with {status}: {said}");
        return said;
    }

    private sealed class NswagFactAttribute : FactAttribute
    {
        public NswagFactAttribute() =>
            Skip = Environment.GetEnvironmentVariable("LEDGER_NSWAG") is null
                ? "LEDGER_NSWAG names no directory with npm's nswag; .ci/run makes one"
                : null;
    }
}
