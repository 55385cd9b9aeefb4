namespace Ledger.Domain.Vocabulary;

/// <summary>What a finding is about.</summary>
public enum FindingKind
{
    /// <summary>Something that stands out in the contract itself.</summary>
    Registration,

    /// <summary>A time limit that was broken.</summary>
    TimeLimit,

    /// <summary>A duty that is not met, or was met late.</summary>
    Duty,

    /// <summary>A right that has arisen.</summary>
    Right,

    /// <summary>Records, or a record and a decision, that contradict each other.</summary>
    Contradiction,

    /// <summary>A record suspected false.</summary>
    FalseRecord,

    /// <summary>Records that were loaded at once, which some detectors pass over.</summary>
    Load,

    /// <summary>A case that was taken out of rates and limits.</summary>
    Voided,
}

/// <summary>How far a finding was looked into.</summary>
public enum FindingState
{
    /// <summary>Nobody took it up.</summary>
    Open,

    /// <summary>An investigator took it up.</summary>
    UnderReview,

    /// <summary>It was found true.</summary>
    Confirmed,

    /// <summary>It was cleared: nothing false.</summary>
    Cleared,
}

/// <summary>Whether a record cannot be true, only deserves a look, or cannot be judged.</summary>
public enum Certainty
{
    /// <summary>It is so.</summary>
    Certain,

    /// <summary>It deserves a look.</summary>
    Lead,

    /// <summary>Times were recorded with too little precision to tell.</summary>
    Undecidable,
}
