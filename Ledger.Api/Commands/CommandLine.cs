using System.CommandLine;
using Ledger.Api.Commands.Decide;
using Ledger.Api.Hosting;
using Ledger.Domain.Errors;
using Ledger.Projections.Store;

namespace Ledger.Api.Commands;

/// <summary>The command line: one file a command, and what they share: settings, output, exit status.</summary>
public static partial class CommandLine
{
    /// <summary>Done.</summary>
    public const int Done = 0;

    /// <summary>It ran and something was wrong.</summary>
    public const int SomethingWrong = 1;

    /// <summary>The command line is wrong.</summary>
    public const int BadUsage = 2;

    /// <summary>An input file cannot be read at all.</summary>
    public const int Unreadable = 3;

    /// <summary>The database cannot be reached, or another service holds the data directory.</summary>
    public const int NoDatabase = 4;

    private static readonly Option<bool> Json = new("--json")
    {
        Description = "Print one JSON document on standard output and nothing else",
        Recursive = true,
    };

    /// <summary>Runs one command line, in the process's own surroundings or in others; gives the exit status.</summary>
    public static async Task<int> RunAsync(string[] args, CommandSurroundings? surroundings = null)
    {
        surroundings ??= new CommandSurroundings();
        var root = new RootCommand("Ledger: an event-sourced audit ledger for hotline-service contracts. Without a command it serves.")
        {
            Json,
            ServeCommand.Create(),
            DemoCommand.Create(),
            ContractsCommand.Create(),
            ImportCommand.Create(),
            AssessCommand.Create(),
            StatementCommand.Create(),
            SettlementCommand.Create(),
            PayablesCommand.Create(),
            DeductionsCommand.Create(),
            FindingsCommand.Create(),
            ReviewCommand.Create(),
            RatesCommand.Create(),
            RankingsCommand.Create(),
            PackCommand.Create(),
            HistoryCommand.Create(),
            DiffCommand.Create(),
            TraceCommand.Create(),
            CaseCommand.Create(),
            EventCommand.Create(),
            DecisionsCommand.Create(),
            ActorCommand.Create(),
            RecordCommand.Create(),
            UserCommand.Create(),
            CalendarCommand.Create(),
            VerifyCommand.Create(),
            CheckpointCommand.Create(),
            ProveCommand.Create(),
            ExportCommand.Create(),
            VerifyBundleCommand.Create(),
            SignerCommand.Create(),
            PersonalCommand.Create(),
            RebuildCommand.Create(),
            DbCommand.Create(),
            SimulateCommand.Create(),
        };
        foreach (var command in DeductionCommands.Create().Concat(PeriodCommands.Create()))
        {
            root.Subcommands.Add(command);
        }

        ServeCommand.MakeDefault(root);

        var parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            await surroundings.Error.WriteLineAsync(
                $"ledger: {string.Join("; ", parsed.Errors.Select(e => Plain(e.Message)))}; see --help"
            );
            return BadUsage;
        }

        return await parsed.InvokeAsync(surroundings);
    }

    /// <summary>The library's words for a value of the wrong type name a .NET type; ours say what was expected.</summary>
    private static string Plain(string message) =>
        WrongType().Match(message) is { Success: true } wrong
            ? $"{wrong.Groups["option"].Value}: expected a whole number, got \"{wrong.Groups["value"].Value}\""
            : message.TrimEnd('.');

    [System.Text.RegularExpressions.GeneratedRegex(
        "^Cannot parse argument '(?<value>.*)' for option '(?<option>[^']*)' as expected type",
        System.Text.RegularExpressions.RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial System.Text.RegularExpressions.Regex WrongType();

    /// <summary>Runs a command's work; an error becomes one line on standard error and its exit status.</summary>
    internal static async Task<int> GuardAsync(ParseResult parsed, Func<Terminal, Task<int>> work)
    {
        var terminal = new Terminal(parsed.GetValue(Json), parsed.InvocationConfiguration);
        try
        {
            return await work(terminal);
        }
        catch (LedgerException e)
        {
            terminal.Error(e.Message);
            return ExitStatus(e.Code);
        }
        catch (Exception e) when (DatabaseErrors.IsAway(e) || DatabaseErrors.IsIdTaken(e))
        {
            var told = DatabaseErrors.Told(e);
            terminal.Error(told.Message);
            return ExitStatus(told.Code);
        }
        catch (OperationCanceledException)
        {
            terminal.Error("stopped before it was done; what was not acknowledged was not recorded");
            return SomethingWrong;
        }
#pragma warning disable CA1031 // The edge of the process: a defect of ours still ends as one line with a status, and its trace.
        catch (Exception e)
#pragma warning restore CA1031
        {
            terminal.Error($"a defect of the ledger, please report it: {e.Message}");
            await parsed.InvocationConfiguration.Error.WriteLineAsync(e.ToString());
            return SomethingWrong;
        }
    }

    /// <summary>What a command is run in.</summary>
    internal static CommandSurroundings SurroundingsOf(ParseResult parsed) => (CommandSurroundings)parsed.InvocationConfiguration;

    /// <summary>The settings of a command; throws <see cref="LedgerException"/> for one that is wrong.</summary>
    internal static LedgerSettings SettingsOf(ParseResult parsed) => LedgerSettings.From(SurroundingsOf(parsed).Settings());

    /// <summary>The bytes of a whole file; throws <see cref="LedgerException"/> where it cannot be read.</summary>
    internal static async Task<byte[]> ReadFileAsync(string path, CancellationToken cancel)
    {
        await using var stream = OpenFile(path);
        using var bytes = new MemoryStream();
        await stream.CopyToAsync(bytes, cancel);
        return bytes.ToArray();
    }

    /// <summary>Opens a file; throws <see cref="LedgerException"/> where it cannot be read.</summary>
    internal static Stream OpenFile(string path)
    {
        if (Directory.Exists(path))
        {
            throw new LedgerException(ErrorCode.FileUnreadable, $"{path} is a directory: name the files in it");
        }

        try
        {
            return path == "-"
                ? Console.OpenStandardInput()
                : new FileStream(
                    path,
                    FileMode.Open,
                    FileAccess.Read,
                    FileShare.Read,
                    1 << 16,
                    FileOptions.Asynchronous | FileOptions.SequentialScan
                );
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new LedgerException(ErrorCode.FileUnreadable, $"{path} cannot be read: {e.Message}", e);
        }
    }

    /// <summary>
    /// Makes a file anew, one that may hold personal data for its owner alone; throws <see cref="LedgerException"/> where it cannot be
    /// written.
    /// </summary>
    internal static FileStream CreateFile(string path, FileMode mode = FileMode.Create, bool secret = false)
    {
        try
        {
            return secret
                ? new FileStream(path, Projections.Evidence.Checkpoints.DurableFile.Options(mode, secret))
                : new FileStream(path, mode, FileAccess.ReadWrite);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new LedgerException(ErrorCode.FileUnreadable, $"{path} cannot be written: {e.Message}", e);
        }
    }

    /// <summary>
    /// Writes a file whole or not at all, over one that exists: what is written at the path that it gives becomes the file. Throws
    /// <see cref="LedgerException"/> where it cannot be written.
    /// </summary>
    internal static async Task<T> ReplaceFileAsync<T>(string path, Func<string, Task<T>> write)
    {
        var temporary = path + ".new";
        try
        {
            var written = await write(temporary);
            File.Move(temporary, path, overwrite: true);
            return written;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new LedgerException(ErrorCode.FileUnreadable, $"{path} cannot be written: {e.Message}", e);
        }
        finally
        {
            // Where its directory is not there, there is nothing to delete either.
            if (File.Exists(temporary))
            {
                File.Delete(temporary);
            }
        }
    }

    private static int ExitStatus(ErrorCode code) =>
        code switch
        {
            ErrorCode.BadRequest => BadUsage,
            ErrorCode.FileUnreadable => Unreadable,
            ErrorCode.DatabaseUnreachable or ErrorCode.DiskFull or ErrorCode.DatabaseNewer or ErrorCode.DataDirectoryInUse => NoDatabase,
            _ => SomethingWrong,
        };
}
