using System.Reflection;
using Ledger.Projections.Evidence.Checkpoints;
using NodaTime;
using Wolverine;

namespace Ledger.Api.Hosting;

/// <summary>An open ledger in a process that does not serve: its database, and a host of what works on it.</summary>
public sealed class LedgerHost : IAsyncDisposable
{
    private readonly LedgerDatabase database;
    private readonly IHost host;
    private readonly Lazy<Task> started;

    private LedgerHost(LedgerDatabase database, IHost host) =>
        (this.database, this.host, started) = (database, host, new Lazy<Task>(() => host.StartAsync()));

    /// <summary>What works on it.</summary>
    public IServiceProvider Services => host.Services;

    /// <summary>
    /// Opens the ledger that the settings name; <paramref name="say"/> is told what is being done, for people. What only reads says so
    /// (<paramref name="commands"/>): Marten and Wolverine take a sixth of a second to be set up.
    /// </summary>
    public static async Task<LedgerHost> OpenAsync(
        LedgerSettings settings,
        IClock clock,
        Action<string> say,
        CancellationToken cancel,
        ISigner? signer = null,
        bool commands = true
    )
    {
        var database = await LedgerDatabase.OpenAsync(settings, say, cancel);
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { ApplicationName = "Ledger.Api" });
        builder.Services.AddLedger(database, settings, clock, signer);
        if (commands)
        {
            builder.Services.AddCommands(database.MartenSource, clock);
        }

        return new LedgerHost(database, builder.Build());
    }

    /// <summary>What sends commands; with the first one what runs them is started, which a process that only reads needs none of.</summary>
    public async Task<IMessageBus> BusAsync(CancellationToken cancel)
    {
        await started.Value.WaitAsync(cancel);
        return host.MessageBus();
    }

    /// <summary>
    /// Runs some work as an endpoint's handler is run: its parameters are given from the host's services, beside what the caller
    /// gives. Who asks for the message bus, to send commands, has it started. The work gives an exit status.
    /// </summary>
    public async Task<int> RunAsync(Delegate work, CancellationToken cancel, params object[] given)
    {
        var parameters = work.Method.GetParameters();
        object[] all = SendsCommands(work) ? [cancel, await BusAsync(cancel), .. given] : [cancel, .. given];
        var arguments = Array.ConvertAll(
            parameters,
            p => Array.Find(all, p.ParameterType.IsInstanceOfType) ?? Services.GetRequiredService(p.ParameterType)
        );
        return await (Task<int>)work.Method.Invoke(work.Target, BindingFlags.DoNotWrapExceptions, null, arguments, null)!;
    }

    /// <summary>Whether some work asks for the message bus.</summary>
    public static bool SendsCommands(Delegate work) => work.Method.GetParameters().Any(p => p.ParameterType == typeof(IMessageBus));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (started.IsValueCreated)
        {
            await host.StopAsync();
        }

        await ((IAsyncDisposable)host).DisposeAsync();
        await database.DisposeAsync();
    }
}
