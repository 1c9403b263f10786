using System.Collections.Concurrent;
using Pipeline.LocalCloud.CloudFormation.Templates;
using Pipeline.LocalCloud.Protocols;

namespace Pipeline.LocalCloud.CloudFormation.Stacks;

/// <summary>One operation on one stack, from wherever its records say it stands to a terminal status.</summary>
/// <param name="userCancel">set by CancelUpdateStack</param>
/// <param name="stopping">the cloud ends: stop where we are, the next start goes on</param>
internal sealed class StackOperation(EngineParts parts, string stackId, CancellationToken userCancel, CancellationToken stopping)
{
    private const string Interrupted = "The embedded cloud was stopped while this step was under way.";
    private readonly StackStore _store = parts.Store;
    private readonly StackRollback _rollback = new(parts, stackId, stopping);

    public async Task Create()
    {
        var limit = _store.Get(stackId).TimeoutMinutes is { } minutes ? TimeSpan.FromMinutes(minutes) : Timeout.InfiniteTimeSpan;
        using var deadline = new CancellationTokenSource(limit, parts.Time);
        var problem = await Forward(deadline.Token);
        if (problem is null)
        {
            Settle();
            _store.Status(stackId, StackStatus.CreateComplete, null);
            return;
        }

        await FailCreate(problem);
    }

    public async Task Update()
    {
        var problem = await Forward(CancellationToken.None);
        if (problem is null)
        {
            _store.Status(stackId, StackStatus.UpdateCleanup, null);
            if (!_store.Get(stackId).AwaitsParent)
            {
                await CleanUp();
            }

            return;
        }

        await FailUpdate(problem);
    }

    /// <summary>Goes on after a restart of the cloud.</summary>
    public Task Resume(string status)
    {
        var open = _store.Resources(stackId).Where(resource => resource.Status.EndsWith("_IN_PROGRESS", StringComparison.Ordinal)).ToList();
        foreach (var resource in open)
        {
            _store.Put(resource with { Status = resource.Status.Replace("IN_PROGRESS", "FAILED", StringComparison.Ordinal), Reason = Interrupted });
        }

        return status switch
        {
            StackStatus.CreateInProgress => FailCreate(Interrupted),
            StackStatus.RollbackInProgress => _rollback.Create(),
            StackStatus.UpdateInProgress => FailUpdate(Interrupted),
            StackStatus.UpdateCleanup => CleanUp(),
            StackStatus.UpdateRollbackInProgress => _rollback.Update(),
            StackStatus.UpdateRollbackCleanup => _rollback.CleanUpUpdate(),
            StackStatus.DeleteInProgress => _rollback.Delete(),
            _ => throw new InvalidOperationException($"The stack {stackId} cannot be resumed from {status}."),
        };
    }

    private async Task FailCreate(string problem)
    {
        var stack = _store.Get(stackId);
        switch (stack.OnFailure)
        {
            case "DO_NOTHING":
                _store.Status(stackId, StackStatus.CreateFailed, problem);
                break;
            case "DELETE":
                _store.Status(stackId, StackStatus.DeleteInProgress, problem, current => current.Begin("DELETE_STACK", parts.Time.GetUtcNow()));
                await _rollback.Delete();
                break;
            default:
                _store.Status(stackId, StackStatus.RollbackInProgress, $"{problem} Rollback requested by user.", Undo);
                await _rollback.Create();
                break;
        }
    }

    private async Task FailUpdate(string problem)
    {
        if (_store.Get(stackId).DisableRollback)
        {
            _store.Status(stackId, StackStatus.UpdateFailed, problem, stack => stack with { AwaitsParent = false });
            return;
        }

        _store.Status(stackId, StackStatus.UpdateRollbackInProgress, problem, stack => Undo(stack) with { AwaitsParent = false });
        await _rollback.Update();
    }

    private StackRecord Undo(StackRecord stack) => stack.Begin("ROLLBACK", parts.Time.GetUtcNow());

    private async Task CleanUp()
    {
        await _rollback.Commit();
        var allGone = await _rollback.DeleteUnwanted(_store.Get(stackId).Current!);
        Settle();
        _store.Status(stackId, StackStatus.UpdateComplete, allGone ? null : "Update successful. One or more resources could not be deleted.");
    }

    /// <summary>The stack is what it was asked to be: nothing to go back to any more.</summary>
    private void Settle()
    {
        _rollback.CloseJournal();
        _store.Change(stackId, stack => stack with { Stable = null });
    }

    /// <summary>Makes and changes resources until the stack is its current input.</summary>
    /// <returns><c>null</c> when all worked, else why not</returns>
    private async Task<string?> Forward(CancellationToken deadline)
    {
        using var siblings = CancellationTokenSource.CreateLinkedTokenSource(userCancel, stopping, deadline);
        await using var triggers = new TriggerWatch(_store.Get(stackId).Current!.Rollback, parts, siblings);
        var failed = new ConcurrentBag<(string Verb, string Id)>();
        var imports = new ConcurrentDictionary<string, bool>(StringComparer.Ordinal);
        string? problem = null;
        try
        {
            var stack = _store.Get(stackId);
            var template = TemplateParser.Parse(stack.Current!.Body);
            var scope = await StackScope.Live(_store, parts.Types, stack, stack.Current, template, Import);
            var dependencies = ResourceGraph.Dependencies(template, StackScope.Included(scope), name => Conditions.Holds(name, scope));
            var steps = new ResourceSteps(parts, stackId, siblings.Token, stopping);
            var policy = stack.PolicyInForce is { } body && stack.Status == StackStatus.UpdateInProgress ? StackPolicy.Parse(body) : null;
            if (RefuseRemovals(policy, dependencies.Keys) is { } denied)
            {
                return denied;
            }

            await ResourceGraph.Walk(dependencies, async id =>
            {
                if (siblings.IsCancellationRequested)
                {
                    return false;
                }

                var (worked, verb) = await Bring(template.Resources[id], scope, (dependencies[id], policy), steps);
                if (!worked)
                {
                    failed.Add((verb, id));
                    await siblings.CancelAsync();
                }

                return worked;
            });
            stopping.ThrowIfCancellationRequested();
            if (failed.IsEmpty)
            {
                await triggers.WatchOn(siblings.Token);
                stopping.ThrowIfCancellationRequested();
            }

            problem = userCancel.IsCancellationRequested ? "User Initiated"
                : triggers.Alarm ?? (deadline.IsCancellationRequested ? "Stack creation time exceeded the specified timeout." : Problem(failed));
            if (problem is null)
            {
                Publish(scope, template, imports);
            }
        }
        catch (AwsException refusal)
        {
            problem = refusal.Message;
        }

        return problem;

        void Import(string name)
        {
            imports[name] = true;
            _store.Change(stackId, stack => stack.Imports.Contains(name) ? stack : stack with { Imports = [.. stack.Imports, name] });
        }
    }

    /// <summary>What the policy does not let go fails the update before anything is touched: the cleanup could not be undone.</summary>
    private string? RefuseRemovals(StackPolicy? policy, IEnumerable<string> wanted)
    {
        var denied = _store.Resources(stackId).Where(resource => !resource.IsGone).ExceptBy(wanted, resource => resource.LogicalId)
            .Where(resource => Denied(policy, "Delete", resource)).Select(resource => ("delete", resource.LogicalId)).ToList();
        return Problem([.. denied]);
    }

    private bool Denied(StackPolicy? policy, string action, StackResource resource)
    {
        if (policy?.Denial(action, resource.LogicalId, resource.Type) is not { } reason)
        {
            return false;
        }

        // Only told, not written down: the resource itself stays as it was.
        _store.Events.Add(_store.Get(stackId), resource.LogicalId, resource.Now.PhysicalId, resource.Type, ResourceStatus.UpdateFailed, reason);
        return true;
    }

    private async Task<(bool Worked, string Verb)> Bring(ResourceDefinition definition, Scope scope, (IReadOnlyList<string> DependsOn, StackPolicy? Policy) with, ResourceSteps steps)
    {
        var (dependsOn, policy) = with;
        var id = definition.LogicalId;
        var has = _store.Resource(stackId, id);
        Incarnation wanted;
        try
        {
            wanted = StackScope.Wanted(definition, parts.Types[definition.Type], scope, dependsOn);
        }
        catch (AwsException refusal)
        {
            var verb = has is null ? "create" : "update";
            var empty = new Incarnation("", [], new Dictionary<string, string>(), scope.Stack.Tags);
            _store.Put((has ?? new StackResource(stackId, id, definition.Type) { Status = "", Now = empty, Step = Step.Created }) with
            {
                Status = has is null ? ResourceStatus.CreateFailed : ResourceStatus.UpdateFailed,
                Reason = refusal.Message,
            });
            return (false, verb);
        }

        if (has is null || (has.Before is null && has.Status == ResourceStatus.CreateFailed))
        {
            IReadOnlyList<Incarnation> leftovers = has is { Now.PhysicalId.Length: > 0 } ? [.. has.Leftovers, has.Now] : [];
            return (await steps.Create(new StackResource(stackId, id, definition.Type) { Status = "", Now = wanted, Step = Step.Created, Leftovers = leftovers }), "create");
        }

        var difference = Difference.Between(has.Now, wanted, parts.Types[definition.Type], parts.Types.Grammar(definition.Type));
        if (difference.IsNone && has.Status != ResourceStatus.UpdateFailed)
        {
            _store.Put(has with { Now = Kept(has.Now) }, silent: true);
            return (true, "update");
        }

        if (!difference.IsReal && has.Status != ResourceStatus.UpdateFailed)
        {
            steps.Restate(has with { Before = has.Before ?? has.Now, Step = has.Step == Step.None ? Step.Updated : has.Step, Now = Kept(has.Now) with { Metadata = wanted.Metadata } });
            return (true, "update");
        }

        if (Denied(policy, difference.Replacing.Count > 0 ? "Replace" : "Modify", has))
        {
            return (false, "update");
        }

        var journal = has with { Before = has.Before ?? has.Now, Step = has.Step == Step.None ? Step.Updated : has.Step };
        if (difference.Replacing.Count > 0 || has.Now.PhysicalId.Length == 0)
        {
            // One that this very update made is not what a rollback returns to.
            var madeByUs = has.Step is Step.Replaced or Step.Created && has.Now.PhysicalId.Length > 0;
            journal = journal with
            {
                Step = has.Step == Step.Created ? Step.Created : Step.Replaced,
                Before = has.Step == Step.Created ? has.Now : journal.Before,
                Leftovers = madeByUs ? [.. has.Leftovers, has.Now] : has.Leftovers,
            };
            return (await steps.Replace(journal with { Now = wanted }), "update");
        }

        return (await steps.Update(journal with { Now = wanted with { PhysicalId = has.Now.PhysicalId, Attributes = has.Now.Attributes, Token = has.Now.Token } }, has.Now), "update");

        // The resource stays as it is; only what the engine itself must know of it is new.
        Incarnation Kept(Incarnation now) => now with { DependsOn = dependsOn, DeletionPolicy = wanted.DeletionPolicy, UpdateReplacePolicy = wanted.UpdateReplacePolicy };
    }

    private void Publish(Scope scope, Template template, ConcurrentDictionary<string, bool> imports)
    {
        var stack = _store.Get(stackId);
        var outputs = StackOutputs.Evaluate(template, scope);
        StackOutputs.CheckExports(_store, stack, outputs);
        _store.Change(stackId, current => current with { Outputs = outputs, Imports = [.. imports.Keys.Order(StringComparer.Ordinal)] });
    }

    private static string? Problem(ConcurrentBag<(string Verb, string Id)> failed) => failed.IsEmpty ? null
        : string.Join(" ", failed.GroupBy(f => f.Verb).OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => $"The following resource(s) failed to {group.Key}: [{string.Join(", ", group.Select(f => f.Id).Order(StringComparer.Ordinal))}]."));
}
