using Ledger.Domain.Vocabulary;

namespace Ledger.Domain.Events;

/// <summary>An investigator's work on a finding; subject <c>finding/{id}</c>. A spot check of its records concludes it.</summary>
public abstract record FindingEvent(string Note, string? Assignee = null) : EventData;

/// <summary>What a finding showed when it was taken up: by it a later reader sees what has changed since.</summary>
public sealed record SeenFinding(
    FindingKind Kind,
    string Rule,
    string Subject,
    Certainty Certainty,
    IReadOnlyList<string> Evidence,
    IReadOnlyDictionary<string, string> Detail
);

/// <summary>A finding was taken up; <c>seen</c> is what it showed, where the ledger's own command recorded it.</summary>
public sealed record FindingOpened(string Note, string? Assignee = null, SeenFinding? Seen = null) : FindingEvent(Note, Assignee);

/// <summary>Something was seen.</summary>
public sealed record FindingNoted(string Note, string? Assignee = null) : FindingEvent(Note, Assignee);

/// <summary>The finding was cleared: nothing false.</summary>
public sealed record FindingCleared(string Note, string? Assignee = null) : FindingEvent(Note, Assignee);
