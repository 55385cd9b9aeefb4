namespace Ledger.Api.Tables;

/// <summary>Files that hold what is read once and gone with whoever reads it.</summary>
internal static class TemporaryFile
{
    /// <summary>An empty one, seekable, for its maker alone; disposing deletes it.</summary>
    public static FileStream Create() =>
        new(
            Path.GetTempFileName(),
            FileMode.Open,
            FileAccess.ReadWrite,
            FileShare.None,
            1 << 16,
            FileOptions.DeleteOnClose | FileOptions.Asynchronous
        );
}
