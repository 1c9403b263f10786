using System.Net;
using System.Text;
using Amazon.S3;
using Amazon.S3.Model;
using NUnit.Framework.Constraints;
using Pipeline.LocalCloud;
using Pipeline.Tests.Contracts;

namespace Pipeline.Tests.LocalCloud;

public sealed class FrontStorageTests
{
    private CloudServer _cloud = null!;
    private AmazonS3Client _s3 = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        _cloud = await CheckedCloud.Start();
        _s3 = new FrontClients(_cloud).S3();
        await _s3.PutBucketAsync("ledger");
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        _s3.Dispose();
        await _cloud.DisposeAsync();
    }

    [TestCase("plain.json")]
    [TestCase("a folder/with ümlaut + (1)!*'.json")]
    [TestCase("a//b/../c%2Fd")]
    public async Task An_object_comes_back_as_it_was_put(string key)
    {
        var put = new PutObjectRequest { BucketName = "ledger", Key = key, ContentBody = "{\"a\":1}", ContentType = "application/json" };
        put.Metadata["who"] = "dora";

        var written = await _s3.PutObjectAsync(put);
        using var read = await _s3.GetObjectAsync("ledger", key);

        Assert.That(await new StreamReader(read.ResponseStream).ReadToEndAsync(), Is.EqualTo("{\"a\":1}"));
        Assert.That(read.ETag, Is.EqualTo(written.ETag).And.EqualTo("\"bb6cb5c68df4652941caf652a366f2d8\""));
        Assert.That(read.Headers.ContentType, Is.EqualTo("application/json"));
        Assert.That(read.Metadata["who"], Is.EqualTo("dora"));
    }

    [Test]
    public async Task Of_many_writers_of_a_new_object_exactly_one_wins()
    {
        var attempts = await Task.WhenAll(Enumerable.Range(0, 24).Select(async i =>
        {
            try
            {
                await _s3.PutObjectAsync(new PutObjectRequest { BucketName = "ledger", Key = "lock", ContentBody = $"writer {i}", IfNoneMatch = "*" });
                return $"writer {i}";
            }
            catch (AmazonS3Exception e) when (e.StatusCode is HttpStatusCode.PreconditionFailed or HttpStatusCode.Conflict)
            {
                return null;
            }
        }));

        using var read = await _s3.GetObjectAsync("ledger", "lock");
        Assert.That(attempts.Where(a => a is not null), Is.EqualTo(new[] { await new StreamReader(read.ResponseStream).ReadToEndAsync() }));
    }

    [Test]
    public async Task Of_many_writers_of_the_same_successor_exactly_one_wins()
    {
        var first = await _s3.PutObjectAsync(new PutObjectRequest { BucketName = "ledger", Key = "lease", ContentBody = "0" });

        var wins = await Task.WhenAll(Enumerable.Range(1, 16).Select(async i =>
        {
            try
            {
                await _s3.PutObjectAsync(new PutObjectRequest { BucketName = "ledger", Key = "lease", ContentBody = $"{i}", IfMatch = first.ETag });
                return 1;
            }
            catch (AmazonS3Exception e) when (e.ErrorCode == "PreconditionFailed")
            {
                return 0;
            }
        }));

        Assert.That(wins.Sum(), Is.EqualTo(1));
    }

    [Test]
    public async Task A_match_with_an_object_that_is_not_there_or_another_is_refused()
    {
        await _s3.PutObjectAsync(new PutObjectRequest { BucketName = "ledger", Key = "conditional", ContentBody = "x" });

        Assert.That(() => _s3.PutObjectAsync(new PutObjectRequest { BucketName = "ledger", Key = "nowhere", ContentBody = "y", IfMatch = "\"0\"" }), Refused("NoSuchKey"));
        Assert.That(() => _s3.DeleteObjectAsync(new DeleteObjectRequest { BucketName = "ledger", Key = "conditional", IfMatch = "\"0\"" }), Refused("PreconditionFailed"));
        var known = await _s3.GetObjectMetadataAsync("ledger", "conditional");
        Assert.That(() => _s3.GetObjectAsync(new GetObjectRequest { BucketName = "ledger", Key = "conditional", EtagToNotMatch = known.ETag }),
            Throws.TypeOf<AmazonS3Exception>().With.Property("StatusCode").EqualTo(HttpStatusCode.NotModified));
        await _s3.DeleteObjectAsync(new DeleteObjectRequest { BucketName = "ledger", Key = "conditional", IfMatch = known.ETag });
        Assert.That(() => _s3.GetObjectAsync("ledger", "conditional"), Refused("NoSuchKey"));
    }

    [Test]
    public async Task A_range_gives_those_bytes()
    {
        await _s3.PutObjectAsync(new PutObjectRequest { BucketName = "ledger", Key = "digits", ContentBody = "0123456789" });

        using var read = await _s3.GetObjectAsync(new GetObjectRequest { BucketName = "ledger", Key = "digits", ByteRange = new ByteRange(2, 4) });

        Assert.That(await new StreamReader(read.ResponseStream).ReadToEndAsync(), Is.EqualTo("234"));
        Assert.That(read.ContentRange, Is.EqualTo("bytes 2-4/10"));
        Assert.That(() => _s3.GetObjectAsync(new GetObjectRequest { BucketName = "ledger", Key = "digits", ByteRange = new ByteRange(50, 60) }), Refused("InvalidRange"));
    }

    [Test]
    public async Task A_list_comes_in_pages_and_folds_folders()
    {
        await _s3.PutBucketAsync("listed");
        foreach (var key in new[] { "a/1", "a/2", "b", "c/1", "c/d/1", "é" })
        {
            await _s3.PutObjectAsync(new PutObjectRequest { BucketName = "listed", Key = key, ContentBody = key });
        }

        List<string> keys = [];
        await foreach (var item in _s3.Paginators.ListObjectsV2(new ListObjectsV2Request { BucketName = "listed", MaxKeys = 2 }).S3Objects)
        {
            keys.Add(item.Key);
        }

        var folded = await _s3.ListObjectsV2Async(new ListObjectsV2Request { BucketName = "listed", Delimiter = "/" });
        Assert.That(keys, Is.EqualTo(new[] { "a/1", "a/2", "b", "c/1", "c/d/1", "é" }));
        Assert.That(folded.CommonPrefixes, Is.EqualTo(new[] { "a/", "c/" }));
        Assert.That(folded.S3Objects.Select(o => o.Key), Is.EqualTo(new[] { "b", "é" }));
        Assert.That(() => _s3.DeleteBucketAsync("listed"), Refused("BucketNotEmpty"));
        await _s3.DeleteObjectsAsync(new DeleteObjectsRequest { BucketName = "listed", Objects = [.. keys.Select(k => new KeyVersion { Key = k })] });
        await _s3.DeleteBucketAsync("listed");
        Assert.That(() => _s3.ListObjectsV2Async(new ListObjectsV2Request { BucketName = "listed" }), Refused("NoSuchBucket"));
    }

    [Test]
    public async Task A_large_object_may_come_in_parts()
    {
        var begun = await _s3.InitiateMultipartUploadAsync("ledger", "large");
        var two = await Part(2, "world");
        var one = await Part(1, "hello ");
        await _s3.CompleteMultipartUploadAsync(new CompleteMultipartUploadRequest { BucketName = "ledger", Key = "large", UploadId = begun.UploadId, PartETags = [one, two] });

        using var read = await _s3.GetObjectAsync("ledger", "large");
        Assert.That(await new StreamReader(read.ResponseStream).ReadToEndAsync(), Is.EqualTo("hello world"));
        Assert.That(read.ETag, Does.EndWith("-2\""));

        async Task<PartETag> Part(int number, string text)
        {
            using var bytes = new MemoryStream(Encoding.UTF8.GetBytes(text));
            var part = await _s3.UploadPartAsync(new UploadPartRequest { BucketName = "ledger", Key = "large", UploadId = begun.UploadId, PartNumber = number, InputStream = bytes });
            return new PartETag(number, part.ETag);
        }
    }

    [Test]
    public async Task A_payload_whose_checksum_is_wrong_leaves_nothing()
    {
        Assert.That(() => _s3.PutObjectAsync(new PutObjectRequest { BucketName = "ledger", Key = "broken", ContentBody = "x", ChecksumSHA256 = Convert.ToBase64String(new byte[32]) }), Refused("BadDigest"));

        var list = await _s3.ListObjectsV2Async(new ListObjectsV2Request { BucketName = "ledger", Prefix = "broken" });
        Assert.That(list.KeyCount, Is.Zero);
    }

    [Test]
    public void What_is_not_there_or_not_implemented_is_refused_by_its_name()
    {
        Assert.That(() => _s3.GetObjectAsync("ledger", "none"), Refused("NoSuchKey"));
        Assert.That(() => _s3.GetObjectAsync("nobucket", "none"), Refused("NoSuchBucket"));
        Assert.That(() => _s3.PutBucketAsync("ledger"), Refused("BucketAlreadyOwnedByYou"));
        Assert.That(() => _s3.PutBucketAsync("Not_A_Name"), Refused("InvalidBucketName"));
        Assert.That(() => _s3.PutBucketAccelerateConfigurationAsync(new PutBucketAccelerateConfigurationRequest { BucketName = "ledger", AccelerateConfiguration = new AccelerateConfiguration { Status = BucketAccelerateStatus.Enabled } }), Refused("NotImplemented"));
        Assert.That(() => _s3.GetObjectAsync("ledger", "plain.json", "version"), Refused("NoSuchVersion"));
    }

    private static EqualStringConstraint Refused(string code) => Throws.InstanceOf<AmazonS3Exception>().With.Property("ErrorCode").EqualTo(code);
}
