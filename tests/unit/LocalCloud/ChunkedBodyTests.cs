using System.Text;
using Pipeline.LocalCloud.Identity;
using Pipeline.LocalCloud.Protocols;

namespace Pipeline.Tests.LocalCloud;

/// <summary>With the example of the public description of chunked uploads: 66,560 times the letter a in chunks of 64 KiB.</summary>
public sealed class ChunkedBodyTests
{
    private const string First = "10000;chunk-signature=ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648";
    private const string Second = "400;chunk-signature=0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497";
    private const string Last = "0;chunk-signature=b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9";

    private static readonly Signature Seed = new("AKIAIOSFODNN7EXAMPLE", "20130524", "us-east-1", "s3", ["host"],
        "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9", null, new DateTimeOffset(2013, 5, 24, 0, 0, 0, TimeSpan.Zero), null);

    private static ChunkSigner Signer => new(Seed.SigningKey("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"), Seed);

    [Test]
    public async Task Signed_chunks_become_the_payload()
    {
        using var target = new MemoryStream();

        await new ChunkedBody(Body('a'), Signer).CopyTo(target, CancellationToken.None);

        Assert.That(Encoding.ASCII.GetString(target.ToArray()), Is.EqualTo(new string('a', 66560)));
    }

    [Test]
    public void A_changed_byte_is_noticed()
    {
        using var target = new MemoryStream();

        Assert.That(() => new ChunkedBody(Body('b'), Signer).CopyTo(target, CancellationToken.None), Throws.TypeOf<SignatureFailure>());
    }

    [Test]
    public async Task Trailers_come_after_unsigned_chunks()
    {
        using var source = new MemoryStream(Encoding.ASCII.GetBytes("5\r\nhello\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n"));
        using var target = new MemoryStream();

        var trailers = await new ChunkedBody(source, null).CopyTo(target, CancellationToken.None);

        Assert.That(Encoding.ASCII.GetString(target.ToArray()), Is.EqualTo("hello"));
        Assert.That(trailers["x-amz-checksum-crc32"], Is.EqualTo("NhCmhg=="));
    }

    [TestCase("5\r\nhel")]
    [TestCase("5\r\nhello\r\n")]
    [TestCase("zz\r\nhello\r\n0\r\n\r\n")]
    [TestCase("5\r\nhelloworld\r\n0\r\n\r\n")]
    [TestCase("")]
    public void A_body_that_breaks_off_is_refused(string body)
    {
        using var source = new MemoryStream(Encoding.ASCII.GetBytes(body));
        using var target = new MemoryStream();

        Assert.That(() => new ChunkedBody(source, null).CopyTo(target, CancellationToken.None), Throws.TypeOf<AwsException>().With.Property("Code").EqualTo("IncompleteBody"));
    }

    private static MemoryStream Body(char letter) => new(Encoding.ASCII.GetBytes(
        $"{First}\r\n{new string(letter, 65536)}\r\n{Second}\r\n{new string(letter, 1024)}\r\n{Last}\r\n\r\n"));
}
