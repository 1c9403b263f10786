using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Pipeline.LocalCloud.CloudFormation;
using Pipeline.LocalCloud.CloudFormation.Templates;
using Pipeline.LocalCloud.Protocols;
using Pipeline.LocalCloud.State;

namespace Pipeline.Tests.LocalCloud.CloudFormation;

/// <summary>CloudFormation over a <see cref="FakeRoom"/>, called as the front calls it.</summary>
internal sealed class TestCloud : IAsyncDisposable
{
    private readonly Database _database;
    private readonly CloudFormationService _service;

    public TestCloud(string? folder = null, FakeRoom? room = null)
    {
        Room = room ?? new FakeRoom();
        _database = new Database(folder);
        _service = new CloudFormationService(_database, TimeProvider.System, Room.Types, new OutsideValues
        {
            Secret = (_, stage, version) => Task.FromResult($$"""{"password":"s3cret{{stage}}{{version}}"}"""),
            Parameter = name => Stored.TryGetValue(name, out var value) ? Task.FromResult(value) : Task.FromResult($"stored {name}"),
            AlarmState = arn => Alarms.GetValueOrDefault(arn),
            Template = url => Task.FromResult(Objects.GetValueOrDefault(url.ToString())),
        }, timeScale: 600);
    }

    public FakeRoom Room { get; }

    /// <summary>Values of stored parameters, where they matter.</summary>
    public ConcurrentDictionary<string, string> Stored { get; } = new();

    /// <summary>States of alarms by ARN.</summary>
    public ConcurrentDictionary<string, string> Alarms { get; } = new();

    /// <summary>Texts of objects in S3 by URL.</summary>
    public ConcurrentDictionary<string, string> Objects { get; } = new();

    public void Resume() => _service.Resume();

    public Task<JsonObject> Call(string operation, string body) => _service.Service.Operations[operation](
        new AwsRequest(operation, (JsonObject)JsonNode.Parse(body)!, new Caller("123456789012", "arn:aws:iam::123456789012:user/developer", "ID"), "us-east-1", CancellationToken.None));

    public Task<JsonObject> Call(string operation, JsonObject body) => Call(operation, body.ToJsonString());

    public Task<JsonObject> Create(string template, string name = "s", JsonObject? more = null) => Submit("CreateStack", template, name, more);

    public Task<JsonObject> Update(string template, string name = "s", JsonObject? more = null) => Submit("UpdateStack", template, name, more);

    public async Task Delete(string name = "s", JsonObject? more = null)
    {
        var id = (await Stack(name)).Text("StackId")!;
        await Call("DeleteStack", With(name, more));
        await Idle(id);
    }

    /// <summary>Waits for the stack's operation and tells its status.</summary>
    public async Task<string> Status(string name = "s")
    {
        await Idle((await Stack(name)).Text("StackId")!);
        return (await Stack(name)).Text("StackStatus")!;
    }

    public async Task Idle(string id) => await _service.Idle(id).WaitAsync(TimeSpan.FromSeconds(20));

    public async Task<JsonObject> Stack(string name = "s") => (await Call("DescribeStacks", With(name, null))).Objects("Stacks").Single();

    /// <summary>Oldest first, as "LogicalId STATUS".</summary>
    public async Task<IReadOnlyList<string>> Events(string name = "s") =>
        [.. (await Call("DescribeStackEvents", With(name, null))).Objects("StackEvents").Select(e => $"{e.Text("LogicalResourceId")} {e.Text("ResourceStatus")}").Reverse()];

    public async Task<string?> Reason(string logicalId, string status, string name = "s") =>
        (await Call("DescribeStackEvents", With(name, null))).Objects("StackEvents").First(e => e.Text("LogicalResourceId") == logicalId && e.Text("ResourceStatus") == status).Text("ResourceStatusReason");

    public async ValueTask DisposeAsync()
    {
        await _service.DisposeAsync();
        _database.Dispose();
    }

    private async Task<JsonObject> Submit(string operation, string template, string name, JsonObject? more)
    {
        var body = With(name, more);
        body["TemplateBody"] = template;
        var answer = await Call(operation, body);
        return answer;
    }

    private static JsonObject With(string name, JsonObject? more)
    {
        var body = new JsonObject { ["StackName"] = name };
        foreach (var (key, value) in more ?? [])
        {
            body[key] = value?.DeepClone();
        }

        return body;
    }
}
