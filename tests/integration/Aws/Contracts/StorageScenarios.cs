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
        new("s3", "a bucket's versions", "CreateBucket GetBucketVersioning PutBucketVersioning PutObject ListObjectVersions", Versions),
        new("s3", "a bucket's policy and tags", "CreateBucket PutBucketPolicy GetBucketPolicy DeleteBucketPolicy PutBucketTagging GetBucketTagging DeleteBucketTagging PutObject GetObjectTagging", PolicyAndTags),
        new("s3", "a bucket's protection",
            "CreateBucket PutBucketEncryption GetBucketEncryption DeleteBucketEncryption PutPublicAccessBlock GetPublicAccessBlock DeletePublicAccessBlock PutBucketOwnershipControls GetBucketOwnershipControls DeleteBucketOwnershipControls", Protection),
        new("s3", "a bucket's lifecycle", "CreateBucket PutBucketLifecycleConfiguration GetBucketLifecycleConfiguration DeleteBucketLifecycle", Lifecycle),
        new("s3", "an object in parts", "CreateBucket CreateMultipartUpload UploadPart ListParts CompleteMultipartUpload AbortMultipartUpload GetObject", Parts),
    ];

    private static async Task Buckets(ContractClients on)
    {
        await Make(on);
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
        await Make(on);
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

    private static async Task Versions(ContractClients on)
    {
        await Make(on);
        var before = (await on.Storage.GetBucketVersioningAsync(on.Name)).VersioningConfig?.Status;
        await on.Storage.PutBucketVersioningAsync(new PutBucketVersioningRequest { BucketName = on.Name, VersioningConfig = new S3BucketVersioningConfig { Status = VersionStatus.Enabled } });
        var first = await on.Storage.PutObjectAsync(new PutObjectRequest { BucketName = on.Name, Key = "a", ContentBody = "one" });
        var second = await on.Storage.PutObjectAsync(new PutObjectRequest { BucketName = on.Name, Key = "a", ContentBody = "two" });
        var versions = (await on.Storage.ListVersionsAsync(on.Name)).Versions;

        Assert.That(before, Is.Null.Or.EqualTo(VersionStatus.Off));
        Assert.That((await on.Storage.GetBucketVersioningAsync(on.Name)).VersioningConfig.Status, Is.EqualTo(VersionStatus.Enabled));
        Assert.That(versions.Select(v => (v.VersionId, v.IsLatest)), Is.EqualTo(new[] { (second.VersionId, (bool?)true), (first.VersionId, (bool?)false) }));
    }

    private static async Task PolicyAndTags(ContractClients on)
    {
        await Make(on);
        var policy = $$"""{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:DeleteBucket","Resource":"arn:aws:s3:::{{on.Name}}"}]}""";
        await on.Storage.PutBucketPolicyAsync(on.Name, policy);
        await on.Storage.PutBucketTaggingAsync(on.Name, [new Tag { Key = "owner", Value = "shop" }]);
        await on.Storage.PutObjectAsync(new PutObjectRequest { BucketName = on.Name, Key = "a", ContentBody = "one" });

        Assert.That((await on.Storage.GetBucketPolicyAsync(on.Name)).Policy, Is.EqualTo(policy));
        Assert.That((await on.Storage.GetBucketTaggingAsync(new GetBucketTaggingRequest { BucketName = on.Name })).TagSet.Select(t => (t.Key, t.Value)), Is.EqualTo(new[] { ("owner", "shop") }));
        Assert.That((await on.Storage.GetObjectTaggingAsync(new GetObjectTaggingRequest { BucketName = on.Name, Key = "a" })).Tagging ?? [], Is.Empty);
        await on.Storage.DeleteBucketPolicyAsync(on.Name);
        await on.Storage.DeleteBucketTaggingAsync(on.Name);
        // The client hands the refusal on as if it were a policy.
        Assert.That((await on.Storage.GetBucketPolicyAsync(on.Name)).Policy, Does.Contain("NoSuchBucketPolicy"));
        Assert.That(Assert.CatchAsync<AmazonS3Exception>(() => on.Storage.GetBucketTaggingAsync(new GetBucketTaggingRequest { BucketName = on.Name }))!.ErrorCode, Is.EqualTo("NoSuchTagSet"));
    }

    private static async Task Protection(ContractClients on)
    {
        await Make(on);
        await on.Storage.PutBucketEncryptionAsync(new PutBucketEncryptionRequest
        {
            BucketName = on.Name,
            ServerSideEncryptionConfiguration = new ServerSideEncryptionConfiguration
            {
                ServerSideEncryptionRules = [new ServerSideEncryptionRule { ServerSideEncryptionByDefault = new ServerSideEncryptionByDefault { ServerSideEncryptionAlgorithm = ServerSideEncryptionMethod.AES256 } }],
            },
        });
        await on.Storage.PutPublicAccessBlockAsync(new PutPublicAccessBlockRequest { BucketName = on.Name, PublicAccessBlockConfiguration = new PublicAccessBlockConfiguration { BlockPublicAcls = true, BlockPublicPolicy = true, IgnorePublicAcls = true, RestrictPublicBuckets = false } });
        await on.Storage.PutBucketOwnershipControlsAsync(new PutBucketOwnershipControlsRequest { BucketName = on.Name, OwnershipControls = new OwnershipControls { Rules = [new OwnershipControlsRule { ObjectOwnership = ObjectOwnership.BucketOwnerEnforced }] } });
        var encryption = (await on.Storage.GetBucketEncryptionAsync(new GetBucketEncryptionRequest { BucketName = on.Name })).ServerSideEncryptionConfiguration.ServerSideEncryptionRules.Single();
        var block = (await on.Storage.GetPublicAccessBlockAsync(new GetPublicAccessBlockRequest { BucketName = on.Name })).PublicAccessBlockConfiguration;
        var owner = (await on.Storage.GetBucketOwnershipControlsAsync(new GetBucketOwnershipControlsRequest { BucketName = on.Name })).OwnershipControls.Rules.Single();
        await on.Storage.DeleteBucketEncryptionAsync(new DeleteBucketEncryptionRequest { BucketName = on.Name });
        await on.Storage.DeletePublicAccessBlockAsync(new DeletePublicAccessBlockRequest { BucketName = on.Name });
        await on.Storage.DeleteBucketOwnershipControlsAsync(new DeleteBucketOwnershipControlsRequest { BucketName = on.Name });

        Assert.That(encryption.ServerSideEncryptionByDefault.ServerSideEncryptionAlgorithm, Is.EqualTo(ServerSideEncryptionMethod.AES256));
        Assert.That((block.BlockPublicAcls, block.RestrictPublicBuckets), Is.EqualTo(((bool?)true, (bool?)false)));
        Assert.That(owner.ObjectOwnership, Is.EqualTo(ObjectOwnership.BucketOwnerEnforced));
    }

    private static async Task Lifecycle(ContractClients on)
    {
        await Make(on);
        await on.Storage.PutLifecycleConfigurationAsync(on.Name, new LifecycleConfiguration
        {
            Rules = [new LifecycleRule { Id = "old", Status = LifecycleRuleStatus.Enabled, Filter = new LifecycleFilter { LifecycleFilterPredicate = new LifecyclePrefixPredicate { Prefix = "runs/" } }, Expiration = new LifecycleRuleExpiration { Days = 30 } }],
        });
        var rule = (await on.Storage.GetLifecycleConfigurationAsync(on.Name)).Configuration.Rules.Single();
        await on.Storage.DeleteLifecycleConfigurationAsync(on.Name);

        Assert.That((rule.Id, rule.Expiration.Days), Is.EqualTo(("old", (int?)30)));
    }

    private static Task<PutBucketResponse> Make(ContractClients on) => on.Storage.PutBucketAsync(new PutBucketRequest { BucketName = on.Name, BucketRegionName = Moto.Region });

    private static async Task Parts(ContractClients on)
    {
        await Make(on);
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
