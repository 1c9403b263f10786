using System.Security.Cryptography;
using Pipeline.LocalCloud.Identity;
using Pipeline.LocalCloud.Protocols;

namespace Pipeline.LocalCloud.Storage;

/// <summary>The bytes of objects: one file each, never changed once written, so a reader is never surprised by a writer.</summary>
internal sealed class Blobs(string folder)
{
    /// <summary>Removes files that no object names: what a killed cloud had not finished.</summary>
    public void KeepOnly(IReadOnlySet<string> ids)
    {
        Directory.CreateDirectory(folder);
        foreach (var file in Directory.EnumerateFiles(folder).Where(f => !ids.Contains(Path.GetFileName(f))).ToList())
        {
            File.Delete(file);
        }
    }

    /// <summary>Takes in a payload and proves its checksums; an unproven one leaves nothing behind.</summary>
    /// <param name="expected">of the request's headers: <c>content-md5</c> and <c>x-amz-checksum-*</c>; those in trailers are found in the payload</param>
    public async Task<Blob> Receive(CopyBody copy, IReadOnlyDictionary<string, string> expected, IEnumerable<string> algorithms, CancellationToken cancel)
    {
        var id = Guid.NewGuid().ToString("N");
        var complete = false;
        try
        {
            await using var file = new FileStream(PathOf(id), FileMode.CreateNew, FileAccess.Write, FileShare.Read);
            await using var counted = new CountingStream(file, algorithms);
            var trailers = await copy(counted, cancel);
            file.Flush(flushToDisk: true);
            var blob = counted.Finish(id);
            Prove(blob, expected);
            Prove(blob, trailers);
            complete = true;
            return blob;
        }
        finally
        {
            if (!complete)
            {
                Delete(id);
            }
        }
    }

    public FileStream Open(string id) => new(PathOf(id), FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);

    /// <param name="id">empty for an object without bytes</param>
    public void Delete(string id)
    {
        if (id.Length > 0)
        {
            File.Delete(PathOf(id));
        }
    }

    private static void Prove(Blob blob, IReadOnlyDictionary<string, string> expected)
    {
        foreach (var (name, value) in expected)
        {
            if (name == "content-md5" && value != Convert.ToBase64String(Convert.FromHexString(blob.Md5)))
            {
                throw new AwsException("BadDigest", "The Content-MD5 you specified did not match what we received.");
            }

            if (blob.Checksums.TryGetValue(name, out var computed) && computed != value)
            {
                throw new AwsException("BadDigest", $"The {name[Checksums.HeaderPrefix.Length..].ToUpperInvariant()} you specified did not match the calculated checksum.");
            }
        }
    }

    private string PathOf(string id) => Path.Combine(folder, id);

    /// <summary>Passes everything on and keeps count of it.</summary>
    private sealed class CountingStream : Stream
    {
        private readonly Stream _target;
        private readonly IncrementalHash _md5 = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
        private readonly Dictionary<string, Checksums.IRunning> _running = [];
        private long _size;

        public CountingStream(Stream target, IEnumerable<string> algorithms)
        {
            _target = target;
            foreach (var name in algorithms.Distinct())
            {
                if (Checksums.Start(name) is { } running)
                {
                    _running[Checksums.HeaderPrefix + name] = running;
                }
            }
        }

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => _size;

        public override long Position
        {
            get => _size;
            set => throw new NotSupportedException();
        }

        public Blob Finish(string id) => new(id, _size, Convert.ToHexStringLower(_md5.GetCurrentHash()), _running.ToDictionary(r => r.Key, r => r.Value.Base64()));

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Count(buffer.Span);
            return _target.WriteAsync(buffer, cancellationToken);
        }

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override void Write(byte[] buffer, int offset, int count)
        {
            Count(buffer.AsSpan(offset, count));
            _target.Write(buffer, offset, count);
        }

        public override void Flush() => _target.Flush();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            _md5.Dispose();
            foreach (var running in _running.Values)
            {
                running.Dispose();
            }

            base.Dispose(disposing);
        }

        private void Count(ReadOnlySpan<byte> bytes)
        {
            _size += bytes.Length;
            _md5.AppendData(bytes);
            foreach (var running in _running.Values)
            {
                running.Append(bytes);
            }
        }
    }
}
