using System.Globalization;
using System.Text;
using Ledger.Domain.Errors;
using Ledger.Projections.Evidence.Proofs;

namespace Ledger.Projections.Evidence.Checkpoints;

/// <summary>
/// A checkpoint that a signer is asked to sign, with the proof that it extends the one of <paramref name="OldSize"/>. On the
/// wire as a witness is asked (C2SP tlog-witness, add-checkpoint), but with the checkpoint unsigned.
/// </summary>
public sealed record SignRequest(long OldSize, IReadOnlyList<byte[]> Proof, string Text)
{
    private const string Old = "old ";

    /// <summary>Reads a request; null where it is none.</summary>
    public static SignRequest? Parse(string request)
    {
        var end = request.IndexOf("\n\n", StringComparison.Ordinal);
        var lines = end < 0 ? [] : request[..end].Split('\n');
        var proof = lines.Skip(1).Select(l => SignedNote.Base64(l) ?? []).ToList();
        return
            lines.Length > 0
            && lines[0].StartsWith(Old, StringComparison.Ordinal)
            && long.TryParse(lines[0][Old.Length..], NumberStyles.None, CultureInfo.InvariantCulture, out var size)
            ? new SignRequest(size, proof, request[(end + 2)..])
            : null;
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Old}{OldSize}\n{string.Concat(Proof.Select(h => Convert.ToBase64String(h) + "\n"))}\n{Text}";
}

/// <summary>What a signer answers.</summary>
public abstract record SignAnswer
{
    /// <summary>Signed: the note.</summary>
    public sealed record Signed(SignedNote Note) : SignAnswer;

    /// <summary>The last checkpoint it signed is of another size than the request begins at: ask again from that size.</summary>
    public sealed record From(long Size) : SignAnswer;

    /// <summary>Not signed, and not to be: why.</summary>
    public sealed record Refused(string Reason) : SignAnswer;
}

/// <summary>Whoever signs the log's checkpoints: here, in another process or on another machine.</summary>
public interface ISigner
{
    /// <summary>The public keys that it signs with.</summary>
    public Task<CheckpointPolicy> PolicyAsync(CancellationToken cancel);

    /// <summary>Signs a checkpoint that extends what it signed before.</summary>
    public Task<SignAnswer> SignAsync(SignRequest request, CancellationToken cancel);
}

/// <summary>
/// Signs checkpoints with the log's keys and remembers the last one, on disk, before it answers. It signs nothing that does
/// not extend that one. A request that contradicts it (the log got smaller, or its past was changed) makes it stop with an
/// alarm, which holds until somebody has looked into it and deleted the alarm's file.
/// </summary>
public sealed class Signer : ISigner, IDisposable
{
    /// <summary>The file of the last signed checkpoint.</summary>
    public const string SignedFile = "signed";

    /// <summary>The file of the alarm.</summary>
    public const string AlarmFile = "alarm";

    private readonly string directory;
    private readonly SigningKeys keys;
    private readonly FileStream held;
    private readonly Lock order = new();
    private Checkpoint? last;

    private Signer(string directory, SigningKeys keys, FileStream held, Checkpoint? last) =>
        (this.directory, this.keys, this.held, this.last) = (directory, keys, held, last);

    /// <summary>The public keys that it signs with.</summary>
    public CheckpointPolicy Policy => keys.Policy;

    /// <summary>
    /// A signer whose keys and memory are in a directory, made anew where there is none. Throws <see cref="LedgerException"/>
    /// where another signer holds it, or where its memory cannot be believed.
    /// </summary>
    public static Signer Open(string directory)
    {
        DurableFile.CreateSecretDirectory(directory);
        FileStream? held = null;
        try
        {
            held = new FileStream(Path.Combine(directory, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            var keys = SigningKeys.Open(Path.Combine(directory, "keys.pem"));
            return new Signer(directory, keys, held, Last(Path.Combine(directory, SignedFile), keys));
        }
        catch (IOException e) when (held is null && File.Exists(Path.Combine(directory, "lock")))
        {
            throw new LedgerException(ErrorCode.DataDirectoryInUse, $"another signer holds {directory}: one signer, one memory", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            held?.Dispose();
            throw new LedgerException(ErrorCode.FileUnreadable, $"the signer's directory {directory} cannot be used: {e.Message}", e);
        }
        catch
        {
            held?.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public Task<CheckpointPolicy> PolicyAsync(CancellationToken cancel) => Task.FromResult(Policy);

    /// <inheritdoc/>
    public Task<SignAnswer> SignAsync(SignRequest request, CancellationToken cancel) => Task.FromResult(Sign(request));

    /// <summary>Signs, or says why not.</summary>
    public SignAnswer Sign(SignRequest request)
    {
        lock (order)
        {
            var alarm = Path.Combine(directory, AlarmFile);
            if (File.Exists(alarm))
            {
                return new SignAnswer.Refused(File.ReadAllText(alarm).Trim());
            }

            if (Checkpoint.Parse(request.Text, out var problem) is not { } asked || asked.Origin != keys.Origin)
            {
                return new SignAnswer.Refused(problem ?? $"this signer signs for {keys.Origin} only");
            }

            var (size, root) = last is null ? (0, MerkleTree.EmptyRoot) : (last.Size, last.Root);
            if (request.OldSize != size)
            {
                return new SignAnswer.From(size);
            }

            var contradiction =
                asked.Size < size ? $"the log ends at {asked.Size}, and its checkpoint of size {size} was signed: events are missing"
                : MerkleProof.ShowsConsistency(size, asked.Size, root, asked.Root, request.Proof)
                && (asked.Size > size || last is null || request.Text == last.ToString())
                    ? null
                : $"the log of size {asked.Size} does not begin with the {size} events that were signed: its past was changed";
            if (contradiction is not null)
            {
                var told = $"alarm: {contradiction}; verify the ledger, and delete {alarm} once it is explained";
                DurableFile.Write(alarm, Encoding.UTF8.GetBytes(told + "\n"), secret: false);
                return new SignAnswer.Refused(told);
            }

            var note = keys.Sign(request.Text);
            DurableFile.Write(Path.Combine(directory, SignedFile), Encoding.UTF8.GetBytes(note.ToString()), secret: false);
            last = asked;
            return new SignAnswer.Signed(note);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        keys.Dispose();
        held.Dispose();
    }

    private static Checkpoint? Last(string path, SigningKeys keys)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        // What it once signed is signed with its own keys: a memory that somebody else wrote is none.
        return keys.Policy.Open(File.ReadAllBytes(path), out var problem)
            ?? throw new LedgerException(
                ErrorCode.FileUnreadable,
                $"{path} is not the last checkpoint that this signer signed: {problem}; put back the file, or the last note of the "
                    + "checkpoint file"
            );
    }
}
