using System.Text;
using Ledger.Domain.Errors;

namespace Ledger.Projections.Evidence.Checkpoints;

/// <summary>
/// The published checkpoints in a file outside the database, one note after the other with an empty line behind each. It is
/// only ever appended to; copies of it, kept elsewhere, are what an insider with every right on this machine cannot change.
/// </summary>
public sealed class CheckpointFile(string path)
{
    private const int MostBytesOfNote = 64 * 1024;
    private static readonly byte[] Dash = Encoding.UTF8.GetBytes(SignedNote.Dash);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Where it is.</summary>
    public string Path => path;

    /// <summary>
    /// Appends a note and waits until it is on disk. A last note that a crash cut short is removed: it was never published.
    /// Nothing else ever is.
    /// </summary>
    public void Append(SignedNote note)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        using var alone = LockWriting();
        using var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite);
        var (_, end, rest) = Tail(file);
        var whole = rest.Length > 0 && SignedNote.Parse(rest, out _) is not null; // A copy of one note has no empty line behind it.
        file.SetLength(whole || end == 0 ? file.Length : end);
        file.Seek(0, SeekOrigin.End);
        file.Write(Encoding.UTF8.GetBytes($"{(whole ? "\n" : "")}{note}\n"));
        file.Flush(flushToDisk: true);
    }

    /// <summary>
    /// The notes of a copy that somebody kept, which must hold at least one and nothing else; throws
    /// <see cref="LedgerException"/> for a file that cannot be read, or holds none.
    /// </summary>
    public IReadOnlyList<string> NotesOfCopy()
    {
        try
        {
            var notes = File.Exists(path) ? Read().ToList() : throw new FileNotFoundException("there is no such file");
            return notes.Count > 0 && notes.Sum(n => (long)Encoding.UTF8.GetByteCount(n)) + notes.Count >= new FileInfo(path).Length
                ? notes
                : throw new FormatException("expected what `checkpoint` prints, whole");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            throw new LedgerException(ErrorCode.FileUnreadable, $"{path} holds no signed checkpoint: {e.Message}", e);
        }
    }

    /// <summary>
    /// One writer at a time, by a file beside it, so that readers need not wait; another process that appends is waited for.
    /// </summary>
    private FileStream LockWriting()
    {
        for (var patience = System.Diagnostics.Stopwatch.StartNew(); ; Thread.Sleep(5))
        {
            try
            {
                return new FileStream(path + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException e) when (e is not (DirectoryNotFoundException or PathTooLongException) && patience.Elapsed < Patience) { }
        }
    }

    /// <summary>The notes from the first to the last, as they stand in the file; a last one that was cut short is left out.</summary>
    public IEnumerable<string> Read()
    {
        if (!File.Exists(path))
        {
            yield break;
        }

        using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite), Encoding.UTF8);
        var note = new StringBuilder();
        var signed = false;
        foreach (var line in Lines(reader))
        {
            if (line.Length == 0 && signed)
            {
                yield return note.ToString();
                note.Clear();
                signed = false;
                continue;
            }

            note.Append(line).Append('\n');
            signed |= line.StartsWith(SignedNote.Dash, StringComparison.Ordinal);
        }

        // A copy of one note has no empty line behind it.
        if (signed && SignedNote.Parse(note.ToString(), out _) is not null)
        {
            yield return note.ToString();
        }
    }

    /// <summary>Lines ended by LF and nothing else: a carriage return is part of a line, and no note has one.</summary>
    private static IEnumerable<string> Lines(StreamReader reader)
    {
        var line = new StringBuilder();
        for (int c; (c = reader.Read()) >= 0; )
        {
            if (c == '\n')
            {
                yield return line.ToString();
                line.Clear();
            }
            else
            {
                line.Append((char)c);
            }
        }

        if (line.Length > 0)
        {
            yield return line.ToString();
        }
    }

    /// <summary>The last whole note; null where there is none.</summary>
    public string? Last()
    {
        if (!File.Exists(path))
        {
            return null;
        }

        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var (last, _, rest) = Tail(file);
        return SignedNote.Parse(rest, out _) is null ? last : rest;
    }

    /// <summary>
    /// The last note with an empty line behind it, where it ends in the file (0: there is none), and what stands after it.
    /// </summary>
    private static (string? Last, long End, string After) Tail(FileStream file)
    {
        var start = Math.Max(0, file.Length - (3 * MostBytesOfNote));
        var bytes = new byte[file.Length - start];
        file.Seek(start, SeekOrigin.Begin);
        file.ReadExactly(bytes);
        var (last, end, rest) = ((string?)null, 0, 0);
        for (var (from, signed) = (0, false); bytes.AsSpan(from).IndexOf((byte)'\n') is var length and >= 0; from += length + 1)
        {
            if (length == 0 && signed)
            {
                (last, end, rest, signed) = (Encoding.UTF8.GetString(bytes.AsSpan(rest, from - rest)), from + 1, from + 1, false);
            }

            signed |= bytes.AsSpan(from, length).StartsWith(Dash);
        }

        return (last, end == 0 ? 0 : start + end, Encoding.UTF8.GetString(bytes.AsSpan(rest)));
    }
}
