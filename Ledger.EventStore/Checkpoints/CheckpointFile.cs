using System.Text;

namespace Ledger.EventStore.Checkpoints;

/// <summary>
/// The published checkpoints in a file outside the database, one note after the other with an empty line behind each. It is
/// only ever appended to; copies of it, kept elsewhere, are what an insider with every right on this machine cannot change.
/// </summary>
public sealed class CheckpointFile(string path)
{
    private static readonly byte[] End = "\n"u8.ToArray();

    /// <summary>Where it is.</summary>
    public string Path => path;

    /// <summary>Appends a note and waits until it is on disk. A note that a crash cut short is removed: it was never published.</summary>
    public void Append(SignedNote note)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        using var file = new FileStream(path, DurableFile.Options(FileMode.OpenOrCreate, secret: false));
        file.SetLength(WholeLength(file));
        file.Seek(0, SeekOrigin.End);
        file.Write([.. Encoding.UTF8.GetBytes(note.ToString()), .. End]);
        file.Flush(flushToDisk: true);
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
        for (int c; (c = reader.Read()) >= 0;)
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

    /// <summary>The last note; null where there is none.</summary>
    public string? Last()
    {
        const int MostOfNote = 64 * 1024;
        if (!File.Exists(path))
        {
            return null;
        }

        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var end = WholeLength(file);
        var bytes = new byte[Math.Min(end, 2 * MostOfNote)];
        file.Seek(end - bytes.Length, SeekOrigin.Begin);
        file.ReadExactly(bytes);

        // A note holds one empty line, between its text and its signatures; the one before that ends the note before.
        var text = Encoding.UTF8.GetString(bytes);
        var body = text.Length < 2 ? -1 : text.LastIndexOf("\n\n" + SignedNote.Dash, StringComparison.Ordinal);
        var start = body < 0 ? -1 : text.LastIndexOf("\n\n", body - 1, StringComparison.Ordinal);
        return body < 0 ? null : text[(start < 0 ? 0 : start + 2)..^1];
    }

    /// <summary>The length up to the end of the last whole note.</summary>
    private static long WholeLength(FileStream file)
    {
        const int MostOfNote = 64 * 1024;
        var bytes = new byte[Math.Min(file.Length, MostOfNote)];
        file.Seek(-bytes.Length, SeekOrigin.End);
        file.ReadExactly(bytes);
        if (bytes.AsSpan().EndsWith("\n\n"u8))
        {
            return file.Length;
        }

        // An empty line ends a note where a signature line stands before it, and not where one follows.
        var dash = Encoding.UTF8.GetBytes(SignedNote.Dash);
        for (var i = bytes.AsSpan().LastIndexOf("\n\n"u8); i >= 0; i = bytes.AsSpan(0, i + 1).LastIndexOf("\n\n"u8))
        {
            if (!bytes.AsSpan(i + 2).StartsWith(dash))
            {
                return file.Length - bytes.Length + i + 2;
            }
        }

        return 0;
    }
}
