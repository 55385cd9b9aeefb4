namespace Ledger.EventStore;

/// <summary>An event on its way into the log. The log knows no domain: <c>Data</c> is JSON in UTF-8, stored and hashed byte for byte.</summary>
/// <param name="Stream">The whole stream name, <c>{contract}/{subject}</c>.</param>
/// <param name="OccurredAt">Microseconds since 1970 UTC.</param>
/// <param name="ExpectedVersion">The stream's version before this event; null where any will do.</param>
public sealed record AppendEvent(
    string Contract,
    string Stream,
    string Type,
    string EventId,
    string Source,
    long OccurredAt,
    string Actor,
    string? Correlation,
    string? Causation,
    ReadOnlyMemory<byte> Data,
    long? ExpectedVersion = null)
{
    /// <summary>The event as it is stored at a place in the log and in its stream.</summary>
    public StoredEvent At(long position, long version, long recordedAt) =>
        new(position, Contract, Stream, version, Type, EventId, Source, OccurredAt, recordedAt, Actor, Correlation, Causation, Data);

    /// <summary>A control character could forge the lines of a leaf: throws <see cref="LedgerException"/>.</summary>
    public void RefuseControlCharacters()
    {
        foreach (var text in (ReadOnlySpan<string?>)[Contract, Stream, Type, EventId, Source, Actor, Correlation, Causation])
        {
            if (text is not null && HasControlCharacter(text))
            {
                throw new LedgerException(ErrorCode.Refused, $"event {EventId.ReplaceLineEndings(" ")} holds a control character in its envelope");
            }
        }
    }

    private static bool HasControlCharacter(ReadOnlySpan<char> text)
    {
        foreach (var c in text)
        {
            if (char.IsControl(c))
            {
                return true;
            }
        }

        return false;
    }
}

/// <summary>An event as the log keeps it. Times are microseconds since 1970 UTC.</summary>
public sealed record StoredEvent(
    long Position,
    string Contract,
    string Stream,
    long Version,
    string Type,
    string EventId,
    string Source,
    long OccurredAt,
    long RecordedAt,
    string Actor,
    string? Correlation,
    string? Causation,
    ReadOnlyMemory<byte> Data);

/// <summary>Where the log ends: the last position, when it was recorded (null for the empty log), and the tree's root.</summary>
public sealed record LogHead(long Position, long? RecordedAt, byte[] Root);

/// <summary>What became of one appended event.</summary>
public abstract record AppendResult
{
    /// <summary>It was recorded now.</summary>
    public sealed record Recorded(long Position, long Version) : AppendResult;

    /// <summary>The same event is on record: this is its first receipt.</summary>
    public sealed record Duplicate(long Position, long Version) : AppendResult;

    /// <summary>
    /// The id is on record, or comes earlier in the same transaction, with another body or under another source of the
    /// contract, at <paramref name="Position"/>.
    /// </summary>
    public sealed record IdConflict(long Position) : AppendResult;

    /// <summary>Nothing is wrong with it, but another event of the same append was refused: nothing was recorded.</summary>
    public sealed record NotRecorded : AppendResult;

    /// <summary>The stream is at another version than the one expected.</summary>
    public sealed record VersionConflict(long Actual, long Expected) : AppendResult;
}
