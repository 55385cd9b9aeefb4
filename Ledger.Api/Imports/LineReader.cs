using System.Threading.Channels;

namespace Ledger.Api.Imports;

/// <summary>
/// Reads a file ahead of whoever takes its lines, a chunk at a time on half of the cores: the other half is for deciding and for
/// the database. Memory is bounded by the chunks, not by the file.
/// </summary>
internal sealed class LineReader : IAsyncDisposable
{
    private const int LinesPerChunk = 2_000;
    private const int ChunksAhead = 4;

    private static readonly int Readers = Math.Max(1, Environment.ProcessorCount / 2);

    private readonly CancellationTokenSource stop;
    private readonly Channel<FileLine[]> chunks = Channel.CreateBounded<FileLine[]>(ChunksAhead);
    private readonly Task reading;

    /// <summary>Begins to read.</summary>
    public LineReader(EventFile file, CancellationToken cancel)
    {
        stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        reading = Task.Run(() => ReadAsync(file, stop.Token), cancel);
    }

    /// <summary>The chunks in the order of the file; whatever ends the reading is thrown here.</summary>
    public ChannelReader<FileLine[]> Chunks => chunks.Reader;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        // The file is left alone before it is taken again or closed; what ended its reading came through the channel.
        await stop.CancelAsync();
        await reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stop.Dispose();
    }

    private async Task ReadAsync(EventFile file, CancellationToken cancel)
    {
        try
        {
            var lines = new List<Func<FileLine>>(LinesPerChunk);
            await foreach (var line in file.LinesAsync(cancel))
            {
                lines.Add(line);
                if (lines.Count == LinesPerChunk)
                {
                    await chunks.Writer.WriteAsync(Parse(lines), cancel);
                    lines.Clear();
                }
            }

            if (lines.Count > 0)
            {
                await chunks.Writer.WriteAsync(Parse(lines), cancel);
            }

            chunks.Writer.Complete();
        }
        catch (Exception e)
        {
            chunks.Writer.TryComplete(e);
            throw;
        }
    }

    private static FileLine[] Parse(List<Func<FileLine>> lines) =>
        [.. lines.AsParallel().AsOrdered().WithDegreeOfParallelism(Readers).Select(read => read())];
}
