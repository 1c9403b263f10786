using Pipeline.LocalCloud.Storage;

namespace Pipeline.Tests.LocalCloud;

public sealed class ChecksumTests
{
    /// <summary>The check values that the catalogues of these algorithms give for the digits 1 to 9.</summary>
    [TestCase("crc32", "CBF43926")]
    [TestCase("crc32c", "E3069283")]
    [TestCase("crc64nvme", "AE8B14860A799888")]
    [TestCase("sha1", "F7C3BC1D808E04732ADF679965CCC34CA7AE3441")]
    public void The_known_value_of_the_digits(string name, string hex)
    {
        using var running = Checksums.Start(name)!;
        running.Append("1234"u8);
        running.Append("56789"u8);

        Assert.That(Convert.ToHexString(Convert.FromBase64String(running.Base64())), Is.EqualTo(hex));
    }

    [Test]
    public void An_unknown_name_is_no_checksum() => Assert.That(Checksums.Start("crc99"), Is.Null);
}
