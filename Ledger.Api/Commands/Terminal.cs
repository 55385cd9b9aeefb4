using System.CommandLine;
using System.Text;
using Ledger.Domain.Json;
using Ledger.Domain.Money;
using Spectre.Console;

namespace Ledger.Api.Commands;

/// <summary>What a command shows: documents on standard output, everything else on standard error.</summary>
public sealed class Terminal
{
    private const int PipedWidth = 200;

    private readonly InvocationConfiguration writers;

    /// <summary>A terminal for one command.</summary>
    public Terminal(bool json, InvocationConfiguration writers)
    {
        (Json, this.writers) = (json, writers);
        Out = Console(writers.Output, writers.Output != System.Console.Out || System.Console.IsOutputRedirected);
        Notes = Console(writers.Error, writers.Error != System.Console.Error || System.Console.IsErrorRedirected);
    }

    /// <summary>Whether one JSON document is asked for.</summary>
    public bool Json { get; }

    /// <summary>Standard output, for people.</summary>
    public IAnsiConsole Out { get; }

    /// <summary>Standard error.</summary>
    public IAnsiConsole Notes { get; }

    /// <summary>Whether progress is worth showing.</summary>
    public static bool ShowsProgress => !System.Console.IsErrorRedirected;

    /// <summary>Prints the command's document: as JSON where asked for, else as the tables that <paramref name="people"/> prints.</summary>
    public void Show<T>(T document, Action<IAnsiConsole> people)
    {
        if (Json)
        {
            writers.Output.WriteLine(
                Encoding.UTF8.GetString(System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(document, LedgerJson.Indented))
            );
        }
        else
        {
            people(Out);
        }
    }

    /// <summary>Writes a text as it is on standard output.</summary>
    public void Write(string text) => writers.Output.Write(text);

    /// <summary>Says what is going on, on standard error.</summary>
    public void Say(string text) => Notes.MarkupLineInterpolated($"[grey]{text}[/]");

    /// <summary>Says what is wrong and what to do, in one line on standard error.</summary>
    public void Error(string text) => writers.Error.WriteLine("ledger: " + text.ReplaceLineEndings(" "));

    /// <summary>
    /// A table; a column whose heading ends with a hash is right-aligned, one that ends with a tilde may break its lines.
    /// </summary>
    public static Table Table(params ReadOnlySpan<string> headings)
    {
        var table = new Table { Border = TableBorder.Rounded };
        foreach (var heading in headings)
        {
            var column = new TableColumn(heading.TrimEnd('#', '~')) { NoWrap = !heading.EndsWith('~') };
            table.AddColumn(heading.EndsWith('#') ? column.RightAligned() : column);
        }

        return table;
    }

    /// <summary>An amount for people.</summary>
    public static string Yuan(Cny amount) => amount.ToDisplay();

    private static IAnsiConsole Console(TextWriter writer, bool redirected)
    {
        var console = AnsiConsole.Create(
            new AnsiConsoleSettings
            {
                Out = new AnsiConsoleOutput(writer),
                Ansi = redirected ? AnsiSupport.No : AnsiSupport.Detect,
                ColorSystem = redirected ? ColorSystemSupport.NoColors : ColorSystemSupport.Detect,
            }
        );
        if (redirected)
        {
            console.Profile.Width = PipedWidth;
        }

        return console;
    }
}
