using Amazon.S3;
using Amazon.S3.Model;
using Pipeline.Approvals;
using Pipeline.Aws;

namespace Pipeline.Tests.Approvals;

/// <summary>S3 itself keeps people from writing, changing or deleting what is not theirs; what gets there all the same does not count.</summary>
public sealed class ForgeryTests
{
    private ApprovalGround _ground = null!;
    private DeploymentRequest _request = null!;

    private Vote Yes => new(_request.Id, _request.Environment, _request.Plan, true, null, _ground.Time.GetUtcNow());

    [SetUp]
    public async Task Start()
    {
        _ground = await ApprovalGround.Start();
        _request = await _ground.Ask();
    }

    [TearDown]
    public async Task Stop() => await _ground.DisposeAsync();

    [TestCase("dora")]
    [TestCase("bob")]
    [TestCase("developer", Description = "not even who may do everything else")]
    public async Task Nobody_writes_another_s_vote(string who)
    {
        var alice = (await _ground.PrincipalOf("alice")).Key(_request.Id);

        var refusal = Assert.ThrowsAsync<AwsRefusedException>(() => _ground.LedgerOf(who).PutIfAbsent(alice, Yes, CancellationToken.None))!;

        Assert.That(refusal.Code, Is.EqualTo("AccessDenied"));
        Assert.That(refusal.Message, Does.Contain($"user/{who} is not authorized to perform: s3:PutObject").And.Contain("explicit deny in a resource-based policy"));
        Assert.That((await _ground.Count(_request)).Verdict, Is.EqualTo(ApprovalVerdict.Waiting));
    }

    [Test]
    public async Task Nor_copies_one_there_nor_brings_it_in_parts()
    {
        var alice = (await _ground.PrincipalOf("alice")).Key(_request.Id);
        await _ground.Ledger.Put("environments/prod/mine.json", Yes, CancellationToken.None);
        var s3 = _ground.Connection.S3;

        Assert.That(async () => await s3.CopyObjectAsync(new CopyObjectRequest { SourceBucket = ApprovalGround.Bucket, SourceKey = "environments/prod/mine.json", DestinationBucket = ApprovalGround.Bucket, DestinationKey = alice }), Denied);
        Assert.That(async () => await s3.InitiateMultipartUploadAsync(new InitiateMultipartUploadRequest { BucketName = ApprovalGround.Bucket, Key = alice }), Denied);
    }

    [Test]
    public async Task Nobody_changes_or_deletes_a_vote_not_even_his_own()
    {
        await _ground.BallotOf("alice").Vote(_request, approve: false, null, CancellationToken.None);
        var key = (await _ground.PrincipalOf("alice")).Key(_request.Id);

        foreach (var s3 in new[] { _ground.ConnectionOf("alice").S3, _ground.Connection.S3 })
        {
            Assert.That(async () => await s3.PutObjectAsync(new PutObjectRequest { BucketName = ApprovalGround.Bucket, Key = key, ContentBody = "{}" }), Denied);
            Assert.That(async () => await s3.DeleteObjectAsync(ApprovalGround.Bucket, key), Denied);
            Assert.That(async () => await s3.DeleteObjectAsync(ApprovalGround.Bucket, key, "null"), Denied);
            var many = Assert.ThrowsAsync<DeleteObjectsException>(() => s3.DeleteObjectsAsync(new DeleteObjectsRequest { BucketName = ApprovalGround.Bucket, Objects = [new KeyVersion { Key = key }] }))!;
            Assert.That(many.Response.DeleteErrors.Single().Code, Is.EqualTo("AccessDenied"));
        }

        Assert.That(await _ground.LedgerOf("alice").PutIfAbsent(key, Yes, CancellationToken.None), Is.Null, "there is one already");
        Assert.That((await _ground.Count(_request)).Verdict, Is.EqualTo(ApprovalVerdict.Rejected));
    }

    [Test]
    public void Only_the_developer_changes_the_policy()
    {
        var s3 = _ground.ConnectionOf("bob").S3;

        Assert.That(async () => await s3.DeleteBucketPolicyAsync(ApprovalGround.Bucket), Denied);
        Assert.That(async () => await s3.PutBucketPolicyAsync(ApprovalGround.Bucket, """{"Statement":[]}"""), Denied);
        Assert.That(async () => await _ground.Connection.S3.PutBucketPolicyAsync(ApprovalGround.Bucket, VotePolicy.OfEmbeddedCloud(ApprovalGround.Bucket, "123456789012")), Throws.Nothing);
    }

    [Test]
    public void Nobody_but_the_developer_gets_another_s_key()
    {
        var iam = _ground.ConnectionOf("bob").Iam;

        Assert.That(async () => await iam.CreateAccessKeyAsync(new Amazon.IdentityManagement.Model.CreateAccessKeyRequest { UserName = "alice" }), Throws.InstanceOf<Amazon.Runtime.AmazonServiceException>().With.Property("ErrorCode").EqualTo("AccessDenied"));
    }

    [Test]
    public async Task A_vote_below_one_s_own_prefix_that_looks_like_another_s_is_nobody_s()
    {
        var (bob, alice) = (await _ground.PrincipalOf("bob"), await _ground.PrincipalOf("alice"));
        var key = $"approvals/{bob.Arn}/{bob.UserId}/alice/{alice.UserId}/{_request.Id}.json";
        await _ground.LedgerOf("bob").PutIfAbsent(key, Yes, CancellationToken.None);

        var tally = await _ground.Count(_request);

        Assert.That(tally.Verdict, Is.EqualTo(ApprovalVerdict.Waiting));
        Assert.That(tally.Ignored.Single(), Is.EqualTo(new IgnoredVote(key, "forged: nobody's votes lie there")));
    }

    [Test]
    public async Task A_vote_of_another_deployment_that_was_copied_does_not_count()
    {
        var alice = await _ground.PrincipalOf("alice");
        await _ground.LedgerOf("alice").PutIfAbsent(alice.Key(_request.Id), Yes with { Deployment = "prod-20261122-090000-1111111" }, CancellationToken.None);

        Assert.That((await _ground.Count(_request)).Ignored.Single().Why, Does.Contain("another deployment"));
    }

    [Test]
    public async Task A_self_made_vote_of_the_requester_does_not_count()
    {
        await _ground.LedgerOf("dora").PutIfAbsent((await _ground.PrincipalOf("dora")).Key(_request.Id), Yes, CancellationToken.None);

        Assert.That((await _ground.Count(_request, 1, null, "dora", "alice")).Ignored.Single().Why, Is.EqualTo("the requester does not decide"));
    }

    [Test]
    public async Task What_can_not_be_read_does_not_count()
    {
        var alice = await _ground.PrincipalOf("alice");
        await _ground.ConnectionOf("alice").S3.PutObjectAsync(new PutObjectRequest { BucketName = ApprovalGround.Bucket, Key = alice.Key(_request.Id), IfNoneMatch = "*", ContentBody = "{\"approve\":tr" });

        Assert.That((await _ground.Count(_request)).Ignored.Single().Why, Does.Contain("can not be read"));
    }

    [Test]
    public async Task A_vote_is_not_older_than_its_object()
    {
        await _ground.LedgerOf("alice").PutIfAbsent((await _ground.PrincipalOf("alice")).Key(_request.Id), Yes with { At = _request.RequestedAt.AddDays(-1) }, CancellationToken.None);

        Assert.That((await _ground.Count(_request)).ApprovedAt, Is.GreaterThan(_request.RequestedAt.AddMinutes(-1)));
    }

    private static NUnit.Framework.Constraints.IResolveConstraint Denied => Throws.InstanceOf<AmazonS3Exception>().With.Property("ErrorCode").EqualTo("AccessDenied");
}
