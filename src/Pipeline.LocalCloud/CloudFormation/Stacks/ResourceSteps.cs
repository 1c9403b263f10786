using Pipeline.LocalCloud.CloudFormation.Templates;
using Pipeline.LocalCloud.Protocols;

namespace Pipeline.LocalCloud.CloudFormation.Stacks;

/// <summary>What the engine works with.</summary>
internal sealed record EngineParts(StackStore Store, ResourceTypes Types, OutsideValues Outside, TimeProvider Time)
{
    /// <summary>How much faster than the clock the minutes pass that a stack is watched after its resources are made.</summary>
    public double TimeScale { get; init; } = 1;
}

/// <summary>Single steps on single resources: written down before and after, with the events that clients follow.</summary>
/// <param name="cancel">the operation's: a failed sibling, a user's cancellation</param>
/// <param name="stopping">the cloud's: a step that ends for it is not a failed one, it is taken up at the next start</param>
internal sealed class ResourceSteps(EngineParts parts, string stackId, CancellationToken cancel, CancellationToken stopping)
{
    private readonly StackStore _store = parts.Store;

    public Task<bool> Create(StackResource resource) => Make(resource with { Status = ResourceStatus.CreateInProgress }, ResourceStatus.CreateComplete, ResourceStatus.CreateFailed, "Resource creation cancelled");

    /// <summary>A new one in place of the one in <see cref="StackResource.Before"/>, which stays until the cleanup.</summary>
    public async Task<bool> Replace(StackResource resource)
    {
        _store.Put(resource with
        {
            Status = ResourceStatus.UpdateInProgress,
            Reason = "Requested update requires the creation of a new physical resource; hence creating one.",
            Now = resource.Now with { PhysicalId = resource.Before!.PhysicalId },
        });
        return await Make(resource with { Status = ResourceStatus.UpdateInProgress }, ResourceStatus.UpdateComplete, ResourceStatus.UpdateFailed, "Resource update cancelled", announced: true);
    }

    public async Task Commit(StackResource resource) => await parts.Types[resource.Type].Commit!(await Request(resource.LogicalId, resource.Now, resource.Now, resolve: false));

    /// <param name="previous">the properties it has before this step</param>
    public Task<bool> Update(StackResource resource, Incarnation previous) => Change(resource, previous, parts.Types[resource.Type].Update);

    /// <summary>A change of what is only noted about the resource.</summary>
    public void Restate(StackResource resource)
    {
        _store.Put(resource with { Status = ResourceStatus.UpdateInProgress, Reason = null });
        _store.Put(resource with { Status = ResourceStatus.UpdateComplete, Reason = null });
    }

    /// <summary>An update back to what was before.</summary>
    public Task<bool> Undo(StackResource resource, Incarnation previous) => Change(resource, previous, parts.Types[resource.Type].Undo ?? parts.Types[resource.Type].Update);

    private async Task<bool> Change(StackResource resource, Incarnation previous, Func<ResourceRequest, Task<Resource>>? change)
    {
        resource = _store.Put(resource with { Status = ResourceStatus.UpdateInProgress, Reason = null });
        try
        {
            var request = await Request(resource.LogicalId, resource.Now, previous);
            var made = await (change ?? throw new ResourceFailure($"{resource.Type} cannot be changed in place."))(request);
            _store.Put(resource with
            {
                Status = ResourceStatus.UpdateComplete,
                Reason = made.Reason,
                Now = resource.Now with { PhysicalId = made.PhysicalId, Attributes = made.Attributes ?? resource.Now.Attributes },
            });
            return true;
        }
        catch (Exception failure) when (!stopping.IsCancellationRequested)
        {
            _store.Put(resource with { Status = ResourceStatus.UpdateFailed, Reason = Reason(failure, "Resource update cancelled") });
            return false;
        }
    }

    /// <summary>Deletes one incarnation of a resource as its policy says; the record stays with its last status.</summary>
    public async Task<bool> Delete(StackResource resource, Incarnation incarnation, string policy)
    {
        // A resource that was begun but never got an id has left nothing behind that is known.
        var done = policy is "Retain" ? ResourceStatus.DeleteSkipped : ResourceStatus.DeleteComplete;
        if (policy is "Retain" || incarnation.PhysicalId.Length == 0)
        {
            Note(resource, incarnation, done, null);
            return true;
        }

        Note(resource, incarnation, ResourceStatus.DeleteInProgress, null);
        try
        {
            var type = parts.Types[resource.Type];
            var request = await Request(resource.LogicalId, incarnation, incarnation, resolve: false);
            if (policy == "Snapshot" && type.Snapshot is { } save)
            {
                await save(request);
            }

            await type.Delete(request);
            Note(resource, incarnation, ResourceStatus.DeleteComplete, null);
            return true;
        }
        catch (Exception failure) when (!stopping.IsCancellationRequested)
        {
            Note(resource, incarnation, ResourceStatus.DeleteFailed, Reason(failure, "Resource deletion cancelled"));
            return false;
        }
    }

    private void Note(StackResource resource, Incarnation incarnation, string status, string? reason)
    {
        if (ReferenceEquals(incarnation, resource.Now))
        {
            _store.Put(resource with { Status = status, Reason = reason });
        }
        else
        {
            // The resource itself lives on in another incarnation: only the event tells.
            _store.Events.Add(_store.Get(stackId), resource.LogicalId, incarnation.PhysicalId, resource.Type, status, reason);
        }
    }

    private async Task<bool> Make(StackResource resource, string complete, string failed, string cancelled, bool announced = false)
    {
        resource = _store.Put(resource, silent: announced);
        var initiated = "";
        try
        {
            var request = await Request(resource.LogicalId, resource.Now, null) with
            {
                Initiated = id =>
                {
                    initiated = id;
                    _store.Put(resource with { Now = resource.Now with { PhysicalId = id }, Reason = "Resource creation Initiated" });
                },
            };
            var made = await parts.Types[resource.Type].Create(request);
            if (initiated.Length == 0)
            {
                request.Initiated(made.PhysicalId);
            }

            _store.Put(resource with
            {
                Status = complete,
                Reason = made.Reason,
                Now = resource.Now with { PhysicalId = made.PhysicalId, Attributes = made.Attributes ?? new Dictionary<string, string>() },
            });
            return true;
        }
        catch (Exception failure) when (!stopping.IsCancellationRequested)
        {
            _store.Put(resource with { Status = failed, Reason = Reason(failure, cancelled), Now = resource.Now with { PhysicalId = initiated } });
            return false;
        }
    }

    private async Task<ResourceRequest> Request(string logicalId, Incarnation now, Incarnation? previous, bool resolve = true)
    {
        var stack = _store.Get(stackId).Identity with { Tags = now.StackTags };
        var properties = resolve ? await DynamicReferences.Resolve(now.Properties, parts.Outside) : (System.Text.Json.Nodes.JsonObject)now.Properties.DeepClone();
        return new ResourceRequest(stack, logicalId, now.PhysicalId, properties, (System.Text.Json.Nodes.JsonObject?)previous?.Properties.DeepClone(), cancel) { Token = now.Token };
    }

    /// <summary>Whatever a resource type throws is that resource's failure, not the engine's.</summary>
    private string Reason(Exception failure, string cancelled) => failure switch
    {
        OperationCanceledException when cancel.IsCancellationRequested => cancelled,
        ResourceFailure => failure.Message,
        AwsException refusal => $"Resource handler returned message: \"{refusal.Message}\" (HandlerErrorCode: {refusal.Code})",
        _ => $"Resource handler returned message: \"{failure.Message}\" (HandlerErrorCode: InternalFailure)",
    };
}
