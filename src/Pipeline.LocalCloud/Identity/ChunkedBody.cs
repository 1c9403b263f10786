using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Pipeline.LocalCloud.Protocols;

namespace Pipeline.LocalCloud.Identity;

/// <summary>Reads the <c>aws-chunked</c> framing: <c>SIZE[;chunk-signature=…]</c>, the chunk, …, an empty chunk, trailers.</summary>
/// <param name="signer"><c>null</c>: the chunks are not signed</param>
internal sealed class ChunkedBody(Stream source, ChunkSigner? signer)
{
    private const int LongestLine = 8 << 10;
    private readonly byte[] _buffer = new byte[64 << 10];
    private int _start;
    private int _end;

    public async Task<IReadOnlyDictionary<string, string>> CopyTo(Stream target, CancellationToken cancel)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        while (true)
        {
            var head = (await ReadLine(cancel)).Split(';', 2);
            if (!long.TryParse(head[0], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var size) || size < 0)
            {
                throw Incomplete();
            }

            await CopyChunk(target, size, hash, cancel);
            signer?.CheckChunk(hash.GetHashAndReset(), head.Length == 2 && head[1].StartsWith("chunk-signature=", StringComparison.Ordinal) ? head[1][16..] : null);
            if (size == 0)
            {
                return await ReadTrailers(cancel);
            }

            if ((await ReadLine(cancel)).Length > 0)
            {
                throw Incomplete();
            }
        }
    }

    private static AwsException Incomplete() => new("IncompleteBody", "The request body terminated unexpectedly or its chunks cannot be read.");

    private async Task<IReadOnlyDictionary<string, string>> ReadTrailers(CancellationToken cancel)
    {
        var trailers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var canonical = new StringBuilder();
        while (await TryFill(cancel) && await ReadLine(cancel) is { Length: > 0 } line)
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            var (name, value) = colon < 0 ? throw Incomplete() : (line[..colon].Trim().ToLowerInvariant(), line[(colon + 1)..].Trim());
            trailers[name] = value;
            if (name != "x-amz-trailer-signature")
            {
                canonical.Append(name).Append(':').Append(value).Append('\n');
            }
        }

        if (canonical.Length > 0)
        {
            signer?.CheckTrailer(canonical.ToString(), trailers.GetValueOrDefault("x-amz-trailer-signature"));
        }

        return trailers;
    }

    private async Task CopyChunk(Stream target, long size, IncrementalHash hash, CancellationToken cancel)
    {
        while (size > 0)
        {
            if (!await TryFill(cancel))
            {
                throw Incomplete();
            }

            var count = (int)Math.Min(size, _end - _start);
            hash.AppendData(_buffer, _start, count);
            await target.WriteAsync(_buffer.AsMemory(_start, count), cancel);
            _start += count;
            size -= count;
        }
    }

    private async Task<string> ReadLine(CancellationToken cancel)
    {
        var line = new StringBuilder();
        while (await TryFill(cancel))
        {
            var at = Array.IndexOf(_buffer, (byte)'\n', _start, _end - _start);
            var stop = at < 0 ? _end : at;
            line.Append(Encoding.ASCII.GetString(_buffer, _start, stop - _start));
            _start = at < 0 ? _end : at + 1;
            if (at >= 0)
            {
                return line.ToString().TrimEnd('\r');
            }

            if (line.Length > LongestLine)
            {
                break;
            }
        }

        throw Incomplete();
    }

    private async Task<bool> TryFill(CancellationToken cancel)
    {
        if (_start == _end)
        {
            _start = 0;
            _end = await source.ReadAsync(_buffer, cancel);
        }

        return _end > 0;
    }
}
