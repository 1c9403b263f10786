using System.Collections.Concurrent;
using Pipeline.LocalCloud.CloudFormation.Templates;

namespace Pipeline.LocalCloud.CloudFormation.Stacks;

/// <summary>Going back and taking down: every step reads the journal in the resources' records, so it can be taken again after a kill.</summary>
internal sealed class StackRollback(EngineParts parts, string stackId, CancellationToken stopping)
{
    private readonly StackStore _store = parts.Store;
    private readonly ResourceSteps _steps = new(parts, stackId, stopping, stopping);

    /// <summary>Undoes a creation: <c>ROLLBACK_COMPLETE</c>, or <c>ROLLBACK_FAILED</c>.</summary>
    public async Task Create()
    {
        var failed = await DeleteAll(creating: true);
        _store.Status(stackId, failed.Count == 0 ? StackStatus.RollbackComplete : StackStatus.RollbackFailed, FailedToDelete(failed), stack => stack with { Outputs = [], Imports = [] });
    }

    public async Task Delete()
    {
        var failed = await DeleteAll(creating: false);
        _store.Status(
            stackId,
            failed.Count == 0 ? StackStatus.DeleteComplete : StackStatus.DeleteFailed,
            FailedToDelete(failed),
            stack => failed.Count == 0 ? stack with { Deleted = parts.Time.GetUtcNow(), Outputs = [], Imports = [] } : stack);
    }

    /// <summary>Undoes an update: what changed is changed back in reverse order, what was replaced is replaced back, what was made goes in the cleanup.</summary>
    public async Task Update()
    {
        var stack = _store.Get(stackId);
        foreach (var skipped in stack.LeftAlone.Select(id => _store.Resource(stackId, id)).OfType<StackResource>())
        {
            _store.Put(skipped with { Status = ResourceStatus.UpdateComplete, Reason = "Skipped during rollback", Now = skipped.Before ?? skipped.Now, Before = null, Step = Step.None });
        }

        var open = _store.Resources(stackId).Where(resource => resource is { IsGone: false, Step: Step.Updated or Step.Replaced }).ToDictionary(resource => resource.LogicalId, StringComparer.Ordinal);
        var dependencies = open.Values.ToDictionary(resource => resource.LogicalId, IReadOnlyList<string> (resource) => [.. resource.Now.DependsOn.Where(open.ContainsKey)], StringComparer.Ordinal);
        var failed = new ConcurrentBag<string>();
        await ResourceGraph.Walk(ResourceGraph.Reversed(dependencies), async id =>
        {
            var worked = await Revert(open[id]);
            if (!worked)
            {
                failed.Add(id);
            }

            return worked;
        });
        stopping.ThrowIfCancellationRequested();
        if (!failed.IsEmpty)
        {
            _store.Status(stackId, StackStatus.UpdateRollbackFailed, $"The following resource(s) failed to update: [{string.Join(", ", failed.Order(StringComparer.Ordinal))}].");
            return;
        }

        _store.Status(stackId, StackStatus.UpdateRollbackCleanup, null, before => before with { Current = before.Stable ?? before.Current, LeftAlone = [] });
        await CleanUpUpdate();
    }

    public async Task CleanUpUpdate()
    {
        var allGone = await DeleteUnwanted(_store.Get(stackId).Current!);
        CloseJournal();
        _store.Status(
            stackId,
            StackStatus.UpdateRollbackComplete,
            allGone ? null : "One or more resources could not be deleted.",
            stack => stack with { Stable = null });
    }

    /// <summary>Deletes what was replaced and what the template no longer has; failures stay behind and are told, as CloudFormation does.</summary>
    public async Task<bool> DeleteUnwanted(StackInput wanted)
    {
        var template = TemplateParser.Parse(wanted.Body);
        var scope = await StackScope.Live(_store, parts.Types, _store.Get(stackId), wanted, template, _ => { });
        var included = StackScope.Included(scope);
        var rollingBack = _store.Get(stackId).Status == StackStatus.UpdateRollbackCleanup;
        var resources = _store.Resources(stackId).Where(resource => !resource.IsGone).ToDictionary(resource => resource.LogicalId, StringComparer.Ordinal);
        var edges = resources.Values.ToDictionary(
            resource => resource.LogicalId,
            IReadOnlyList<string> (resource) => [.. (resource.Before ?? resource.Now).DependsOn.Where(resources.ContainsKey)],
            StringComparer.Ordinal);
        var allGone = true;
        await ResourceGraph.Walk(Acyclic(ResourceGraph.Reversed(edges)), async id =>
        {
            if (!await DeleteUnwanted(resources[id], included.Contains(id), rollingBack))
            {
                allGone = false;
            }

            return true;
        });
        stopping.ThrowIfCancellationRequested();
        return allGone;
    }

    /// <summary>Lets the types finish what they held back while the update could fail.</summary>
    public Task Commit() =>
        Task.WhenAll(_store.Resources(stackId).Where(resource => resource is { IsGone: false, Step: Step.Updated } && parts.Types.Find(resource.Type)?.Commit is not null).Select(_steps.Commit));

    /// <summary>Forgets what the finished operation wrote down for its own undoing.</summary>
    public void CloseJournal()
    {
        foreach (var resource in _store.Resources(stackId).Where(resource => !resource.IsGone && (resource.Step != Step.None || resource.Before is not null)))
        {
            _store.Put(resource with { Before = null, Step = Step.None }, silent: true);
        }
    }

    private async Task<bool> DeleteUnwanted(StackResource resource, bool included, bool rollingBack)
    {
        if (!included || (rollingBack && resource.Step == Step.Created))
        {
            var gone = await DeleteLeftovers(resource with { Leftovers = [.. resource.Leftovers.Where(leftover => leftover.PhysicalId != resource.Now.PhysicalId)] }, resource.Now);
            gone &= await _steps.Delete(resource, resource.Now, Policy(resource.Now.DeletionPolicy, creating: rollingBack));
            _store.Forget(resource);
            return gone;
        }

        var old = resource is { Step: Step.Replaced, Before: { } before } && !rollingBack ? before : null;
        var done = old is null || old.PhysicalId == resource.Now.PhysicalId || await _steps.Delete(resource, old, Policy(old.UpdateReplacePolicy, creating: false));
        return await DeleteLeftovers(resource, resource.Now) && done;
    }

    private async Task<bool> DeleteLeftovers(StackResource resource, Incarnation now)
    {
        var gone = true;
        foreach (var leftover in resource.Leftovers.Where(leftover => leftover.PhysicalId.Length > 0 && leftover.PhysicalId != now.PhysicalId))
        {
            gone &= await _steps.Delete(resource, leftover, Policy(leftover.UpdateReplacePolicy, creating: true));
        }

        if (resource.Leftovers.Count > 0)
        {
            _store.Put(resource with { Leftovers = [] }, silent: true);
        }

        return gone;
    }

    private async Task<bool> Revert(StackResource resource)
    {
        var before = resource.Before!;
        if (resource.Step == Step.Replaced)
        {
            IReadOnlyList<Incarnation> leftovers = resource.Now.PhysicalId.Length > 0 && resource.Now.PhysicalId != before.PhysicalId ? [.. resource.Leftovers, resource.Now] : resource.Leftovers;
            _store.Put(resource with { Status = ResourceStatus.UpdateInProgress, Reason = null, Now = before });
            _store.Put(resource with { Status = ResourceStatus.UpdateComplete, Reason = null, Now = before, Before = null, Step = Step.None, Leftovers = leftovers });
            return true;
        }

        var difference = Difference.Between(resource.Now, before, parts.Types[resource.Type], parts.Types.Grammar(resource.Type));
        if (!difference.IsReal && resource.Status != ResourceStatus.UpdateFailed)
        {
            _steps.Restate(resource with { Now = before, Before = null, Step = Step.None });
            return true;
        }

        if (!await _steps.Undo(resource with { Now = before }, resource.Now))
        {
            // What it is now is unknown; the next attempt starts from the same journal.
            _store.Put(_store.Resource(stackId, resource.LogicalId)! with { Now = resource.Now }, silent: true);
            return false;
        }

        _store.Put(_store.Resource(stackId, resource.LogicalId)! with { Before = null, Step = Step.None }, silent: true);
        return true;
    }

    private async Task<IReadOnlyList<string>> DeleteAll(bool creating)
    {
        var leftAlone = _store.Get(stackId).LeftAlone;
        var resources = _store.Resources(stackId).Where(resource => !resource.IsGone).ToDictionary(resource => resource.LogicalId, StringComparer.Ordinal);
        var edges = resources.Values.ToDictionary(
            resource => resource.LogicalId,
            IReadOnlyList<string> (resource) => [.. resource.Now.DependsOn.Where(resources.ContainsKey)],
            StringComparer.Ordinal);
        var failed = new ConcurrentBag<string>();
        await ResourceGraph.Walk(Acyclic(ResourceGraph.Reversed(edges)), async id =>
        {
            var resource = resources[id];
            var policy = leftAlone.Contains(id) ? "Retain" : Policy(resource.Now.DeletionPolicy, creating);
            // An update that failed without rollback leaves the old one beside the new one.
            var others = resource.Step == Step.Replaced && resource.Before is { } before ? [.. resource.Leftovers, before] : resource.Leftovers;
            var worked = await DeleteLeftovers(resource with { Leftovers = others }, resource.Now) & await _steps.Delete(resource, resource.Now, policy);
            if (!worked)
            {
                failed.Add(id);
            }

            return worked;
        });
        stopping.ThrowIfCancellationRequested();
        return [.. failed.Order(StringComparer.Ordinal)];
    }

    /// <summary>Edges of records from before and after an update can contradict each other: then the order is free.</summary>
    private static Dictionary<string, IReadOnlyList<string>> Acyclic(Dictionary<string, IReadOnlyList<string>> edges)
    {
        try
        {
            ResourceGraph.Order(edges);
            return edges;
        }
        catch (Protocols.AwsException)
        {
            return edges.Keys.ToDictionary(id => id, IReadOnlyList<string> (_) => [], StringComparer.Ordinal);
        }
    }

    private string Policy(string? policy, bool creating) => policy switch
    {
        "Retain" when creating && _store.Get(stackId).RetainExceptOnCreate => "Delete",
        "RetainExceptOnCreate" => creating ? "Delete" : "Retain",
        null => "Delete",
        _ => policy,
    };

    private static string? FailedToDelete(IReadOnlyList<string> failed) => failed.Count == 0 ? null : $"The following resource(s) failed to delete: [{string.Join(", ", failed)}].";
}
