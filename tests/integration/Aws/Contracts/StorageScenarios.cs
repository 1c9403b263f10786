using System.Net;
using Amazon.S3;
using Amazon.S3.Model;

namespace Pipeline.Tests.Aws.Contracts;

internal static class StorageScenarios
{
    public static IReadOnlyList<Scenario> All { get; } =
    [
        new("s3", "buckets", "CreateBucket ListBuckets GetBucketLocation HeadBucket DeleteBucket", Buckets),
        new("s3", "objects", "CreateBucket PutObject GetObject HeadObject CopyObject ListObjects ListObjectsV2 DeleteObject DeleteObjects", Objects),
        new("s3", "an object in parts", "CreateBucket CreateMultipartUpload UploadPart ListParts CompleteMultipartUpload AbortMultipartUpload GetObject", Parts),
    ];

    private static async Task Buckets(ContractClients on)
    {
        await on.Storage.PutBucketAsync(new PutBucketRequest { BucketName = on.Name, BucketRegionName = Moto.Region });
        var listed = (await on.Storage.ListBucketsAsync()).Buckets;
        var location = (await on.Storage.GetBucketLocationAsync(on.Name)).Location;
        await on.Storage.HeadBucketAsync(new HeadBucketRequest { BucketName = on.Name });
        await on.Storage.DeleteBucketAsync(on.Name);

        Assert.That(listed.Select(b => b.BucketName), Does.Contain(on.Name));
        Assert.That(location.Value, Is.EqualTo(Moto.Region));
        Assert.That(Assert.CatchAsync<AmazonS3Exception>(() => on.Storage.ListObjectsV2Async(new ListObjectsV2Request { BucketName = on.Name }))!.ErrorCode, Is.EqualTo("NoSuchBucket"));
    }

    private static async Task Objects(ContractClients on)
    {
        await on.Storage.PutBucketAsync(new PutBucketRequest { BucketName = on.Name, BucketRegionName = Moto.Region });
        var put = await on.Storage.PutObjectAsync(new PutObjectRequest { BucketName = on.Name, Key = "a/ü 1", ContentBody = "one", ContentType = "text/plain", IfNoneMatch = "*" });
        var second = Assert.CatchAsync<AmazonS3Exception>(() => on.Storage.PutObjectAsync(new PutObjectRequest { BucketName = on.Name, Key = "a/ü 1", ContentBody = "two", IfNoneMatch = "*" }))!;
        var head = await on.Storage.GetObjectMetadataAsync(on.Name, "a/ü 1");
        await on.Storage.CopyObjectAsync(on.Name, "a/ü 1", on.Name, "b");
        using var copy = await on.Storage.GetObjectAsync(on.Name, "b");
        var text = await new StreamReader(copy.ResponseStream).ReadToEndAsync();
        var folded = await on.Storage.ListObjectsV2Async(new ListObjectsV2Request { BucketName = on.Name, Delimiter = "/" });
        var old = await on.Storage.ListObjectsAsync(new ListObjectsRequest { BucketName = on.Name, Prefix = "a/" });
        await on.Storage.DeleteObjectAsync(on.Name, "b");
        var deleted = await on.Storage.DeleteObjectsAsync(new DeleteObjectsRequest { BucketName = on.Name, Objects = [new KeyVersion { Key = "a/ü 1" }] });

        Assert.Multiple(() =>
        {
            Assert.That(second.StatusCode, Is.EqualTo(HttpStatusCode.PreconditionFailed));
            Assert.That((head.ETag, head.Headers.ContentType, head.ContentLength), Is.EqualTo((put.ETag, "text/plain", 3L)));
            Assert.That(text, Is.EqualTo("one"));
            Assert.That((folded.CommonPrefixes.Single(), folded.S3Objects.Single().Key), Is.EqualTo(("a/", "b")));
            Assert.That(old.S3Objects.Single().Key, Is.EqualTo("a/ü 1"));
            Assert.That(deleted.DeletedObjects.Single().Key, Is.EqualTo("a/ü 1"));
        });
        Assert.That(Assert.CatchAsync<AmazonS3Exception>(() => on.Storage.GetObjectAsync(on.Name, "b"))!.ErrorCode, Is.EqualTo("NoSuchKey"));
    }

    private static async Task Parts(ContractClients on)
    {
        await on.Storage.PutBucketAsync(new PutBucketRequest { BucketName = on.Name, BucketRegionName = Moto.Region });
        var upload = (await on.Storage.InitiateMultipartUploadAsync(on.Name, "large")).UploadId;
        var one = await Part(1, new string('x', 5 << 20));
        var two = await Part(2, "end");
        var listed = (await on.Storage.ListPartsAsync(on.Name, "large", upload)).Parts;
        var whole = await on.Storage.CompleteMultipartUploadAsync(new CompleteMultipartUploadRequest { BucketName = on.Name, Key = "large", UploadId = upload, PartETags = [one, two] });
        using var read = await on.Storage.GetObjectAsync(on.Name, "large");
        var other = (await on.Storage.InitiateMultipartUploadAsync(on.Name, "given-up")).UploadId;
        await on.Storage.AbortMultipartUploadAsync(on.Name, "given-up", other);

        Assert.That(listed.Select(p => p.PartNumber), Is.EqualTo(new int?[] { 1, 2 }));
        Assert.That(whole.ETag, Does.EndWith("-2\""));
        Assert.That(read.ContentLength, Is.EqualTo((5 << 20) + 3));

        async Task<PartETag> Part(int number, string text)
        {
            using var bytes = new MemoryStream(System.Text.Encoding.ASCII.GetBytes(text));
            return new PartETag(number, (await on.Storage.UploadPartAsync(new UploadPartRequest { BucketName = on.Name, Key = "large", UploadId = upload, PartNumber = number, InputStream = bytes })).ETag);
        }
    }
}
