using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Pipeline.LocalCloud.CloudFormation;
using Pipeline.LocalCloud.Protocols;

namespace Pipeline.Tests.LocalCloud.CloudFormation;

/// <summary>A room of the cloud whose one resource type obeys: it records what was done and fails, waits or blocks as its properties say.</summary>
internal sealed class FakeRoom
{
    private int _number;

    public FakeRoom() => Types =
    [
        new ResourceType("Test::Thing")
        {
            Properties = "Name! Value Fail Wait Secret! Tags(Key Value)",
            Attributes = "Arn Value",
            Create = async request =>
            {
                Log.Enqueue($"create {request.LogicalId}");
                await Obey(request, "create");
                var id = $"{request.LogicalId.ToLowerInvariant()}-{Interlocked.Increment(ref _number)}";
                Living[id] = request.Properties.ToJsonString();
                return Answer(id, request);
            },
            Update = async request =>
            {
                Log.Enqueue($"update {request.LogicalId}");
                await Obey(request, "update");
                Living[request.PhysicalId] = request.Properties.ToJsonString();
                return Answer(request.PhysicalId, request);
            },
            Read = request => Task.FromResult(Living.TryGetValue(request.PhysicalId, out var live) ? (JsonObject?)JsonNode.Parse(live) : null),
            Delete = async request =>
            {
                Log.Enqueue($"delete {request.PhysicalId}");
                await Obey(request, "delete");
                Living.TryRemove(request.PhysicalId, out _);
            },
        },
        new ResourceType("Test::Fixed")
        {
            Properties = "Value Nested(Free(*) Items(Id! Count))",
            Required = "Value",
            Create = request =>
            {
                var id = $"fixed-{Interlocked.Increment(ref _number)}";
                Living[id] = "";
                return Task.FromResult(new Resource(id));
            },
            Delete = request => Task.FromResult(Living.TryRemove(request.PhysicalId, out _)),
        },
    ];

    public IReadOnlyList<ResourceType> Types { get; }

    public ConcurrentQueue<string> Log { get; } = new();

    /// <summary>What exists, by physical id.</summary>
    public ConcurrentDictionary<string, string> Living { get; } = new();

    /// <summary>Verbs that fail whatever the properties say, e.g. <c>update</c> or <c>delete A</c>.</summary>
    public ConcurrentDictionary<string, bool> Failing { get; } = new();

    /// <summary>Opened when a step that waits is reached.</summary>
    public TaskCompletionSource Reached { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task Obey(ResourceRequest request, string verb)
    {
        if (request.Properties.Text("Wait") == verb)
        {
            request.Initiated($"{request.LogicalId.ToLowerInvariant()}-waiting");
            Reached.TrySetResult();
            await Task.Delay(Timeout.Infinite, request.Cancel);
        }

        if (request.Properties.Text("Fail") == verb || Failing.ContainsKey(verb) || Failing.ContainsKey($"{verb} {request.LogicalId}"))
        {
            throw new ResourceFailure($"{request.LogicalId} was told to fail.");
        }
    }

    private static Resource Answer(string id, ResourceRequest request) => new(id, new Dictionary<string, string>
    {
        ["Arn"] = $"arn:{id}",
        ["Value"] = request.Properties.Text("Value") ?? "",
    });
}
