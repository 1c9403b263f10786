using System.Buffers.Binary;

namespace Pipeline.Images;

/// <summary>
/// A gzip stream without compression. What a compressor makes of the same bytes differs between its versions and processors, and with it
/// the image's digest; stored blocks are the same everywhere.
/// </summary>
internal sealed class StoredGzip : Stream
{
    private const int BlockSize = 65535;
    private static readonly uint[] Table = MakeTable();
    private readonly Stream _target;
    private readonly byte[] _block = new byte[BlockSize];
    private int _filled;
    private uint _crc = uint.MaxValue;
    private uint _length;
    private bool _ended;

    public StoredGzip(Stream target)
    {
        _target = target;
        // Magic, deflate, no flags, no time, no hint, unknown system.
        _target.Write([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff]);
    }

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        foreach (var value in buffer)
        {
            _crc = Table[(byte)(_crc ^ value)] ^ (_crc >> 8);
        }

        _length += (uint)buffer.Length;
        while (buffer.Length > 0)
        {
            if (_filled == BlockSize)
            {
                WriteBlock(last: false);
            }

            var part = buffer[..Math.Min(buffer.Length, BlockSize - _filled)];
            part.CopyTo(_block.AsSpan(_filled));
            _filled += part.Length;
            buffer = buffer[part.Length..];
        }
    }

    /// <summary>Nothing: block borders must not depend on who flushes when.</summary>
    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_ended)
        {
            _ended = true;
            WriteBlock(last: true);
            Span<byte> trailer = stackalloc byte[8];
            BinaryPrimitives.WriteUInt32LittleEndian(trailer, ~_crc);
            BinaryPrimitives.WriteUInt32LittleEndian(trailer[4..], _length);
            _target.Write(trailer);
        }

        base.Dispose(disposing);
    }

    private void WriteBlock(bool last)
    {
        Span<byte> header = stackalloc byte[5];
        header[0] = last ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteUInt16LittleEndian(header[1..], (ushort)_filled);
        BinaryPrimitives.WriteUInt16LittleEndian(header[3..], (ushort)~_filled);
        _target.Write(header);
        _target.Write(_block, 0, _filled);
        _filled = 0;
    }

    private static uint[] MakeTable()
    {
        var table = new uint[256];
        for (var i = 0u; i < table.Length; i++)
        {
            var value = i;
            for (var bit = 0; bit < 8; bit++)
            {
                value = (value & 1) == 0 ? value >> 1 : 0xedb88320 ^ (value >> 1);
            }

            table[i] = value;
        }

        return table;
    }
}
