using System.CommandLine;
using Ledger.Domain.Events;
using Ledger.Domain.Simulation;
using Ledger.Domain.Terms;
using Ledger.EventStore;
using Spectre.Console;

namespace Ledger.Api.Commands;

/// <summary><c>simulate ID --seed S --cases-per-month N --out FILE</c>: a made-up year as NDJSON, without a database.</summary>
internal static class SimulateCommand
{
    public static Command Create()
    {
        var id = new Argument<string>("ID") { Description = "One of the contracts that ship with the product, or a terms file" };
        var seed = new Option<ulong>("--seed") { Description = "The same seed gives the same year", DefaultValueFactory = _ => 1 };
        var cases = new Option<int>("--cases-per-month") { Description = "Cases a service month, 0 to 1,000,000", DefaultValueFactory = _ => 1000 };
        var output = new Option<string>("--out") { Required = true, Description = "The file to write; - is standard output" };
        var command = new Command("simulate", "Writes a made-up year of events") { id, seed, cases, output };
        command.SetAction((parsed, cancel) => CommandLine.GuardAsync(parsed, async terminal =>
        {
            var perMonth = parsed.GetValue(cases);
            if (perMonth is < 0 or > 1_000_000)
            {
                throw new LedgerException(ErrorCode.BadRequest, $"--cases-per-month: expected 0 to 1000000, got {perMonth}");
            }

            var path = parsed.GetRequiredValue(output);
            var events = ServiceYear.Of(ReadTerms(parsed.GetRequiredValue(id)), parsed.GetValue(seed), perMonth);
            await using (var stream = Create(path))
            {
                foreach (var e in events)
                {
                    await stream.WriteAsync(EventWriter.Write(e), cancel);
                    stream.WriteByte((byte)'\n');
                }
            }

            if (path != "-")
            {
                terminal.Show(new { file = path, events = events.Count }, console => console.WriteLine($"{events.Count} events in {path}"));
            }

            return CommandLine.Done;
        }));
        return command;
    }

    private static ContractTerms ReadTerms(string id)
    {
        var utf8 = ShippedContracts.Find(id);
        if (utf8 is null)
        {
            using var stream = CommandLine.OpenFile(id);
            using var bytes = new MemoryStream();
            stream.CopyTo(bytes);
            utf8 = bytes.ToArray();
        }

        return TermsReader.Read(utf8, out var faults)
            ?? throw new LedgerException(ErrorCode.Refused, $"{id}: {string.Join("; ", faults)}");
    }

    private static BufferedStream Create(string path)
    {
        try
        {
            return new BufferedStream(path == "-" ? Console.OpenStandardOutput() : new FileStream(path, FileMode.Create, FileAccess.Write), 1 << 16);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new LedgerException(ErrorCode.FileUnreadable, $"{path} cannot be written: {e.Message}", e);
        }
    }
}
