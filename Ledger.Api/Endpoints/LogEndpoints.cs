using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Ledger.Domain.Errors;
using Ledger.Projections.Evidence;
using Ledger.Projections.Evidence.Checkpoints;
using Ledger.Projections.Evidence.Proofs;
using Ledger.Projections.Store;
using Npgsql;

namespace Ledger.Api.Endpoints;

/// <summary>
/// The log for followers under <c>/log</c>, as C2SP tlog-tiles: <c>checkpoint</c>, <c>tile/L/N</c>, <c>tile/entries/N</c>; and
/// proofs ready made: <c>proof/POSITION</c> (C2SP tlog-proof) and <c>consistency/FROM/TO</c>. Entries are leaves, which hold no
/// data and nothing personal.
/// </summary>
internal static partial class LogEndpoints
{
    private const string Immutable = "public, max-age=31536000, immutable";
    private const string OctetStream = "application/octet-stream";
    private const string Text = "text/plain; charset=utf-8";

    public static void MapLog(this WebApplication app)
    {
        var log = app.MapGroup("/log");
        log.MapGet(
            "/checkpoint",
            async (CheckpointPublisher checkpoints, HttpResponse response, CancellationToken cancel) =>
            {
                response.Headers.CacheControl = "no-cache";
                try
                {
                    return Results.Text((await PublishedAsync(checkpoints, cancel)).Note.ToString(), Text);
                }
                catch (LedgerException e) when (e.Code == ErrorCode.CheckpointRefused && checkpoints.File.Last() is { } last)
                {
                    // A service that was started under an alarm shows the last good one, as it did before.
                    return Results.Text(last, Text);
                }
            }
        );
        log.MapGet(
            "/keys",
            async (CheckpointPublisher checkpoints, CancellationToken cancel) =>
                Results.Text((await checkpoints.PolicyAsync(cancel)).ToString(), Text)
        );
        log.MapGet("/tile/entries/{**path}", EntriesAsync);
        log.MapGet("/tile/{level}/{**path}", TileAsync);
        log.MapGet(
            "/proof/{position:long}",
            async (long position, CheckpointPublisher checkpoints, LogProver prover, CancellationToken cancel) =>
                Results.Text((await prover.InclusionAsync(position, await PublishedAsync(checkpoints, cancel), cancel)).ToString(), Text)
        );
        log.MapGet(
            "/consistency/{from:long}/{to:long}",
            async (long from, long to, CheckpointPublisher checkpoints, LogProver prover, CancellationToken cancel) =>
                TypedResults.Ok(await prover.ConsistencyAsync(from, to, await PublishedAsync(checkpoints, cancel), cancel))
        );
    }

    /// <summary>What was published last; the first time, now.</summary>
    private static async ValueTask<PublishedCheckpoint> PublishedAsync(CheckpointPublisher checkpoints, CancellationToken cancel) =>
        checkpoints.Latest ?? await checkpoints.PublishAsync(cancel);

    private static async Task<IResult> TileAsync(
        string level,
        string? path,
        CheckpointPublisher checkpoints,
        NpgsqlDataSource database,
        HttpResponse response,
        CancellationToken cancel
    )
    {
        if (
            !int.TryParse(level, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            || number > 63
            || number.ToString(CultureInfo.InvariantCulture) != level
            || await PlaceAsync(number, path, checkpoints, cancel) is not { } place
        )
        {
            return Results.NotFound();
        }

        await using var connection = await database.OpenConnectionAsync(cancel);
        var hashes = await TileStore.TileAsync(connection, number, place.Index, place.Width, cancel);
        response.Headers.CacheControl = Immutable;
        return Results.Bytes(hashes, OctetStream);
    }

    private static async Task<IResult> EntriesAsync(
        string? path,
        CheckpointPublisher checkpoints,
        LogReader reader,
        HttpResponse response,
        CancellationToken cancel
    )
    {
        if (await PlaceAsync(0, path, checkpoints, cancel) is not { } place)
        {
            return Results.NotFound();
        }

        using var bundle = new MemoryStream();
        var length = new byte[sizeof(ushort)];
        await foreach (
            var e in reader.ReadAsync(place.Index * TileStore.Width, (place.Index * TileStore.Width) + place.Width, cancel: cancel)
        )
        {
            var entry = Encoding.UTF8.GetBytes(Leaf.Text(e));
            BinaryPrimitives.WriteUInt16BigEndian(length, checked((ushort)entry.Length));
            bundle.Write(length);
            bundle.Write(entry);
        }

        response.Headers.CacheControl = Immutable;
        return Results.Bytes(bundle.ToArray(), OctetStream);
    }

    /// <summary>The tile that a path names, where the published log has it: its index, and its width in hashes.</summary>
    private static async ValueTask<(long Index, int Width)?> PlaceAsync(
        int level,
        string? path,
        CheckpointPublisher checkpoints,
        CancellationToken cancel
    )
    {
        if (TilePath().Match(path ?? "") is not { Success: true } match)
        {
            return null;
        }

        var digits = match.Groups["index"].Value.Replace("x", "", StringComparison.Ordinal).Replace("/", "", StringComparison.Ordinal);
        var width = match.Groups["width"].Success ? int.Parse(match.Groups["width"].Value, CultureInfo.InvariantCulture) : TileStore.Width;
        if (
            !long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var index)
            || (digits.Length > 3 && digits.StartsWith("000", StringComparison.Ordinal))
            || width > TileStore.Width
            || (match.Groups["width"].Success && width == TileStore.Width)
        )
        {
            return null;
        }

        var hashes =
            level * TileStore.Height > 62 ? 0 : (await PublishedAsync(checkpoints, cancel)).Checkpoint.Size >> (level * TileStore.Height);
        return index <= hashes / TileStore.Width && (index * TileStore.Width) + width <= hashes ? (index, width) : null;
    }

    [GeneratedRegex("^(?<index>(x[0-9]{3}/)*[0-9]{3})(\\.p/(?<width>[1-9][0-9]{0,2}))?$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex TilePath();
}
