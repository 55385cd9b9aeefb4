using System.Globalization;
using Ledger.Domain.Contracts;
using Ledger.Domain.Differences;
using Ledger.Domain.Events;
using Ledger.Domain.Findings;
using Ledger.Domain.Json;
using Ledger.Domain.Rates;
using Ledger.Domain.Settlements;
using Ledger.Domain.Statements;
using Ledger.Domain.Terms;
using Ledger.Domain.Vocabulary;
using Ledger.Projections.Statements;

namespace Ledger.Api.Tables;

/// <summary>The tables of the product: what each document becomes in a spreadsheet.</summary>
internal static class Reports
{
    public static ReportTable Statements(IEnumerable<PeriodStatement> statements) =>
        new(
            "statements",
            "结算单",
            ReportTable.Headings(
                "contract|合同",
                "period|期次",
                "from|起始日期",
                "to|截止日期",
                "status|状态",
                "gross|应付原额",
                "effective deductions|有效扣减",
                "proposed deductions|拟扣减",
                "disputed|争议中",
                "adjustments|调整",
                "net payable|应付净额",
                "exposure|最低应付",
                "shortfall|不足额",
                "paid|已付",
                "outstanding|未付",
                "due on|应付日期",
                "unmet gates|未满足条件"
            ),
            statements.Select(s =>
                (IReadOnlyList<object?>)
                    [
                        s.Contract,
                        s.Period,
                        s.From,
                        s.To,
                        Words<PeriodStatus>.Of(s.Status),
                        s.Gross,
                        s.Totals.Effective,
                        s.Totals.Proposed,
                        s.Totals.Disputed,
                        s.Totals.Adjustments,
                        s.NetPayable,
                        s.Exposure,
                        s.Shortfall,
                        s.Paid,
                        s.Outstanding,
                        s.DueOn,
                        string.Join(", ", s.Gates.Where(g => !g.Met).Select(g => Words<GateKind>.Of(g.Kind))),
                    ]
            )
        );

    public static ReportTable Payables(PayableList list) =>
        new(
            "payables",
            "应付款",
            ReportTable.Headings(
                "contract|合同",
                "period|期次",
                "status|状态",
                "gross|应付原额",
                "proposed deductions|拟扣减",
                "effective deductions|有效扣减",
                "disputed|争议中",
                "net payable|应付净额",
                "paid|已付",
                "outstanding|未付",
                "due on|应付日期",
                "provisional|日期暂定",
                "unmet gates|未满足条件",
                "open rights|可行使权利"
            ),
            list.Rows.Select(p =>
                (IReadOnlyList<object?>)
                    [
                        p.Contract,
                        p.Period,
                        Words<PeriodStatus>.Of(p.Status),
                        p.Gross,
                        p.Proposed,
                        p.Effective,
                        p.Disputed,
                        p.NetPayable,
                        p.Paid,
                        p.Outstanding,
                        p.DueOn,
                        p.DueProvisional,
                        string.Join(", ", p.GatesUnmet.Select(Words<GateKind>.Of)),
                        string.Join(", ", p.OpenRights),
                    ]
            ),
            [$"as of position {list.AsOf.Position}"]
        );

    public static ReportTable History(IEnumerable<HistoryStep> steps) =>
        new(
            "history",
            "沿革",
            ReportTable.Headings(
                "position|位置",
                "occurred|发生时间",
                "recorded|记录时间",
                "what|事项",
                "events|事件数",
                "by|操作人",
                "on|对象",
                "as of|评估至",
                "net payable|应付净额",
                "proposed|待确认",
                "disputed|争议中",
                "paid|已付",
                "periods|各期状态"
            ),
            steps.Select(s =>
                (IReadOnlyList<object?>)
                    [
                        s.Position,
                        s.OccurredAt,
                        s.RecordedAt,
                        s.Type,
                        s.Events,
                        s.Actor,
                        s.Subject,
                        s.AsOf,
                        s.NetPayable,
                        s.Proposed,
                        s.Disputed,
                        s.Paid,
                        string.Join(", ", s.Periods.Select(p => $"{p.Period} {Words<PeriodStatus>.Of(p.Status)}")),
                    ]
            )
        );

    public static ReportTable Decisions(IEnumerable<Projections.Traces.TracedEvent> decisions) =>
        new(
            "decisions",
            "决定",
            ReportTable.Headings("position|位置", "occurred|发生时间", "by|决定人", "decision|决定", "about|对象", "says|内容"),
            decisions.Select(e => (IReadOnlyList<object?>)[e.Position, e.OccurredAt, e.Actor, e.Type, e.Subject, e.InWords])
        );

    public static ReportTable Deductions(IEnumerable<DeductionRow> deductions) =>
        new(
            "deductions",
            "扣减",
            ReportTable.Headings(
                "deduction|扣减编号",
                "clause|条款",
                "reading|解释",
                "date|日期",
                "amount|金额",
                "effective|有效金额",
                "status|状态",
                "period|期次",
                "carried from|转自期次",
                "evidence|证据事件"
            ),
            deductions.Select(d =>
                (IReadOnlyList<object?>)
                    [
                        d.Id,
                        d.Clause,
                        string.Join(' ', d.Reading),
                        d.AttributedOn,
                        d.Amount,
                        d.Effective,
                        Words<DeductionStatus>.Of(d.Status),
                        d.Period,
                        d.CarriedFrom,
                        string.Join(' ', d.Evidence),
                    ]
            )
        );

    public static ReportTable Findings(IEnumerable<Finding> findings) =>
        new(
            "findings",
            "发现",
            ReportTable.Headings(
                "finding|编号",
                "kind|类别",
                "rule|规则",
                "subject|对象",
                "arisen|发生时间",
                "state|状态",
                "certainty|确定性",
                "actor|记录人",
                "assignee|负责人",
                "changed|变化",
                "detail|说明",
                "evidence|证据事件"
            ),
            findings.Select(f =>
                (IReadOnlyList<object?>)
                    [
                        f.Id,
                        Words<FindingKind>.Of(f.Kind),
                        f.Rule,
                        f.Subject,
                        f.ArisenAt,
                        Words<FindingState>.Of(f.State),
                        Words<Certainty>.Of(f.Certainty),
                        f.Actor,
                        f.Review?.Assignee,
                        f.Review?.Changed,
                        string.Join("; ", f.Detail.Select(d => $"{d.Key}: {d.Value}")),
                        string.Join(' ', f.Evidence),
                    ]
            )
        );

    public static ReportTable Settlement(SettlementStatement s) =>
        new(
            "settlement",
            "结算",
            ReportTable.Headings(
                "period|期次",
                "status|状态",
                "gross|应付原额",
                "effective deductions|有效扣减",
                "adjustments|调整",
                "net payable|应付净额",
                "paid|已付"
            ),
            [
                .. s.Periods.Select(p =>
                    (IReadOnlyList<object?>)
                        [p.Period, Words<PeriodStatus>.Of(p.Status), p.Gross, p.Effective, p.Adjustments, p.NetPayable, p.Paid]
                ),
                ["earned", Words<SettlementStatus>.Of(s.State), s.Earned, s.Effective, s.Adjustments, s.Final, s.Paid],
                ["refunded", null, null, null, null, s.Refunded, null],
                ["balance", null, null, null, null, s.Balance, null],
                .. s.OpenBy.Select(o => (IReadOnlyList<object?>)[$"open, {Words<WhoActs>.Of(o.By)} to act", o.What]),
            ]
        );

    public static ReportTable Rates(IEnumerable<CycleRates> rates) =>
        new(
            "rates",
            "三率",
            ReportTable.Headings(
                "contract|合同",
                "cycle|周期",
                "scheme|方案",
                "scored|已考核",
                "counted|计入",
                "response|响应率",
                "resolution|解决率",
                "satisfaction|满意率",
                "composite|综合得分"
            ),
            rates.Select(r =>
                (IReadOnlyList<object?>)
                    [
                        r.Contract,
                        r.Cycle,
                        r.Scheme,
                        r.Scored,
                        r.Counted,
                        Number(r.Response),
                        Number(r.Resolution),
                        Number(r.Satisfaction),
                        Number(r.Composite),
                    ]
            )
        );

    public static ReportTable RatedCases(IEnumerable<CycleRates> rates) =>
        new(
            "rated cases",
            "计入工单",
            ReportTable.Headings(
                "contract|合同",
                "cycle|周期",
                "case|工单",
                "counted|计入",
                "why|原因",
                "unit|承办单位",
                "score|得分",
                "responded|响应",
                "resolved|解决",
                "satisfaction|满意度",
                "evidence|证据事件"
            ),
            from r in rates
            from c in r.Cases
            select (IReadOnlyList<object?>)
                [
                    r.Contract,
                    r.Cycle,
                    c.Subject,
                    c.Counted,
                    c.Why,
                    c.Unit,
                    c.Scored.Score,
                    c.Scored.Responded,
                    c.Scored.Resolved,
                    Words<Satisfaction>.Of(c.Scored.Satisfaction),
                    string.Join(' ', c.Evidence),
                ]
        );

    public static IReadOnlyList<ReportTable> Rankings(IReadOnlyList<CycleRankings> cycles) =>
        [
            new(
                "ranking contracts",
                "合同排名",
                ReportTable.Headings("cycle|周期", "rank|名次", "contract|合同", "score|得分", "tier|等次"),
                from r in cycles
                from c in r.Contracts
                select (IReadOnlyList<object?>)[r.Cycle, c.Rank, c.Contract, c.Score, Words<Tier>.Of(c.Tier)]
            ),
            new(
                "ranking units",
                "单位排名",
                ReportTable.Headings(
                    "cycle|周期",
                    "rank|名次",
                    "unit|单位",
                    "contract|合同",
                    "counted|计入",
                    "response|响应率",
                    "resolution|解决率",
                    "satisfaction|满意率",
                    "composite|综合得分"
                ),
                from r in cycles
                from u in r.Units
                select (IReadOnlyList<object?>)
                    [
                        r.Cycle,
                        u.Rank,
                        u.Unit,
                        u.Contract,
                        u.Counted,
                        Number(u.Response),
                        Number(u.Resolution),
                        Number(u.Satisfaction),
                        Number(u.Composite),
                    ]
            ),
            new(
                "ranking seats",
                "坐席排名",
                ReportTable.Headings("cycle|周期", "rank|名次", "seat|坐席", "contract|合同", "limits kept|按时", "of|总数", "share|占比"),
                from r in cycles
                from s in r.Seats
                select (IReadOnlyList<object?>)[r.Cycle, s.Rank, s.Seat, s.Contract, s.Kept, s.Of, Number(s.Share)]
            ),
            new(
                "ranking vendors",
                "服务商排名",
                ReportTable.Headings(
                    "cycle|周期",
                    "rank|名次",
                    "vendor|服务商",
                    "deductions|扣减",
                    "fee|服务费",
                    "per 10,000 yuan|每万元扣减",
                    "assessed until|考核至",
                    "contract not assessed|未考核合同"
                ),
                cycles.SelectMany(r =>
                    r.Vendors.Select(v =>
                            (IReadOnlyList<object?>)
                                [r.Cycle, v.Rank, v.Vendor, v.Deductions, v.Fee, Number(v.PerTenThousand), v.AssessedUntil, null]
                        )
                        .Concat(
                            r.NotAssessed.Select(n => (IReadOnlyList<object?>)[r.Cycle, null, n.Vendor, null, null, null, null, n.Contract])
                        )
                )
            ),
        ];

    private static object? Number(string? rate) => rate is null ? null : decimal.Parse(rate, CultureInfo.InvariantCulture);
}
