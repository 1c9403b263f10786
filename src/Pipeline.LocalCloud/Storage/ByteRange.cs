using System.Net.Http.Headers;
using Pipeline.LocalCloud.Protocols;

namespace Pipeline.LocalCloud.Storage;

/// <summary>The one range of bytes that a reader asks for.</summary>
internal static class ByteRange
{
    /// <returns>the whole, where nothing or nothing readable is asked, as HTTP wants it</returns>
    /// <exception cref="AwsException">InvalidRange: there are no such bytes</exception>
    public static (long Start, long Length) Of(string? header, long size)
    {
        if (header is null || !RangeHeaderValue.TryParse(header, out var parsed) || parsed.Unit != "bytes" || parsed.Ranges.Count != 1)
        {
            return (0, size);
        }

        var range = parsed.Ranges.Single();
        var (start, end) = range.From is { } from ? (from, Math.Min(range.To ?? size - 1, size - 1)) : (Math.Max(0, size - range.To!.Value), size - 1);
        return start < size && end >= start ? (start, end - start + 1) : throw new AwsException("InvalidRange", "The requested range is not satisfiable", 416);
    }
}
