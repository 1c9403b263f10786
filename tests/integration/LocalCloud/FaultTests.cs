using System.Net;
using System.Text.Json.Nodes;
using Amazon.CloudFormation;
using Amazon.CloudFormation.Model;
using Amazon.ECS;
using Amazon.ECS.Model;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.SimpleSystemsManagement;
using Amazon.SimpleSystemsManagement.Model;
using Pipeline.LocalCloud;
using Pipeline.LocalCloud.Protocols;
using Pipeline.Tests.Contracts;
using Pipeline.Tests.LocalCloud.CloudFormation;
using Fault = Pipeline.LocalCloud.Protocols.Fault;
using Task = System.Threading.Tasks.Task;

namespace Pipeline.Tests.LocalCloud;

/// <summary>What is asked to go wrong does, seen by clients that are not ours to change.</summary>
public sealed class FaultTests
{
    private const string Parameter = """{"Parameters":{"Text":{"Type":"String"}},"Resources":{"P":{"Type":"AWS::SSM::Parameter","Properties":{"Name":"/fault","Type":"String","Value":{"Ref":"Text"}}}}}""";
    private static readonly BasicAWSCredentials Developer = new("test", "test");
    private CloudServer _cloud = null!;
    private HttpClient _http = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        _cloud = await CheckedCloud.Start();
        _http = new HttpClient { BaseAddress = new Uri(_cloud.Endpoint) };
    }

    [TearDown]
    public void Clear() => _cloud.Cloud.Faults.Clear();

    [OneTimeTearDown]
    public async Task Stop()
    {
        _http.Dispose();
        await _cloud.DisposeAsync();
    }

    [Test]
    public async Task The_third_call_is_throttled_and_no_other()
    {
        using var formation = Formation();
        await Set("""{"service":"cloudformation","operation":"DescribeStacks","call":3,"times":1,"fault":"throttle"}""");

        await formation.DescribeStacksAsync(new DescribeStacksRequest());
        await formation.DescribeStacksAsync(new DescribeStacksRequest());
        var error = Assert.ThrowsAsync<AmazonCloudFormationException>(() => formation.DescribeStacksAsync(new DescribeStacksRequest()))!;
        await formation.DescribeStacksAsync(new DescribeStacksRequest());

        Assert.That((error.ErrorCode, error.Message), Is.EqualTo(("Throttling", "Rate exceeded")));
        Assert.That(await Hits(), Is.EqualTo(new[] { 1 }));
    }

    [Test]
    public async Task A_throttled_client_tries_again()
    {
        using var formation = Formation(retries: 2);
        _cloud.Cloud.Faults.Add(new Fault("cloudformation", "DescribeStacks", FaultKind.Throttle));

        await formation.DescribeStacksAsync(new DescribeStacksRequest());

        Assert.That(await Hits(), Is.EqualTo(new[] { 1 }));
    }

    [Test]
    public void Each_wire_has_its_own_throttling()
    {
        foreach (var (service, operation) in new[] { ("ssm", "GetParameter"), ("s3", "ListBuckets") })
        {
            _cloud.Cloud.Faults.Add(new Fault(service, operation, FaultKind.Throttle));
        }

        using var ssm = new FrontClients(_cloud).Ssm();
        using var s3 = new FrontClients(_cloud).S3();

        Assert.That(Assert.CatchAsync<AmazonSimpleSystemsManagementException>(() => ssm.GetParameterAsync(new GetParameterRequest { Name = "/x" }))!.ErrorCode, Is.EqualTo("ThrottlingException"));
        Assert.That(Assert.ThrowsAsync<AmazonS3Exception>(() => s3.ListBucketsAsync())!.ErrorCode, Is.EqualTo("SlowDown"));
    }

    [Test]
    public async Task An_execution_whose_answer_is_lost_goes_on()
    {
        using var formation = Formation();
        await Make(formation, "lost", "one");
        var set = await ChangeSet(formation, "lost", "two");
        await formation.DescribeStacksAsync(new DescribeStacksRequest());
        await Set("""{"service":"cloudformation","operation":"ExecuteChangeSet","fault":"lose"}""");

        Assert.CatchAsync(() => formation.ExecuteChangeSetAsync(new ExecuteChangeSetRequest { ChangeSetName = set }));

        await Poll.Until(async () => await Status(formation, "lost") == StackStatus.UPDATE_COMPLETE, "the stack updates all the same");
        Assert.That(_cloud.Cloud.Parameters.Store.Resolve("/fault"), Is.EqualTo("two"));
        Assert.That(await Hits(), Is.EqualTo(new[] { 1 }), "the call came once, no client repeated it unasked");
    }

    [Test]
    public async Task An_object_whose_answer_is_lost_is_there()
    {
        using var s3 = new FrontClients(_cloud).S3();
        await s3.PutBucketAsync("lost");
        // A whole row of them: the client's transport sends again by itself when a connection that it kept is cut.
        _cloud.Cloud.Faults.Add(new Fault("s3", "PutObject", FaultKind.Lose) { Times = 20 });

        Assert.CatchAsync(() => s3.PutObjectAsync(new Amazon.S3.Model.PutObjectRequest { BucketName = "lost", Key = "a", ContentBody = "kept" }));

        using var read = await s3.GetObjectAsync("lost", "a");
        Assert.That(await new StreamReader(read.ResponseStream).ReadToEndAsync(), Is.EqualTo("kept"));
    }

    [Test]
    public async Task A_refused_registration_registers_nothing()
    {
        using var ecs = new AmazonECSClient(Developer, new AmazonECSConfig { ServiceURL = _cloud.Endpoint, AuthenticationRegion = "eu-central-1", MaxErrorRetry = 0 });
        await Set("""{"service":"ecs","operation":"RegisterTaskDefinition","fault":"refuse","code":"ClientException","message":"Too many concurrent attempts.","status":400}""");

        var error = Assert.ThrowsAsync<ClientException>(() => ecs.RegisterTaskDefinitionAsync(new RegisterTaskDefinitionRequest { Family = "refused", ContainerDefinitions = [new ContainerDefinition { Name = "a", Image = "b" }] }))!;

        Assert.That(error.Message, Does.Contain("Too many concurrent attempts."));
        Assert.That((await ecs.ListTaskDefinitionsAsync(new ListTaskDefinitionsRequest { FamilyPrefix = "refused" })).TaskDefinitionArns, Is.Empty);
    }

    [Test]
    public async Task A_call_that_hangs_changes_nothing_and_ends_with_its_client()
    {
        using var ssm = new FrontClients(_cloud).Ssm();
        using var patience = new CancellationTokenSource();
        _cloud.Cloud.Faults.Add(new Fault("ssm", "PutParameter", FaultKind.Hang));

        var put = ssm.PutParameterAsync(new PutParameterRequest { Name = "/hung", Value = "1", Type = ParameterType.String }, patience.Token);
        await Poll.Until(async () => (await Hits()).Single() == 1, "the call has come");
        Assert.That(put.IsCompleted, Is.False);
        await patience.CancelAsync();

        Assert.CatchAsync<OperationCanceledException>(() => put);
        Assert.ThrowsAsync<ParameterNotFoundException>(() => ssm.GetParameterAsync(new GetParameterRequest { Name = "/hung" }));
    }

    [Test]
    public async Task A_step_of_a_stack_is_refused()
    {
        using var formation = Formation();
        await Set("""{"service":"AWS::SSM::Parameter","operation":"Create","fault":"refuse","code":"AccessDenied","message":"Not today."}""");
        var set = await ChangeSet(formation, "refused", "one", ChangeSetType.CREATE);

        await formation.ExecuteChangeSetAsync(new ExecuteChangeSetRequest { ChangeSetName = set });

        await Poll.Until(async () => await Status(formation, "refused") == StackStatus.ROLLBACK_COMPLETE, "the stack rolls back");
        var events = (await formation.DescribeStackEventsAsync(new DescribeStackEventsRequest { StackName = "refused" })).StackEvents;
        Assert.That(events.Select(e => e.ResourceStatusReason), Does.Contain("Resource handler returned message: \"Not today.\" (HandlerErrorCode: AccessDenied)"));
    }

    [Test]
    public async Task The_command_line_client_gets_over_what_passes_and_tells_what_stays()
    {
        var aws = new AwsCli(_cloud);
        _cloud.Cloud.Faults.Add(new Fault("ecs", "ListClusters", FaultKind.Throttle));
        _cloud.Cloud.Faults.Add(new Fault("sts", "GetCallerIdentity", FaultKind.Lose));
        _cloud.Cloud.Faults.Add(new Fault("rds", Fault.Any, FaultKind.Refuse) { Refusal = new AwsException("ExpiredToken", "The security token included in the request is expired", 403) });

        await aws.Ok("ecs", "list-clusters");
        await aws.Ok("sts", "get-caller-identity");
        var refused = await aws.Run("rds", "describe-db-instances");

        Assert.That(refused.ExitCode, Is.Not.Zero);
        Assert.That(refused.Error, Does.Contain("(ExpiredToken)").And.Contain("The security token included in the request is expired"));
        Assert.That(await Hits(), Is.EqualTo(new[] { 1, 1, 1 }));
    }

    [Test]
    public async Task Only_the_developer_sets_and_removes_them()
    {
        var ann = _cloud.Cloud.Identities.GetOrAdd("ann").Keys[0];
        const string Throttled = """{"service":"ecs","operation":"ListClusters","fault":"throttle"}""";

        Assert.That((await Send(HttpMethod.Post, Throttled, ann.Id, ann.Secret)).Status, Is.EqualTo(HttpStatusCode.Forbidden));
        await Set(Throttled);
        Assert.That((await Send(HttpMethod.Delete, "", ann.Id, ann.Secret)).Status, Is.EqualTo(HttpStatusCode.Forbidden));
        Assert.That(await Hits(), Has.Length.EqualTo(1));
        Assert.That((await Send(HttpMethod.Delete, "")).Status, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(await Hits(), Is.Empty);
    }

    [TestCase("""{"operation":"ListClusters","fault":"throttle"}""", "service is missing.")]
    [TestCase("""{"service":"elb","operation":"ListClusters","fault":"throttle"}""", "service must be one of acm, ")]
    [TestCase("""{"service":"ecs","operation":"ListNothing","fault":"throttle"}""", "operation 'ListNothing' is not one that the embedded cloud has for ecs.")]
    [TestCase("""{"service":"s3","operation":"PutBucketLogging","fault":"throttle"}""", "operation 'PutBucketLogging' is not one")]
    [TestCase("""{"service":"AWS::SSM::Parameter","operation":"Make","fault":"throttle"}""", "operation 'Make' is not one")]
    [TestCase("""{"service":"ecs","operation":"ListClusters"}""", "fault is missing.")]
    [TestCase("""{"service":"ecs","operation":"ListClusters","fault":"slow"}""", "fault must be one of throttle, lose, refuse, hang, not 'slow'.")]
    [TestCase("""{"service":"ecs","operation":"ListClusters","fault":"throttle","call":0}""", "call must be 1 or more, not 0.")]
    [TestCase("""{"service":"ecs","operation":"ListClusters","fault":"throttle","times":"many"}""", "times must be a whole number, not 'many'")]
    [TestCase("""{"service":"ecs","operation":"ListClusters","fault":"refuse"}""", "code is missing.")]
    [TestCase("""{"service":"ecs","operation":"ListClusters","fault":"refuse","code":"X","status":200}""", "status must be from 400 to 599, not 200.")]
    [TestCase("""{"service":"ecs","operation":"ListClusters","fault":"lose","message":"x"}""", "message belongs to \"fault\":\"refuse\" only.")]
    [TestCase("""{"service":"ecs","operation":"ListClusters","fault":"lose","after":1}""", "after is not known; a fault has service, operation, call, times, fault, code, message, status.")]
    [TestCase("[]", "The body must be JSON such as {\"service\":")]
    public async Task A_fault_that_cannot_be_is_refused_by_its_member(string body, string message)
    {
        var (status, answer) = await Send(HttpMethod.Post, body);

        Assert.That(status, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That((string?)answer["message"], Does.StartWith(message));
        Assert.That(await Hits(), Is.Empty);
    }

    private AmazonCloudFormationClient Formation(int retries = 0) =>
        new(Developer, new AmazonCloudFormationConfig { ServiceURL = _cloud.Endpoint, AuthenticationRegion = "eu-central-1", MaxErrorRetry = retries });

    private static async Task Make(AmazonCloudFormationClient formation, string stack, string text)
    {
        await formation.ExecuteChangeSetAsync(new ExecuteChangeSetRequest { ChangeSetName = await ChangeSet(formation, stack, text, ChangeSetType.CREATE) });
        await Poll.Until(async () => await Status(formation, stack) == StackStatus.CREATE_COMPLETE, "the stack is made");
    }

    private static async Task<string> ChangeSet(AmazonCloudFormationClient formation, string stack, string text, ChangeSetType? type = null)
    {
        var made = await formation.CreateChangeSetAsync(new CreateChangeSetRequest
        {
            StackName = stack,
            ChangeSetName = text,
            ChangeSetType = type ?? ChangeSetType.UPDATE,
            TemplateBody = Parameter,
            Parameters = [new Amazon.CloudFormation.Model.Parameter { ParameterKey = "Text", ParameterValue = text }],
        });
        await Poll.Until(async () => (await formation.DescribeChangeSetAsync(new DescribeChangeSetRequest { ChangeSetName = made.Id })).Status == ChangeSetStatus.CREATE_COMPLETE, "the change set is made");
        return made.Id;
    }

    private static async Task<StackStatus> Status(AmazonCloudFormationClient formation, string stack) =>
        (await formation.DescribeStacksAsync(new DescribeStacksRequest { StackName = stack })).Stacks.Single().StackStatus;

    private async Task Set(string fault) => Assert.That((await Send(HttpMethod.Post, fault)).Status, Is.EqualTo(HttpStatusCode.OK));

    private async Task<int[]> Hits() => [.. (await Send(HttpMethod.Get, "")).Answer["faults"]!.AsArray().Select(fault => (int)fault!["hits"]!)];

    private async Task<(HttpStatusCode Status, JsonNode Answer)> Send(HttpMethod method, string body, string key = "test", string secret = "test")
    {
        using var request = FrontSigner.Sign(new HttpRequestMessage(method, new Uri(new Uri(_cloud.Endpoint), "/_cloud/faults")), body, key, secret);
        using var answer = await _http.SendAsync(request);
        return (answer.StatusCode, JsonNode.Parse(await answer.Content.ReadAsStringAsync())!);
    }
}
