using System.Text.Json;
using Ledger.Api.Commands;
using Ledger.Projections.Evidence.Checkpoints;
using Microsoft.Extensions.Configuration;

namespace Ledger.Tests.Support;

/// <summary>
/// The command line in this process, on a database of the cluster that all tests share: the same lines, outputs and statuses as those of
/// <see cref="Command"/>, without a process and a cluster for each.
/// </summary>
public sealed class Shell : IDisposable
{
    private readonly IConfiguration settings;
    private readonly ISigner? signer;
    private readonly DirectoryInfo files = Directory.CreateTempSubdirectory("ledger-shell-");

    /// <summary>On a database.</summary>
    public Shell(TestDatabase database)
        : this(new("LEDGER_DATA", database.Ledger.DataDirectory), new("ConnectionStrings:Ledger", database.ConnectionString)) =>
        signer = database.Ledger.Get<ISigner>();

    /// <summary>With some settings.</summary>
    public Shell(params IEnumerable<KeyValuePair<string, string?>> settings) =>
        this.settings = new ConfigurationBuilder().AddInMemoryCollection(settings).Build();

    /// <summary>A directory for what commands read and write.</summary>
    public string Files => files.FullName;

    /// <summary>Runs a line to its end.</summary>
    public async Task<(int Status, string Output, string Error)> RunAsync(params string[] arguments)
    {
        await using var output = new StringWriter();
        await using var error = new StringWriter();
        var surroundings = new CommandSurroundings
        {
            Output = output,
            Error = error,
            ProcessTerminationTimeout = null,
            Settings = () => settings,
            Signer = signer,
        };
        return (await CommandLine.RunAsync(arguments, surroundings), output.ToString(), error.ToString());
    }

    /// <summary>Runs it with <c>--json</c>; it must be done, and its output one JSON document.</summary>
    public async Task<JsonElement> JsonAsync(params string[] arguments) =>
        JsonDocument.Parse(await DoneAsync([.. arguments, "--json"])).RootElement;

    /// <summary>What people are shown by a command that is done, without the lines of its tables.</summary>
    public async Task<string> ShownAsync(params string[] arguments) =>
        (await DoneAsync(arguments)).Replace("│", "", StringComparison.Ordinal);

    public void Dispose() => files.Delete(recursive: true);

    private async Task<string> DoneAsync(string[] arguments) => Command.Done(await RunAsync(arguments), arguments);
}
