using System.Text;

namespace Pipeline.Versions;

/// <summary>Cuts a stream at its NULs.</summary>
internal sealed class NulFields(Stream stream)
{
    private byte[] buffer = new byte[1 << 17];
    private int from;
    private int to;

    /// <summary>The field that was read last; valid until the next one is.</summary>
    public ReadOnlyMemory<byte> Current { get; private set; }

    /// <summary>Reads a field.</summary>
    /// <returns><c>null</c>: there is none any more</returns>
    public async ValueTask<ReadOnlyMemory<byte>?> Next(CancellationToken cancel)
    {
        var searched = from;
        int end;
        while ((end = Array.IndexOf(buffer, (byte)0, searched, to - searched)) < 0)
        {
            searched = to - from;
            if (!await Fill(cancel).ConfigureAwait(false))
            {
                return null;
            }
        }

        Current = buffer.AsMemory(from..end);
        from = end + 1;
        return Current;
    }

    /// <summary>Reads a field as text; what is no UTF-8 in it is replaced.</summary>
    public async ValueTask<string> Text(CancellationToken cancel) => await Next(cancel).ConfigureAwait(false) is { } field ? Encoding.UTF8.GetString(field.Span) : "";

    /// <summary>Reads on behind what is there, which moves to the buffer's beginning.</summary>
    private async ValueTask<bool> Fill(CancellationToken cancel)
    {
        if (from > 0)
        {
            Buffer.BlockCopy(buffer, from, buffer, 0, to - from);
            (from, to) = (0, to - from);
        }

        if (to == buffer.Length)
        {
            Array.Resize(ref buffer, buffer.Length * 2);
        }

        var read = await stream.ReadAsync(buffer.AsMemory(to), cancel).ConfigureAwait(false);
        to += read;
        return read > 0;
    }
}
