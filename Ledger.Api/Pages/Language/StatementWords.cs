using Ledger.Domain.Contracts;
using Ledger.Domain.Events;
using Ledger.Domain.Statements;
using Ledger.Domain.Terms;
using Ledger.Domain.Vocabulary;
using NodaTime;

namespace Ledger.Api.Pages.Language;

/// <summary>The words of statements: how far a period or a deduction has come, what payment waits for, whose turn it is.</summary>
public static class StatementWords
{
    /// <summary>
    /// How far a period has come. One that nobody touched has not begun, is in service, or waits for its report, by the day.
    /// </summary>
    public static (string Word, string Tone) Of(Tongue t, PeriodStatus status, LocalDate from, LocalDate to, LocalDate day) =>
        status switch
        {
            PeriodStatus.Open when day < from => (t["未开始", "Not begun"], "plain"),
            PeriodStatus.Open when day <= to => (t["服务中", "In service"], "plain"),
            PeriodStatus.Open => (t["待报告", "Report due"], "open"),
            PeriodStatus.Reported => (t["已报告", "Reported"], "open"),
            PeriodStatus.Accepted => (t["已验收", "Accepted"], "open"),
            PeriodStatus.Issued => (t["已签发", "Issued"], "open"),
            PeriodStatus.Payable => (t["可付款", "Payable"], "met"),
            PeriodStatus.PartlyPaid => (t["部分已付", "Partly paid"], "open"),
            PeriodStatus.Paid => (t["已付清", "Paid"], "met"),
            PeriodStatus.Suspended => (t["暂停支付", "Suspended"], "cost"),
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    /// <summary>Where a deduction stands.</summary>
    public static (string Word, string Tone) Of(Tongue t, DeductionStatus status) =>
        status switch
        {
            DeductionStatus.Proposed => (t["待确认", "Proposed"], "open"),
            DeductionStatus.Confirmed => (t["已确认", "Confirmed"], "cost"),
            DeductionStatus.Waived => (t["免除", "Waived"], "met"),
            DeductionStatus.Withdrawn => (t["已撤回", "Withdrawn"], "plain"),
            DeductionStatus.Remedied => (t["已整改", "Remedied"], "met"),
            DeductionStatus.Disputed => (t["异议中", "Disputed"], "open"),
            DeductionStatus.Upheld => (t["维持", "Upheld"], "cost"),
            DeductionStatus.Reduced => (t["核减", "Reduced"], "cost"),
            DeductionStatus.Overturned => (t["撤销", "Overturned"], "met"),
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    /// <summary>A condition of payment.</summary>
    public static string Of(Tongue t, GateKind gate) =>
        gate switch
        {
            GateKind.Report => t["三份服务材料", "Report with its three documents"],
            GateKind.Acceptance => t["验收", "Acceptance"],
            GateKind.Sheets => t["季度考核表和验收", "Score sheet of the quarter, and acceptance"],
            GateKind.Team => t["团队组建、培训并验收", "Team built, trained and accepted"],
            GateKind.Invoice => t["发票，金额与应付一致", "Invoice of the net amount"],
            GateKind.NoOpenBreach => t["没有待定的扣款", "No deduction left undecided"],
            GateKind.Deliverables => t["成果全部验收", "Every deliverable accepted"],
            GateKind.InternalApproval => t["内部付款审批", "Internal payment approval"],
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    /// <summary>What opens a condition of payment, and whose turn it is.</summary>
    public static (Role Turn, string Does) ToDo(Tongue t, GateKind gate) =>
        gate switch
        {
            GateKind.Report => (Role.Vendor, t["等乙方提交", "the vendor hands it in"]),
            GateKind.Acceptance => (Role.Principal, t["等甲方验收", "the principal accepts the work"]),
            GateKind.Sheets => (Role.Principal, t["等甲方考核并验收", "the principal scores and accepts"]),
            GateKind.Team => (Role.Principal, t["等甲方验收团队", "the principal accepts the team"]),
            GateKind.Invoice => (Role.Finance, t["等乙方开票、财务登记", "the vendor invoices, finance records it"]),
            GateKind.NoOpenBreach => (Role.Principal, t["等甲方确认或裁定", "the principal decides what is open"]),
            GateKind.Deliverables => (Role.Principal, t["等甲方验收成果", "the principal accepts the deliverables"]),
            GateKind.InternalApproval => (Role.Principal, t["等甲方审批", "the principal approves"]),
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    /// <summary>What is to be done.</summary>
    public static string Of(Tongue t, DutyKind duty) =>
        duty switch
        {
            DutyKind.InterviewAndPlan => t["约谈并提交整改方案", "Interview and remediation plan"],
            DutyKind.CarryOverReport => t["按月报告挂账工单", "Monthly report on carried-over cases"],
            DutyKind.Refund => t["退还款项", "Refund"],
            DutyKind.PayShortfall => t["补足不足抵扣", "Pay the shortfall"],
            DutyKind.Settle => t["结清", "Settle"],
            DutyKind.HandOver => t["移交资料", "Hand over papers"],
            DutyKind.ProveForceMajeure => t["证明不可抗力", "Prove force majeure"],
            DutyKind.Deliver => t["提交成果", "Deliver"],
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    /// <summary>How far a duty has come.</summary>
    public static (string Word, string Tone) Of(Tongue t, DutyState state) =>
        state switch
        {
            DutyState.Open => (t["未履行", "Open"], "open"),
            DutyState.Met => (t["已履行", "Met"], "met"),
            DutyState.Overdue => (t["逾期", "Overdue"], "cost"),
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    /// <summary>What a right allows.</summary>
    public static string Of(Tongue t, RightKind right) =>
        right switch
        {
            RightKind.Suspend => t["暂停支付", "Suspend payment"],
            RightKind.Terminate => t["解除合同", "Terminate the contract"],
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    /// <summary>Where a right stands.</summary>
    public static (string Word, string Tone) Of(Tongue t, RightState state) =>
        state switch
        {
            RightState.Open => (t["可行使", "May be used"], "cost"),
            RightState.AtRisk => (t["将产生", "At risk"], "open"),
            RightState.Exercised => (t["已行使", "Used"], "plain"),
            RightState.Waived => (t["已放弃", "Waived"], "plain"),
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    /// <summary>A line of the fee.</summary>
    public static string OfFee(Tongue t, string line) =>
        line switch
        {
            "hotline" => t["热线", "hotline"],
            "patrol" => t["巡查", "patrol"],
            "service" => t["服务", "service"],
            FeeLine.NotConfirmed => t["未书面确认", "not confirmed in writing"],
            FeeLine.NotEarned => t["提前结束未实现", "not earned after the early end"],
            _ => line,
        };

    /// <summary>A document of a period's report.</summary>
    public static string Of(Tongue t, ReportDocument document) =>
        document switch
        {
            ReportDocument.ServiceReport => t["服务报告", "Service report"],
            ReportDocument.WorkloadList => t["工作量清单", "Workload list"],
            ReportDocument.AssessmentMaterials => t["考核材料", "Assessment materials"],
            _ => throw new System.Diagnostics.UnreachableException(),
        };
}
