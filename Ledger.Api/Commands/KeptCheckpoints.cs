using Ledger.Domain.Errors;
using Ledger.Projections.Evidence.Checkpoints;

namespace Ledger.Api.Commands;

/// <summary>Checkpoints that somebody kept: files with one note, or several.</summary>
internal static class KeptCheckpoints
{
    /// <summary>The notes of a file, each with where it stands; throws <see cref="LedgerException"/> for a file without any.</summary>
    public static IReadOnlyList<(string Source, string Note)> Read(string path) =>
        [.. new CheckpointFile(path).NotesOfCopy().Select((note, i) => ($"{path}, note {i + 1}", note))];
}
