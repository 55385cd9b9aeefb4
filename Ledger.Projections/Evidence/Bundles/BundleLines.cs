using System.Runtime.CompilerServices;
using System.Text.Json;
using Ledger.Domain.Json;

namespace Ledger.Projections.Evidence.Bundles;

/// <summary>The lines of a bundle: canonical JSON, each ended by LF. What is not so is a <see cref="WrongException"/>.</summary>
internal static class BundleLines
{
    private const int MostBytesOfLine = 64 * 1024 * 1024;

    /// <summary>The lines of a file, each ended by LF; one without its end is not given.</summary>
    public static async IAsyncEnumerable<byte[]> ReadAllAsync(Stream file, [EnumeratorCancellation] CancellationToken cancel)
    {
        var reader = System.IO.Pipelines.PipeReader.Create(file);
        while (true)
        {
            var read = await reader.ReadAsync(cancel);
            var buffer = read.Buffer;
            while (System.Buffers.BuffersExtensions.PositionOf(buffer, (byte)'\n') is { } end)
            {
                yield return System.Buffers.BuffersExtensions.ToArray(buffer.Slice(0, end));
                buffer = buffer.Slice(buffer.GetPosition(1, end));
            }

            if (buffer.Length > MostBytesOfLine || (read.IsCompleted && buffer.Length > 0))
            {
                throw new WrongException("a line does not end");
            }

            reader.AdvanceTo(buffer.Start, buffer.End);
            if (read.IsCompleted)
            {
                break;
            }
        }

        await reader.CompleteAsync();
    }

    /// <summary>A line, which must be written just as this program writes it.</summary>
    public static T Read<T>(byte[] bytes)
    {
        try
        {
            var value = JsonSerializer.Deserialize<T>(bytes, LedgerJson.Options);
            Expect(value is not null && LedgerJson.Write(value).AsSpan().SequenceEqual(bytes), "the line is not canonical JSON");
            return value!;
        }
        catch (Exception e)
            when (e
                    is JsonException
                        or NotSupportedException
                        or InvalidOperationException
                        or FormatException
                        or ArgumentException
                        or OverflowException
            )
        {
            throw new WrongException($"the line is not what stands there in a bundle: {e.Message}");
        }
    }

    public static void Expect(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new WrongException(otherwise);
        }
    }
}

#pragma warning disable CA1064, CA1032 // It never leaves the verifier.
internal sealed class WrongException(string message) : Exception(message);
#pragma warning restore CA1064, CA1032
