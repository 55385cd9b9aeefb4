using Ledger.Domain.Assessments;
using Ledger.Domain.Rules;
using NodaTime;

namespace Ledger.Api.Pages.Language;

/// <summary>What the clocks of cases show, in words.</summary>
public static class ClockWords
{
    /// <summary>A step with its limit and how long it took; English as the domain says it.</summary>
    public static string Of(Tongue t, CaseClock clock) => t.IsChinese ? $"{Of(t, clock.Step)}：{Taken(clock)}" : clock.InWords;

    /// <summary>A step.</summary>
    public static string Of(Tongue t, CaseStep step) =>
        step switch
        {
            CaseStep.Sign => t["签收", "sign"],
            CaseStep.Dispatch => t["派单", "dispatch"],
            CaseStep.Return => t["退回", "return"],
            CaseStep.Contact => t["联系诉求人", "contact"],
            CaseStep.Urge => t["督办", "urging"],
            CaseStep.Handling => t["办结", "handling"],
            CaseStep.CallBack => t["回访", "call-back"],
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    /// <summary>How a clock stands.</summary>
    public static (string Word, string Tone) Of(Tongue t, ClockState state) =>
        state switch
        {
            ClockState.Kept => (t["按时", "Kept"], "met"),
            ClockState.Running => (t["计时中", "Running"], "open"),
            ClockState.Broken => (t["超时", "Broken"], "cost"),
            ClockState.Undecidable => (t["无法判定", "Undecidable"], "plain"),
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    private static string Taken(CaseClock clock) =>
        clock.Step == CaseStep.Contact
            ? clock.State == ClockState.Kept
                ? "办结前已联系"
                : "办结前没有联系"
            : (clock.StoppedAt is { } at ? $"用时 {Span(at - clock.StartedAt)}" : "没有完成")
                + $"，时限 {Span(clock.LimitAt - clock.StartedAt)}";

    private static string Span(Duration span)
    {
        (long Count, string Unit)[] parts = [(span.Days, "天"), (span.Hours, "小时"), (span.Minutes, "分"), (span.Seconds, "秒")];
        var said = string.Join(' ', parts.Where(p => p.Count != 0).Select(p => $"{p.Count} {p.Unit}"));
        return said.Length > 0 ? said : "0 分";
    }
}
