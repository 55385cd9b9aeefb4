using Ledger.EventStore;
using Ledger.EventStore.Checkpoints;

namespace Ledger.Api.Commands;

/// <summary>Checkpoints that somebody kept: files with one note, or several.</summary>
internal static class KeptCheckpoints
{
    /// <summary>The notes of a file, each with where it stands; throws <see cref="LedgerException"/> for a file without any.</summary>
    public static IReadOnlyList<(string Source, string Note)> Read(string path)
    {
        CommandLine.OpenFile(path).Dispose();
        var notes = new CheckpointFile(path).Read().Select((note, i) => ($"{path}, note {i + 1}", note)).ToList();
        return notes.Count > 0 ? notes : throw new LedgerException(ErrorCode.FileUnreadable, $"{path} holds no signed checkpoint: expected what `checkpoint` prints");
    }
}
