using System.Text.Json;
using Amazon.CloudFormation;
using Amazon.CloudFormation.Model;
using Amazon.ECS;
using Amazon.ECS.Model;
using Amazon.Runtime;
using Amazon.SecretsManager;
using Amazon.SecretsManager.Model;
using Task = System.Threading.Tasks.Task;

namespace Pipeline.Tests.Aws;

public sealed class Wires
{
    private static readonly BasicAWSCredentials Key = new("test", "test");

    [Test]
    public async Task A_json_request_is_signed_for_its_service_and_region_and_leaves_out_what_is_null()
    {
        await using var endpoint = await CannedEndpoint.Start();
        using var ecs = new AmazonECSClient(Key, At(new AmazonECSConfig(), endpoint));

        await ecs.ListTasksAsync(new ListTasksRequest { Cluster = "c", DesiredStatus = DesiredStatus.STOPPED, MaxResults = 5 });

        var request = endpoint.Requests.Single();
        Assert.Multiple(() =>
        {
            Assert.That(request.Target, Is.EqualTo("AmazonEC2ContainerServiceV20141113.ListTasks"));
            Assert.That(request.Authorization, Does.StartWith("AWS4-HMAC-SHA256 ").And.Contain("/eu-central-1/ecs/aws4_request"));
            Assert.That(request.Body, Is.EqualTo("""{"cluster":"c","maxResults":5,"desiredStatus":"STOPPED"}"""));
        });
    }

    [Test]
    public async Task A_query_request_is_flat()
    {
        await using var endpoint = await CannedEndpoint.Start(new CannedEndpoint.Answer(200, "<R><CreateChangeSetResult><Id>i</Id></CreateChangeSetResult></R>"));
        using var formation = new AmazonCloudFormationClient(Key, At(new AmazonCloudFormationConfig(), endpoint));

        await formation.CreateChangeSetAsync(new CreateChangeSetRequest { StackName = "s", Parameters = [new Parameter { ParameterKey = "A", ParameterValue = "b c" }], IncludeNestedStacks = false });

        Assert.That(Uri.UnescapeDataString(endpoint.Requests.Single().Body).Split('&'), Is.SupersetOf(new[]
        {
            "Action=CreateChangeSet", "Version=2010-05-15", "StackName=s", "Parameters.member.1.ParameterKey=A", "Parameters.member.1.ParameterValue=b c", "IncludeNestedStacks=false",
        }));
    }

    [Test]
    public async Task A_call_that_must_happen_once_carries_a_token_that_its_repetition_has_too()
    {
        await using var endpoint = await CannedEndpoint.Start(new CannedEndpoint.Answer(500, """{"__type":"InternalServiceError"}"""), new CannedEndpoint.Answer(200, "{}"));
        using var secrets = new AmazonSecretsManagerClient(Key, At(new AmazonSecretsManagerConfig(), endpoint));

        await secrets.PutSecretValueAsync(new PutSecretValueRequest { SecretId = "s", SecretString = "v" });

        var tokens = endpoint.Requests.Select(r => JsonDocument.Parse(r.Body).RootElement.GetProperty("ClientRequestToken").GetString()).ToList();
        Assert.That(tokens, Has.Count.EqualTo(2));
        Assert.That(tokens[0], Is.Not.Empty.And.EqualTo(tokens[1]));
    }

    [TestCase("""{"__type":"ThrottlingException","message":"Rate exceeded"}""")]
    [TestCase("""{"__type":"com.amazonaws.ecs#ThrottlingException","message":"Rate exceeded"}""")]
    public async Task A_throttled_call_is_repeated(string body)
    {
        await using var endpoint = await CannedEndpoint.Start(new CannedEndpoint.Answer(400, body), new CannedEndpoint.Answer(200, """{"taskArns":[]}"""));
        using var ecs = new AmazonECSClient(Key, At(new AmazonECSConfig(), endpoint));

        var answer = await ecs.ListTasksAsync(new ListTasksRequest());

        Assert.That(endpoint.Requests, Has.Count.EqualTo(2));
        Assert.That(answer.TaskArns, Is.Empty);
    }

    [Test]
    public async Task A_refused_call_is_not_repeated()
    {
        await using var endpoint = await CannedEndpoint.Start(new CannedEndpoint.Answer(400, """{"__type":"ClusterNotFoundException","message":"Cluster not found."}"""));
        using var ecs = new AmazonECSClient(Key, At(new AmazonECSConfig(), endpoint));

        Assert.ThrowsAsync<ClusterNotFoundException>(() => ecs.ListTasksAsync(new ListTasksRequest()));
        Assert.That(endpoint.Requests, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task Members_that_the_model_does_not_know_are_passed_over()
    {
        await using var endpoint = await CannedEndpoint.Start(new CannedEndpoint.Answer(200, """{"services":[{"serviceName":"api","moonPhase":{"full":true},"createdAt":1700000000.25,"launchType":"MOON"}]}"""));
        using var ecs = new AmazonECSClient(Key, At(new AmazonECSConfig(), endpoint));

        var service = (await ecs.DescribeServicesAsync(new DescribeServicesRequest())).Services.Single();

        Assert.Multiple(() =>
        {
            Assert.That(service.ServiceName, Is.EqualTo("api"));
            Assert.That(service.CreatedAt, Is.EqualTo(DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_250).UtcDateTime));
            Assert.That(service.LaunchType.Value, Is.EqualTo("MOON"));
            Assert.That(service.Deployments, Is.Null);
        });
    }

    [Test]
    public async Task A_cancelled_call_ends_while_the_endpoint_is_silent()
    {
        await using var endpoint = await CannedEndpoint.Start(new CannedEndpoint.Answer(0, ""));
        using var ecs = new AmazonECSClient(Key, At(new AmazonECSConfig(), endpoint));
        using var cancel = new CancellationTokenSource();

        var call = ecs.ListTasksAsync(new ListTasksRequest(), cancel.Token);
        await endpoint.FirstRequest.Task;
        await cancel.CancelAsync();

        Assert.CatchAsync<OperationCanceledException>(() => call.WaitAsync(TimeSpan.FromSeconds(30)));
    }

    private static TConfig At<TConfig>(TConfig config, CannedEndpoint endpoint)
        where TConfig : ClientConfig
    {
        config.ServiceURL = endpoint.Url;
        config.AuthenticationRegion = "eu-central-1";
        return config;
    }
}
