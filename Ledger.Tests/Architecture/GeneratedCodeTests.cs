using JasperFx.CodeGeneration;
using JasperFx.CodeGeneration.Model;
using Ledger.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Wolverine;

namespace Ledger.Tests.Architecture;

/// <summary>
/// What Wolverine makes of the handlers and endpoints is source of this repository (Ledger.Api/Internal/Generated), so that no process compiles it
/// at its start. With UPDATE_GOLDEN=1 it is written anew.
/// </summary>
[Collection(nameof(OneAtATime))]
public sealed class GeneratedCodeTests
{
    [Fact]
    public async Task What_Wolverine_generates_for_the_handlers_and_endpoints_is_what_the_repository_holds()
    {
        await using var database = await TestDatabase.CreateAsync();
        DynamicCodeBuilder.WithinCodegenCommand = true;
        await using var service = await RunningService.BuildAsync(database.Ledger);
        var services = service.Services;
        var made = Directory.CreateTempSubdirectory("ledger-generated-").FullName;
        try
        {
            services.GetRequiredService<WolverineOptions>().CodeGeneration.GeneratedCodeOutputPath = made;
            var builder = new DynamicCodeBuilder(services, [.. services.GetServices<ICodeFileCollection>()])
            {
                ServiceVariableSource = services.GetRequiredService<IServiceVariableSource>(),
            };
            builder.WriteGeneratedCode(_ => { });
            Golden.Same("Ledger.Api/Internal/Generated", made);
        }
        finally
        {
            DynamicCodeBuilder.WithinCodegenCommand = false;
            Directory.Delete(made, recursive: true);
        }
    }
}

/// <summary>What sets something for the whole process runs beside nothing else.</summary>
[CollectionDefinition(nameof(OneAtATime), DisableParallelization = true)]
public sealed class OneAtATime;
