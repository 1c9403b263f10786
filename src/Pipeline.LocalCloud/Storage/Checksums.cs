using System.Buffers.Binary;
using System.IO.Hashing;
using System.Security.Cryptography;

namespace Pipeline.LocalCloud.Storage;

/// <summary>The checksums that S3 clients may send along: header <c>x-amz-checksum-NAME</c>, base64.</summary>
internal static class Checksums
{
    public const string HeaderPrefix = "x-amz-checksum-";

    /// <summary>A running checksum of that name; <c>null</c> where S3 has none of that name.</summary>
    public static IRunning? Start(string name) => name switch
    {
        "crc32" => new Crc(new Crc32()),
        "crc32c" => new TableCrc(0x82F63B78, 32),
        "crc64nvme" => new TableCrc(0x9A6C9329AC4BC9B5, 64),
        "sha1" => new Digest(HashAlgorithmName.SHA1),
        "sha256" => new Digest(HashAlgorithmName.SHA256),
        _ => null,
    };

    internal interface IRunning : IDisposable
    {
        void Append(ReadOnlySpan<byte> bytes);

        string Base64();
    }

    private sealed class Crc(Crc32 crc) : IRunning
    {
        public void Append(ReadOnlySpan<byte> bytes) => crc.Append(bytes);

        public string Base64()
        {
            var hash = crc.GetCurrentHash();
            // The library gives the little end first, the wire wants the big one.
            Array.Reverse(hash);
            return Convert.ToBase64String(hash);
        }

        public void Dispose()
        {
        }
    }

    /// <summary>A CRC by its reflected polynomial, all ones in and out.</summary>
    private sealed class TableCrc : IRunning
    {
        private readonly ulong[] _table = new ulong[256];
        private readonly ulong _mask;
        private readonly int _bits;
        private ulong _state;

        public TableCrc(ulong polynomial, int bits)
        {
            _bits = bits;
            _mask = _state = bits == 64 ? ulong.MaxValue : (1UL << bits) - 1;
            for (var i = 0; i < 256; i++)
            {
                var value = (ulong)i;
                for (var bit = 0; bit < 8; bit++)
                {
                    value = (value & 1) != 0 ? (value >> 1) ^ polynomial : value >> 1;
                }

                _table[i] = value;
            }
        }

        public void Append(ReadOnlySpan<byte> bytes)
        {
            foreach (var b in bytes)
            {
                _state = _table[(byte)(_state ^ b)] ^ (_state >> 8);
            }
        }

        public string Base64()
        {
            Span<byte> all = stackalloc byte[8];
            BinaryPrimitives.WriteUInt64BigEndian(all, _state ^ _mask);
            return Convert.ToBase64String(all[(8 - (_bits / 8))..]);
        }

        public void Dispose()
        {
        }
    }

    private sealed class Digest(HashAlgorithmName name) : IRunning
    {
        private readonly IncrementalHash _hash = IncrementalHash.CreateHash(name);

        public void Append(ReadOnlySpan<byte> bytes) => _hash.AppendData(bytes);

        public string Base64() => Convert.ToBase64String(_hash.GetCurrentHash());

        public void Dispose() => _hash.Dispose();
    }
}
