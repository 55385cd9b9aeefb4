using Ledger.Domain.Differences;

namespace Ledger.Api.Pages.Language;

/// <summary>The steps of a history in words.</summary>
public static class StepWords
{
    /// <summary>What was recorded, by whom, and on what or on how many.</summary>
    public static string Of(Tongue t, HistoryStep step) => $"{EventWords.Of(t, step.Type)}{About(t, step)}{t["，", ", "]}{step.Actor}";

    private static string About(Tongue t, HistoryStep step) =>
        step.AsOf is { } asOf ? t[$"（事实截至 {Shown.Day(asOf)}）", $" (facts up to {Shown.Day(asOf)})"]
        : step.Subject?.Split('/', 2) is ["period", var number] ? t[$"（第 {number} 期）", $" (period {number})"]
        : step.Subject is { } subject && subject.Contains('/', StringComparison.Ordinal)
            ? t[$"（{subject.Split('/', 2)[1]}）", $" ({subject.Split('/', 2)[1]})"]
        : step.Subject is null ? t[$" {step.Events} 项", $" × {step.Events}"]
        : "";
}
