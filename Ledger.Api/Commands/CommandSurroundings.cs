using System.CommandLine;
using Ledger.Projections.Evidence.Checkpoints;

namespace Ledger.Api.Commands;

/// <summary>
/// What a command line is run in: where it writes, where its settings come from, and who signs. Without more it is the process's own: its
/// standard output and error, its environment, and appsettings.json in the directory where it was started.
/// </summary>
public sealed class CommandSurroundings : InvocationConfiguration
{
    /// <summary>Those of the process; an error is told by the command, and a signal leaves it time to finish.</summary>
    public CommandSurroundings()
    {
        EnableDefaultExceptionHandler = false;
        ProcessTerminationTimeout = TimeSpan.FromMinutes(5);
    }

    /// <summary>Who signs; null for the signer that the settings name.</summary>
    public ISigner? Signer { get; init; }

    /// <summary>Reads the settings, when a command needs them.</summary>
    public Func<IConfiguration> Settings { get; init; } =
        () =>
            new ConfigurationBuilder()
                .SetBasePath(Directory.GetCurrentDirectory())
                .AddJsonFile("appsettings.json", optional: true)
                .AddEnvironmentVariables()
                .Build();
}
