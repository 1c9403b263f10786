using Pipeline.LocalCloud.CloudFormation.Templates;
using Pipeline.LocalCloud.State;

namespace Pipeline.LocalCloud.CloudFormation.Stacks;

/// <summary>Stacks, their resources, change sets and events: what must outlive the process.</summary>
internal sealed class StackStore(Database database, TimeProvider time)
{
    private const int KeptDetections = 50;
    private readonly Table<StackRecord> _stacks = database.Table<StackRecord>("cloudformation/stacks");
    private readonly Table<StackResource> _resources = database.Table<StackResource>("cloudformation/resources");
    private readonly Table<ChangeSetRecord> _changeSets = database.Table<ChangeSetRecord>("cloudformation/change-sets");
    private readonly Table<DriftDetection> _detections = database.Table<DriftDetection>("cloudformation/drift-detections");
    private readonly Table<ResourceDrift> _drifts = database.Table<ResourceDrift>("cloudformation/drifts");

    /// <summary>Held by a call from looking at a stack's status until its operation has begun.</summary>
    public Lock Gate { get; } = new();

    public StackEvents Events { get; } = new(database, time);

    public IEnumerable<StackRecord> Stacks => _stacks.All;

    /// <summary>By ARN, also when deleted; by name, only while it is there.</summary>
    public StackRecord? Find(string nameOrId) => _stacks.Find(nameOrId) ?? _stacks.All.FirstOrDefault(stack => stack.Name == nameOrId && !stack.IsGone);

    public StackRecord Get(string nameOrId) => Find(nameOrId) ?? throw Refusals.Invalid($"Stack with id {nameOrId} does not exist");

    public StackRecord Put(StackRecord stack)
    {
        _stacks.Put(stack.Id, stack);
        return stack;
    }

    public StackRecord Change(string id, Func<StackRecord, StackRecord> change)
    {
        lock (_stacks)
        {
            return Put(change(Get(id)));
        }
    }

    /// <summary>Changes a stack's status and says so among its events.</summary>
    public StackRecord Status(string id, string status, string? reason, Func<StackRecord, StackRecord>? also = null)
    {
        var stack = Change(id, stack => (also?.Invoke(stack) ?? stack) with { Status = status, StatusReason = reason });
        Events.AddStack(stack);
        return stack;
    }

    public void Forget(string stackId) => _stacks.Remove(stackId);

    public IReadOnlyList<StackResource> Resources(string stackId) =>
        [.. _resources.All.Where(resource => resource.StackId == stackId).OrderBy(resource => resource.LogicalId, StringComparer.Ordinal)];

    /// <summary>A resource that exists or was at least begun.</summary>
    public StackResource? Resource(string stackId, string logicalId) => _resources.Find($"{stackId}|{logicalId}") is { IsGone: false } resource ? resource : null;

    /// <summary>Writes a resource and, when its status is news, says so among the stack's events.</summary>
    public StackResource Put(StackResource resource, bool silent = false)
    {
        var changed = resource with
        {
            Changed = silent ? resource.Changed : Events.Add(Get(resource.StackId), resource.LogicalId, resource.Now.PhysicalId, resource.Type, resource.Status, resource.Reason),
        };
        _resources.Put($"{resource.StackId}|{resource.LogicalId}", changed);
        return changed;
    }

    public void Forget(StackResource resource) => _resources.Remove($"{resource.StackId}|{resource.LogicalId}");

    public IEnumerable<ChangeSetRecord> ChangeSets(string stackId) => _changeSets.All.Where(set => set.StackId == stackId);

    public ChangeSetRecord? ChangeSet(string id) => _changeSets.Find(id);

    public void Put(ChangeSetRecord set) => _changeSets.Put(set.Id, set);

    public void Forget(ChangeSetRecord set) => _changeSets.Remove(set.Id);

    /// <summary>By ARN; by name, within its stack, only the one that still counts: an obsolete or executed namesake is reached by its ARN.</summary>
    public ChangeSetRecord? ChangeSet(string nameOrId, string? stackName)
    {
        if (nameOrId.StartsWith("arn:", StringComparison.Ordinal))
        {
            return ChangeSet(nameOrId);
        }

        var stack = stackName is null ? throw Refusals.Invalid("StackName must be specified if ChangeSetName is not specified as an ARN.") : Find(stackName);
        return stack is null ? null : ChangeSets(stack.Id).Where(set => set.Name == nameOrId && set.ExecutionStatus is "AVAILABLE" or "UNAVAILABLE").MaxBy(set => set.Created);
    }

    public ChangeSetRecord? ChangeSetOfOperation(string operationId) => _changeSets.All.FirstOrDefault(set => set.OperationId == operationId);

    public DriftDetection? Detection(string id) => _detections.Find(id);

    /// <summary>The newest detection of a stack.</summary>
    public DriftDetection? LatestDetection(string stackId) => _detections.All.Where(detection => detection.StackId == stackId).MaxBy(detection => detection.Time);

    public void Put(DriftDetection detection)
    {
        foreach (var older in _detections.All.Where(known => known.StackId == detection.StackId).OrderByDescending(known => known.Time).Skip(KeptDetections).ToList())
        {
            _detections.Remove(older.Id);
        }

        _detections.Put(detection.Id, detection);
    }

    public void Put(ResourceDrift drift) => _drifts.Put($"{drift.StackId}|{drift.LogicalId}", drift);

    /// <summary>What was found about a resource; <c>null</c> when it was changed since then.</summary>
    public ResourceDrift? Drift(StackResource resource) => _drifts.Find($"{resource.StackId}|{resource.LogicalId}") is { } drift && drift.PhysicalId == resource.Now.PhysicalId && drift.Time >= resource.Changed ? drift : null;

    /// <summary>Everything exported in a region, with its stack.</summary>
    public IEnumerable<(StackRecord Stack, StackOutput Output)> Exports(string region) =>
        _stacks.All.Where(stack => !stack.IsGone && stack.Region == region).SelectMany(stack => stack.Outputs.Where(output => output.ExportName is not null).Select(output => (stack, output)));

    public IEnumerable<StackRecord> Importers(string region, string export) =>
        _stacks.All.Where(stack => !stack.IsGone && stack.Region == region && stack.Imports.Contains(export));
}
