using System.IO.Compression;
using Pipeline.Images;

namespace Pipeline.Tests.Images;

internal sealed class StoredGzipTests
{
    [TestCase(0)]
    [TestCase(1)]
    [TestCase(65535)]
    [TestCase(65536)]
    [TestCase(300_000)]
    public void Any_reader_gets_the_same_bytes_back(int length)
    {
        var content = Enumerable.Range(0, length).Select(i => (byte)(i * 31)).ToArray();

        using var unpacked = new MemoryStream();
        using (var reader = new GZipStream(new MemoryStream(Pack(content, 4096)), CompressionMode.Decompress))
        {
            reader.CopyTo(unpacked);
        }

        Assert.That(unpacked.ToArray(), Is.EqualTo(content));
    }

    [Test]
    public void The_bytes_do_not_depend_on_how_it_was_written()
    {
        var content = Enumerable.Range(0, 200_000).Select(i => (byte)(i * 7)).ToArray();

        Assert.That(Pack(content, 1), Is.EqualTo(Pack(content, 70_000)));
    }

    private static byte[] Pack(byte[] content, int chunk)
    {
        using var packed = new MemoryStream();
        using (var gzip = new StoredGzip(packed))
        {
            foreach (var part in content.Chunk(chunk))
            {
                gzip.Write(part);
                gzip.Flush();
            }
        }

        return packed.ToArray();
    }
}
