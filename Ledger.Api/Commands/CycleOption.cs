using System.CommandLine;
using Ledger.Api.Operations;
using NodaTime;

namespace Ledger.Api.Commands;

/// <summary>The cycle that rates and rankings are about.</summary>
internal sealed class CycleOption
{
    public Option<string> Option { get; } = new("--cycle") { Required = true, Description = "The cycle, such as 2025-11" };

    public YearMonth Read(ParseResult parsed) => Moments.Month(parsed.GetRequiredValue(Option), "--cycle");
}
