using System.CommandLine;
using Ledger.Domain.Errors;
using NodaTime;
using NodaTime.Text;

namespace Ledger.Api.Commands;

/// <summary>The cycle that rates and rankings are about.</summary>
internal sealed class CycleOption
{
    public Option<string> Option { get; } = new("--cycle") { Required = true, Description = "The cycle, such as 2025-11" };

    public YearMonth Read(ParseResult parsed)
    {
        var text = parsed.GetRequiredValue(Option);
        return YearMonthPattern.Iso.Parse(text) is { Success: true, Value: var value }
            ? value
            : throw new LedgerException(ErrorCode.BadRequest, $"--cycle: expected a month such as 2025-11, got \"{text}\"");
    }
}
