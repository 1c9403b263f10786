using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Pipeline.LocalCloud;
using Pipeline.Tests.Contracts;

namespace Pipeline.Tests.LocalCloud;

/// <summary>A bucket's policy is asked at every request, whoever makes it.</summary>
public sealed class BucketPolicyTests
{
    private const string Bucket = "guarded";
    private CloudServer _cloud = null!;
    private AmazonS3Client _developer = null!;
    private AmazonS3Client _ann = null!;
    private AmazonS3Client _session = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        _cloud = await CheckedCloud.Start();
        var clients = new FrontClients(_cloud);
        var key = _cloud.Cloud.Identities.GetOrAdd("ann").Keys[0];
        var session = _cloud.Cloud.Identities.Assume("arn:aws:iam::123456789012:role/team/worker", "me", TimeSpan.FromHours(1));
        (_developer, _ann, _session) = (clients.S3(), clients.S3(new BasicAWSCredentials(key.Id, key.Secret)), clients.S3(new SessionAWSCredentials(session.AccessKeyId, session.SecretAccessKey, session.SessionToken)));
        await _developer.PutBucketAsync(Bucket);
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        _developer.Dispose();
        _ann.Dispose();
        _session.Dispose();
        await _cloud.DisposeAsync();
    }

    [TearDown]
    public async Task Clear()
    {
        await _developer.DeleteBucketPolicyAsync(Bucket);
        await _developer.DeleteObjectAsync(Bucket, "a/x");
    }

    [TestCase("\"*\"", true, true, true)]
    [TestCase("""{"AWS":"*"}""", true, true, true)]
    [TestCase("""{"AWS":"123456789012"}""", true, true, true)]
    [TestCase("""{"AWS":"arn:aws:iam::123456789012:root"}""", true, true, true)]
    [TestCase("""{"AWS":"arn:aws:iam::123456789012:user/ann"}""", false, true, false)]
    [TestCase("""{"AWS":["arn:aws:iam::123456789012:user/ann","arn:aws:iam::123456789012:user/developer"]}""", true, true, false)]
    [TestCase("""{"AWS":"arn:aws:iam::123456789012:role/team/worker"}""", false, false, true)]
    [TestCase("""{"AWS":"arn:aws:sts::123456789012:assumed-role/worker/me"}""", false, false, true)]
    [TestCase("""{"Service":"logging.s3.amazonaws.com"}""", false, false, false)]
    public async Task A_denial_is_about_whom_it_names(string principal, bool developer, bool ann, bool session)
    {
        await Set($$"""{"Effect":"Deny","Principal":{{principal}},"Action":"s3:PutObject","Resource":"arn:aws:s3:::guarded/*"}""");

        Assert.That((await IsDenied(_developer), await IsDenied(_ann), await IsDenied(_session)), Is.EqualTo((developer, ann, session)));
    }

    [TestCase("\"StringEquals\":{\"aws:userid\":\"AIDA*\"}", false)]
    [TestCase("\"StringLike\":{\"aws:userid\":\"AIDA*\"}", true)]
    [TestCase("\"StringEquals\":{\"aws:username\":\"ann\"}", true)]
    [TestCase("\"Bool\":{\"aws:SecureTransport\":\"false\"}", false, Description = "what never leaves the machine counts as secure")]
    [TestCase("\"Null\":{\"s3:if-none-match\":\"true\"}", true)]
    [TestCase("\"ArnLike\":{\"aws:PrincipalArn\":\"arn:aws:iam::*:user/*\"}", true)]
    public async Task Its_conditions_are_asked(string condition, bool denied)
    {
        await Set($$"""{"Effect":"Deny","Principal":"*","Action":"s3:PutObject","Resource":"arn:aws:s3:::guarded/*","Condition":{ {{condition}} } }""");

        Assert.That(await IsDenied(_ann), Is.EqualTo(denied));
    }

    [Test]
    public async Task Reads_and_lists_are_asked_too()
    {
        await _developer.PutObjectAsync(new PutObjectRequest { BucketName = Bucket, Key = "a/x", ContentBody = "x" });
        await Set("""{"Effect":"Deny","Principal":"*","Action":["s3:GetObject","s3:ListBucket"],"Resource":["arn:aws:s3:::guarded","arn:aws:s3:::guarded/a/*"]}""");

        Assert.That(async () => await _developer.GetObjectAsync(Bucket, "a/x"), Denied);
        Assert.That(async () => await _developer.ListObjectsV2Async(new ListObjectsV2Request { BucketName = Bucket }), Denied);
        Assert.That(async () => await _ann.CopyObjectAsync(new CopyObjectRequest { SourceBucket = Bucket, SourceKey = "a/x", DestinationBucket = Bucket, DestinationKey = "b/x" }), Denied);
    }

    [TestCase("""{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::other/*"}""", "Policy has invalid resource")]
    [TestCase("""{"Effect":"Deny","Action":"s3:*","Resource":"arn:aws:s3:::guarded/*"}""", "Missing required field Principal")]
    [TestCase("""{"Effect":"Deny","Principal":"*","Resource":"arn:aws:s3:::guarded/*"}""", "Missing required field Action")]
    [TestCase("""{"Effect":"Deny","Principal":"*","Action":"s3:*"}""", "Missing required field Resource")]
    [TestCase("""{"Effect":"No","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::guarded/*"}""", "Invalid effect")]
    public void A_policy_that_says_nothing_clear_is_refused(string statement, string why) =>
        Assert.That(() => Set(statement), Throws.InstanceOf<AmazonS3Exception>().With.Property("ErrorCode").EqualTo("MalformedPolicy").And.Message.Contains(why));

    private static NUnit.Framework.Constraints.IResolveConstraint Denied => Throws.InstanceOf<AmazonS3Exception>().With.Property("ErrorCode").EqualTo("AccessDenied");

    private async Task Set(string statement) => await _developer.PutBucketPolicyAsync(Bucket, $$"""{"Version":"2012-10-17","Statement":[{{statement}}]}""");

    private static async Task<bool> IsDenied(AmazonS3Client client)
    {
        try
        {
            await client.PutObjectAsync(new PutObjectRequest { BucketName = Bucket, Key = "a/x", ContentBody = "x" });
            return false;
        }
        catch (AmazonS3Exception e) when (e.ErrorCode == "AccessDenied")
        {
            return true;
        }
    }
}
