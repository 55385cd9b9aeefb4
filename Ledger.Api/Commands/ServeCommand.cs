using System.CommandLine;
using Ledger.Api.Hosting;
using Ledger.Api.Postgres;
using Ledger.Api.Web;
using Ledger.Domain.Errors;
using NodaTime;

namespace Ledger.Api.Commands;

/// <summary><c>serve [--urls U]</c>: the HTTP API until it is stopped.</summary>
internal static class ServeCommand
{
    private const string DefaultUrls = "http://localhost:5080";

    public static Command Create()
    {
        var command = new Command("serve", "Serves the HTTP API");
        Fill(command);
        return command;
    }

    /// <summary>Serving is what the program does without a command.</summary>
    public static void MakeDefault(RootCommand root) => Fill(root);

    private static void Fill(Command command)
    {
        var urls = new Option<string>("--urls") { Description = "Where to listen", DefaultValueFactory = _ => DefaultUrls };
        command.Options.Add(urls);
        command.SetAction(
            (parsed, cancel) =>
                CommandLine.GuardAsync(
                    parsed,
                    async terminal =>
                    {
                        var settings = CommandLine.SettingsOf(parsed);
                        using var held = Hold(settings);
                        await ServeAsync(settings, SystemClock.Instance, parsed.GetRequiredValue(urls), terminal, cancel);
                        return CommandLine.Done;
                    }
                )
        );
    }

    /// <summary>Serves the ledger of the settings until cancelled.</summary>
    internal static async Task ServeAsync(LedgerSettings settings, IClock clock, string urls, Terminal terminal, CancellationToken cancel)
    {
        await using var database = await LedgerDatabase.OpenAsync(settings, terminal.Say, cancel);
        await using var app = await LedgerApi.BuildAsync(database, settings, clock, urls, cancel);
        try
        {
            await app.StartAsync(cancel);
        }
        catch (Exception e) when (e is IOException or FormatException or InvalidOperationException)
        {
            // What runs beside the listener has begun: it is ended before what it works with.
            await app.StopAsync(CancellationToken.None);
            throw new LedgerException(ErrorCode.BadRequest, $"--urls {urls}: {e.Message}", e);
        }

        if (settings.IsDemo)
        {
            await app.Services.GetRequiredService<DemoUsers>().RegisterAsync(DemoCommand.Contract, cancel);
        }
        else if (await app.Services.GetRequiredService<FirstAdministrator>().InviteAsync(cancel) is { } link)
        {
            terminal.Say($"nobody can sign in yet: set the administrator's password within 24 hours at {app.Urls.First()}{link}");
        }

        terminal.Say($"serving on {string.Join(", ", app.Urls)}; Ctrl-C stops");
        var stopped = new TaskCompletionSource();
        await using (cancel.Register(stopped.SetResult))
        {
            await stopped.Task;
        }

        await app.StopAsync(CancellationToken.None);
    }

    /// <summary>One service a data directory: the second says so and ends.</summary>
    internal static FileStream? Hold(LedgerSettings settings)
    {
        if (settings.ConnectionString is not null)
        {
            return null;
        }

        ServerUser.CreateReachable(settings.DataDirectory);
        return FileLock.TryExclusive(Path.Combine(settings.DataDirectory, "service.lock"))
            ?? throw new LedgerException(
                ErrorCode.DataDirectoryInUse,
                $"another service holds {settings.DataDirectory}: stop it, or set LEDGER_DATA to another directory"
            );
    }
}
