using System.Net;
using System.Text;
using Amazon.Runtime;
using Amazon.S3.Model;
using Amazon.SecurityToken.Model;
using Amazon.SimpleSystemsManagement.Model;
using NUnit.Framework.Constraints;
using Pipeline.LocalCloud;
using Pipeline.Tests.Contracts;

namespace Pipeline.Tests.LocalCloud;

public sealed class FrontSignatureTests
{
    private CloudServer _cloud = null!;
    private FrontClients _clients = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        _cloud = await CheckedCloud.Start();
        _clients = new FrontClients(_cloud);
    }

    [OneTimeTearDown]
    public async Task Stop() => await _cloud.DisposeAsync();

    [Test]
    public void A_wrong_secret_is_refused_in_each_wire()
    {
        var wrong = new BasicAWSCredentials("test", "wrong");
        using var s3 = _clients.S3(wrong);
        using var ssm = _clients.Ssm(wrong);
        using var sts = _clients.Sts(wrong);

        Assert.That(() => s3.ListBucketsAsync(), Refused("SignatureDoesNotMatch", HttpStatusCode.Forbidden));
        Assert.That(() => ssm.GetParameterAsync(new GetParameterRequest { Name = "x" }), Refused("InvalidSignatureException", HttpStatusCode.BadRequest));
        Assert.That(() => sts.GetCallerIdentityAsync(new GetCallerIdentityRequest()), Refused("SignatureDoesNotMatch", HttpStatusCode.Forbidden));
    }

    [Test]
    public void An_unknown_key_is_refused_in_each_wire()
    {
        var unknown = new BasicAWSCredentials("AKIANOBODY", "test");
        using var s3 = _clients.S3(unknown);
        using var ssm = _clients.Ssm(unknown);
        using var sts = _clients.Sts(unknown);

        Assert.That(() => s3.ListBucketsAsync(), Refused("InvalidAccessKeyId", HttpStatusCode.Forbidden));
        Assert.That(() => ssm.GetParameterAsync(new GetParameterRequest { Name = "x" }), Refused("UnrecognizedClientException", HttpStatusCode.BadRequest));
        Assert.That(() => sts.GetCallerIdentityAsync(new GetCallerIdentityRequest()), Refused("InvalidClientTokenId", HttpStatusCode.Forbidden));
    }

    [Test]
    public void A_body_changed_on_the_way_is_noticed()
    {
        using var ssm = _clients.Ssm(handler: new Tampering(request => request.Content = Copy(request.Content!, """{"Name":"other"}""")));

        Assert.That(() => ssm.GetParameterAsync(new GetParameterRequest { Name = "x" }), Refused("InvalidSignatureException", HttpStatusCode.BadRequest));
    }

    [Test]
    public void A_signed_body_cannot_be_pointed_at_another_operation()
    {
        using var ssm = _clients.Ssm(handler: new Tampering(request =>
        {
            request.Headers.Remove("X-Amz-Target");
            request.Headers.Add("X-Amz-Target", "AmazonSSM.DeleteParameter");
        }));

        Assert.That(() => ssm.GetParameterAsync(new GetParameterRequest { Name = "x" }), Refused("InvalidSignatureException", HttpStatusCode.BadRequest));
    }

    [Test]
    public async Task An_objects_bytes_changed_on_the_way_are_not_kept()
    {
        using var honest = _clients.S3();
        await honest.PutBucketAsync("tampered");
        using var s3 = _clients.S3(handler: new Tampering(request =>
        {
            if (request.Method == HttpMethod.Put)
            {
                var body = request.Content!.ReadAsStringAsync().GetAwaiter().GetResult();
                request.Content = Copy(request.Content, body.Replace("pay dora", "pay mall", StringComparison.Ordinal));
            }
        }));

        Assert.That(() => s3.PutObjectAsync(new PutObjectRequest { BucketName = "tampered", Key = "order", ContentBody = "pay dora" }), Refused("SignatureDoesNotMatch", HttpStatusCode.Forbidden));
        Assert.That(() => honest.GetObjectAsync("tampered", "order"), Refused("NoSuchKey", HttpStatusCode.NotFound));
    }

    [Test]
    public void A_header_added_on_the_way_is_noticed()
    {
        using var s3 = _clients.S3(handler: new Tampering(request => request.Headers.Add("x-amz-copy-source", "/ledger/secret")));

        Assert.That(() => s3.ListBucketsAsync(), Refused("SignatureDoesNotMatch", HttpStatusCode.Forbidden));
    }

    [Test]
    public async Task A_signature_of_another_time_is_refused()
    {
        await using var later = await CloudServer.Start(new CloudOptions(0, null), new Shifted(TimeSpan.FromMinutes(16)), CancellationToken.None);
        await using var earlier = await CloudServer.Start(new CloudOptions(0, null), new Shifted(TimeSpan.FromMinutes(-16)), CancellationToken.None);
        using var late = new FrontClients(later).S3();
        using var early = new FrontClients(earlier).Sts();

        Assert.That(() => late.ListBucketsAsync(), Refused("RequestTimeTooSkewed", HttpStatusCode.Forbidden));
        Assert.That(() => early.GetCallerIdentityAsync(new GetCallerIdentityRequest()), Refused("SignatureDoesNotMatch", HttpStatusCode.Forbidden));
    }

    [Test]
    public async Task An_assumed_role_can_call()
    {
        using var sts = _clients.Sts();
        var role = await sts.AssumeRoleAsync(new AssumeRoleRequest { RoleArn = "arn:aws:iam::123456789012:role/deploy", RoleSessionName = "release" });
        using var assumed = _clients.Sts(role.Credentials);
        using var s3 = _clients.S3(role.Credentials);

        var who = await assumed.GetCallerIdentityAsync(new GetCallerIdentityRequest());

        Assert.That(who.Arn, Is.EqualTo("arn:aws:sts::123456789012:assumed-role/deploy/release"));
        Assert.That(await s3.ListBucketsAsync(), Is.Not.Null);
        Assert.That(() => sts.AssumeRoleAsync(new AssumeRoleRequest { RoleArn = "arn:aws:iam::999999999999:role/deploy", RoleSessionName = "release" }), Refused("AccessDenied", HttpStatusCode.Forbidden));
    }

    [Test]
    public async Task A_tasks_credentials_can_call()
    {
        var issued = _cloud.Cloud.Identities.IssueForTask("arn:aws:iam::123456789012:role/api", "7f3a");
        using var sts = _clients.Sts(new SessionAWSCredentials(issued.AccessKeyId, issued.SecretAccessKey, issued.SessionToken));

        Assert.That((await sts.GetCallerIdentityAsync(new GetCallerIdentityRequest())).Arn, Is.EqualTo("arn:aws:sts::123456789012:assumed-role/api/7f3a"));
    }

    [Test]
    public async Task A_presigned_url_opens_its_object_only()
    {
        using var s3 = _clients.S3();
        await s3.PutBucketAsync("presigned");
        await s3.PutObjectAsync(new PutObjectRequest { BucketName = "presigned", Key = "a b", ContentBody = "x" });
        using var http = new HttpClient();
        var url = await s3.GetPreSignedURLAsync(new GetPreSignedUrlRequest { BucketName = "presigned", Key = "a b", Expires = DateTime.UtcNow.AddMinutes(5), Protocol = Amazon.S3.Protocol.HTTP });

        Assert.That(await http.GetStringAsync(new Uri(url)), Is.EqualTo("x"));
        using var other = await http.GetAsync(new Uri(url.Replace("a%20b", "c", StringComparison.Ordinal)));
        Assert.That(other.StatusCode, Is.EqualTo(HttpStatusCode.Forbidden));
    }

    private static ByteArrayContent Copy(HttpContent original, string body)
    {
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        foreach (var (name, values) in original.Headers.Where(h => h.Key != "Content-Length"))
        {
            content.Headers.TryAddWithoutValidation(name, values);
        }

        return content;
    }

    private static EqualConstraint<HttpStatusCode> Refused(string code, HttpStatusCode status) =>
        Throws.InstanceOf<AmazonServiceException>().With.Property("ErrorCode").EqualTo(code).And.Property("StatusCode").EqualTo(status);

    private sealed class Shifted(TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + by;
    }
}
