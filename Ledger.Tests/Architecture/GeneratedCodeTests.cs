using JasperFx.CodeGeneration;
using JasperFx.CodeGeneration.Model;
using Ledger.Tests.Support;
using Wolverine;

namespace Ledger.Tests.Architecture;

/// <summary>
/// What Wolverine makes of the handlers is source of this repository (Ledger.Api/Internal/Generated), so that no process compiles it
/// at its start. With UPDATE_GOLDEN=1 it is written anew.
/// </summary>
public sealed class GeneratedCodeTests
{
    [Fact]
    public async Task What_Wolverine_generates_for_the_handlers_is_what_the_repository_holds()
    {
        await using var database = await TestDatabase.CreateAsync();
        var made = Directory.CreateTempSubdirectory("ledger-generated-").FullName;
        try
        {
            database.Ledger.Get<WolverineOptions>().CodeGeneration.GeneratedCodeOutputPath = made;
            var builder = new DynamicCodeBuilder(
                database.Ledger.Get<IServiceProvider>(),
                [.. database.Ledger.Get<IEnumerable<ICodeFileCollection>>()]
            )
            {
                ServiceVariableSource = database.Ledger.Get<IServiceVariableSource>(),
            };
            builder.WriteGeneratedCode(_ => { });
            Golden.Same("Ledger.Api/Internal/Generated", made);
        }
        finally
        {
            Directory.Delete(made, recursive: true);
        }
    }
}
