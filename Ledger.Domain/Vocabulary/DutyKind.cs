namespace Ledger.Domain.Vocabulary;

/// <summary>What is to be done.</summary>
public enum DutyKind
{
    /// <summary>To hold an interview and file a remediation plan (gaomidian 4.6.2).</summary>
    InterviewAndPlan,

    /// <summary>To report each month on the cases carried over (gaomidian 2.2.6).</summary>
    CarryOverReport,

    /// <summary>To pay back after a termination.</summary>
    Refund,

    /// <summary>To pay what deductions exceed the fee by.</summary>
    PayShortfall,

    /// <summary>To settle what is open after the end.</summary>
    Settle,

    /// <summary>To hand over papers after the end.</summary>
    HandOver,

    /// <summary>To prove an event of force majeure.</summary>
    ProveForceMajeure,

    /// <summary>To hand in a deliverable that is accepted.</summary>
    Deliver,
}

/// <summary>How far a duty has come.</summary>
public enum DutyState
{
    /// <summary>Not met yet, and not late.</summary>
    Open,

    /// <summary>Met, perhaps late.</summary>
    Met,

    /// <summary>Not met by the end of its last day.</summary>
    Overdue,
}
