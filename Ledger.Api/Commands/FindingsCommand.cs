using System.CommandLine;
using Ledger.Api.Operations;
using Ledger.Domain.Findings;
using Ledger.Domain.Json;
using Ledger.Domain.Time;
using Ledger.EventStore;
using Spectre.Console;

namespace Ledger.Api.Commands;

/// <summary><c>findings ID [--kind K]</c>: what stands out, with clocks that run to <c>--effective</c>.</summary>
internal static class FindingsCommand
{
    public static Command Create()
    {
        var id = new Argument<string>("ID") { Description = "The contract" };
        var kind = new Option<string?>("--kind") { Description = "One kind: " + string.Join(", ", Words<FindingKind>.All) };
        var effective = new Option<string?>("--effective") { Description = "The moment up to which clocks run; a date means its end in China (default: now)" };
        var moment = new MomentOptions();
        var command = new Command("findings", "Lists what stands out: limits broken, duties, rights, contradictions") { id, kind, effective };
        moment.AddTo(command);
        command.SetAction((parsed, cancel) => CommandLine.WithLedgerAsync(parsed, async (ledger, terminal) =>
        {
            FindingKind? only = null;
            if (parsed.GetValue(kind) is { } word)
            {
                only = Words<FindingKind>.TryParse(word, out var known)
                    ? known
                    : throw new LedgerException(ErrorCode.BadRequest, $"--kind: expected one of {string.Join(", ", Words<FindingKind>.All)}, got \"{word}\"");
            }

            var position = await moment.PositionAsync(parsed, ledger, cancel);
            var until = parsed.GetValue(effective) is { } text ? Moments.Parse(text, "--effective") : await ledger.NowAsync(cancel);
            var findings = (await ledger.Findings.AtAsync(parsed.GetRequiredValue(id), position, until, cancel)).Where(f => only is null || f.Kind == only).ToList();
            terminal.Show(findings, console => Print(console, findings));
            return CommandLine.Done;
        }, cancel));
        return command;
    }

    private static void Print(IAnsiConsole console, List<Finding> findings)
    {
        if (findings.Count == 0)
        {
            console.WriteLine("nothing found; detectors of false records other than F11 (times in an impossible order) are not there yet");
            return;
        }

        var table = Terminal.Table("Arisen", "Kind", "Rule", "Subject~", "Detail~");
        foreach (var f in findings)
        {
            table.AddRow(
                ChinaTime.Show(f.ArisenAt).ToString("uuuu-MM-dd HH:mm", null), Words<FindingKind>.Of(f.Kind), Markup.Escape(f.Rule), Markup.Escape(f.Subject),
                Markup.Escape(string.Join(", ", f.Detail.Select(d => $"{d.Key}: {d.Value}"))));
        }

        console.Write(table);
    }
}
