using System.Globalization;
using System.Net;
using System.Text;
using Ledger.Projections.Evidence.Proofs;

namespace Ledger.Projections.Evidence.Checkpoints;

/// <summary>
/// Somebody else's witness (C2SP tlog-witness): it cosigns a checkpoint once it has checked that it extends the last one it
/// saw. One that is away or refuses holds nothing up: the checkpoint is published without it, and says so by that.
/// </summary>
/// <param name="http">How it is reached; not disposed of here.</param>
/// <param name="address">Its submission prefix.</param>
/// <param name="key">The key that it cosigns with.</param>
/// <param name="say">Is told why a cosignature is missing.</param>
public sealed class Witness(HttpClient http, Uri address, VerifierKey key, Action<string> say)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    private long seen;
    private DateTime notBefore;

    /// <summary>The key that it cosigns with.</summary>
    public VerifierKey Key => key;

    /// <summary>The note with the witness's cosignature, or as it was.</summary>
    public async Task<SignedNote> CosignAsync(SignedNote note, long size, SubtreeRoot roots, CancellationToken cancel)
    {
        // One that was away is left alone for a while: it may hold nothing up.
        if (DateTime.UtcNow < notBefore)
        {
            return note;
        }

        try
        {
            for (var attempt = 0; attempt < 2; attempt++)
            {
                var proof = seen <= size ? await MerkleProof.ConsistencyAsync(seen, size, roots) : [];
                using var content = new StringContent(
                    new SignRequest(Math.Min(seen, size), proof, note.ToString()).ToString(),
                    Encoding.UTF8
                );
                using var answer = await http.PostAsync(new Uri(address, "add-checkpoint"), content, cancel);
                var text = await answer.Content.ReadAsStringAsync(cancel);
                if (
                    answer.StatusCode == HttpStatusCode.Conflict
                    && long.TryParse(text.TrimEnd('\n'), NumberStyles.None, CultureInfo.InvariantCulture, out var last)
                    && last <= size
                )
                {
                    seen = last;
                    continue;
                }

                if (!answer.IsSuccessStatusCode)
                {
                    say($"the witness {key.Name} did not cosign the checkpoint of size {size}: {(int)answer.StatusCode} {text.Trim()}");
                    return note;
                }

                return Add(note, text, size);
            }
        }
#pragma warning disable CA1031 // Whatever somebody else's service does: the checkpoint is published.
        catch (Exception e) when (!cancel.IsCancellationRequested)
#pragma warning restore CA1031
        {
            notBefore = DateTime.UtcNow + Pause;
            say($"the witness {key.Name} cannot be reached: {e.Message}");
        }

        return note;
    }

    private SignedNote Add(SignedNote note, string lines, long size)
    {
        var cosignatures = lines
            .Split('\n')
            .Select(SignedNote.ParseLine)
            .OfType<NoteSignature>()
            .Where(s => key.Names(s) && key.Verifies(note.Text, s.Signature))
            .Take(1)
            .ToList();
        if (cosignatures.Count == 0)
        {
            say($"the witness {key.Name} answered without a signature of its key over the checkpoint of size {size}");
            return note;
        }

        seen = size;
        return note with { Signatures = [.. note.Signatures, .. cosignatures] };
    }
}
