using System.Text.Json.Nodes;

namespace Pipeline.LocalCloud.CloudFormation.Stacks;

/// <summary>What one resource was found to be.</summary>
/// <param name="Status"><c>IN_SYNC</c>, <c>MODIFIED</c> or <c>DELETED</c></param>
internal sealed record ResourceDrift(string StackId, string LogicalId, string PhysicalId, string Type, string Status, DateTimeOffset Time)
{
    /// <summary>JSON</summary>
    public required string Expected { get; init; }

    /// <summary>JSON; <c>null</c> when it is gone</summary>
    public string? Actual { get; init; }

    public IReadOnlyList<PropertyDifference> Differences { get; init; } = [];
}

/// <param name="Status"><c>IN_SYNC</c> or <c>DRIFTED</c></param>
internal sealed record DriftDetection(string Id, string StackId, string Status, int Drifted, DateTimeOffset Time);

/// <summary>Compares what a stack's resources are with what its template states, where their types can read themselves.</summary>
internal sealed class DriftDetector(EngineParts parts)
{
    private readonly StackStore _store = parts.Store;

    /// <param name="only">logical ids; empty for all</param>
    public async Task<DriftDetection> Detect(StackRecord stack, IReadOnlyList<string> only)
    {
        var found = new List<ResourceDrift>();
        foreach (var resource in _store.Resources(stack.Id).Where(resource => !resource.IsGone && (only.Count == 0 || only.Contains(resource.LogicalId))))
        {
            if (await Detect(stack, resource) is { } drift)
            {
                found.Add(drift);
            }
        }

        var drifted = found.Count(drift => drift.Status != "IN_SYNC");
        var detection = new DriftDetection(Guid.NewGuid().ToString(), stack.Id, drifted > 0 ? "DRIFTED" : "IN_SYNC", drifted, parts.Time.GetUtcNow());
        _store.Put(detection);
        return detection;
    }

    /// <returns><c>null</c> where the type cannot read itself</returns>
    public async Task<ResourceDrift?> Detect(StackRecord stack, StackResource resource)
    {
        if (parts.Types[resource.Type].Read is not { } read)
        {
            return null;
        }

        // A dynamic reference has no value of its own to compare.
        var stated = new JsonObject(resource.Now.Properties.Where(property => property.Value?.ToJsonString().Contains("{{resolve:", StringComparison.Ordinal) == false).Select(property => KeyValuePair.Create(property.Key, property.Value?.DeepClone())));
        var actual = await read(new ResourceRequest(stack.Identity, resource.LogicalId, resource.Now.PhysicalId, (JsonObject)stated.DeepClone(), null, CancellationToken.None));
        var readable = actual is null ? stated : new JsonObject(stated.Where(property => actual.ContainsKey(property.Key)).Select(property => KeyValuePair.Create(property.Key, property.Value?.DeepClone())));
        var differences = actual is null ? [] : PropertyDifferences.Between(readable, actual);
        // Events of one millisecond are told apart by later times: a resource may have been changed a little in the future.
        var now = parts.Time.GetUtcNow();
        var drift = new ResourceDrift(stack.Id, resource.LogicalId, resource.Now.PhysicalId, resource.Type, actual is null ? "DELETED" : differences.Count > 0 ? "MODIFIED" : "IN_SYNC", now > resource.Changed ? now : resource.Changed)
        {
            Expected = readable.ToJsonString(),
            Actual = actual is null ? null : new JsonObject(actual.Where(property => property.Value is not null && readable.ContainsKey(property.Key)).Select(property => KeyValuePair.Create(property.Key, property.Value?.DeepClone()))).ToJsonString(),
            Differences = differences,
        };
        _store.Put(drift);
        return drift;
    }
}
