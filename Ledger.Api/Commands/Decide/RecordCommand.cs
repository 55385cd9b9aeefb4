using System.CommandLine;
using System.Text;
using Ledger.Domain.Errors;
using Ledger.Domain.Events;

namespace Ledger.Api.Commands.Decide;

/// <summary>
/// <c>record TYPE SUBJECT… --data JSON</c>: any decision that the catalogue of events has, with its data as docs/events.md describes it;
/// what officers decide every day has verbs of its own.
/// </summary>
internal static class RecordCommand
{
    public static Command Create()
    {
        var type = new Argument<string>("TYPE") { Description = "The type, such as loss_claimed or deliverable_rejected" };
        var subjects = new Argument<string[]>("SUBJECT")
        {
            Arity = ArgumentArity.ZeroOrMore,
            Description = "On what, such as claim/2026-03; one or more, with --list none",
        };
        var data = new Option<string?>("--data")
        {
            Description = "Its data: a JSON object, the file that holds one, or - for standard input (default: none)",
        };
        return DecisionCommand.Create(
            new Command("record", "Records a decision of any type; docs/events.md says what each is about") { type, subjects },
            subjects,
            async (parsed, cancel) =>
            {
                var (of, said) = (Known(parsed.GetRequiredValue(type)), await DataOfAsync(parsed.GetValue(data), cancel));
                return subject => new SaidDecision(subject, of, said);
            },
            (_, _, _) => null,
            data
        );
    }

    private static string Known(string type) =>
        EventCatalogue.Find(type)?.Class switch
        {
            EventClass.Decision => type,
            EventClass.Fact => throw new LedgerException(ErrorCode.BadRequest, $"{type} is a fact, not a decision: import it"),
            EventClass.Derived => throw new LedgerException(ErrorCode.BadRequest, $"{type} is recorded by the ledger alone"),
            _ => throw new LedgerException(
                ErrorCode.BadRequest,
                $"expected a type of decision ({string.Join(", ", Decisions())}), got \"{type}\""
            ),
        };

    private static IEnumerable<string> Decisions() =>
        EventCatalogue.All.Where(t => t.Class == EventClass.Decision).Select(t => t.Alias).Order(StringComparer.Ordinal);

    private static async Task<byte[]> DataOfAsync(string? said, CancellationToken cancel) =>
        said is null ? "{}"u8.ToArray()
        : said.TrimStart().StartsWith('{') ? Encoding.UTF8.GetBytes(said)
        : await CommandLine.ReadFileAsync(said, cancel);
}
