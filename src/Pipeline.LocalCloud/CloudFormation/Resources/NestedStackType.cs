using System.Text.Json.Nodes;
using Pipeline.LocalCloud.CloudFormation.Calls;
using Pipeline.LocalCloud.CloudFormation.Stacks;
using Pipeline.LocalCloud.Protocols;

namespace Pipeline.LocalCloud.CloudFormation.Resources;

/// <summary>
/// <c>AWS::CloudFormation::Stack</c>: a stack within a stack. Its update keeps what it would delete until the outer one has succeeded, so that both can go back.
/// </summary>
internal sealed class NestedStackType(EngineParts parts, StackEngine engine, Submission submission, StackCalls stacks)
{
    private readonly StackStore _store = parts.Store;

    public ResourceType Type => new("AWS::CloudFormation::Stack")
    {
        Properties = "TemplateURL Parameters(*) Tags(Key Value) TimeoutInMinutes NotificationARNs",
        Required = "TemplateURL",
        Create = Create,
        Update = Update,
        Commit = Commit,
        Undo = Undo,
        Delete = Delete,
    };

    private async Task<Resource> Create(ResourceRequest request)
    {
        var call = Call(request, "CreateStack");
        var outer = _store.Get(request.Stack.Id);
        var (_, input) = await submission.Read(call, null);
        StackRecord made;
        lock (_store.Gate)
        {
            made = stacks.NewStack(call, request.GeneratedName(128), StackStatus.CreateInProgress) with
            {
                ParentId = outer.Id,
                RootId = outer.RootId ?? outer.Id,
                // The outer stack's rollback takes it down.
                OnFailure = "DO_NOTHING",
                RetainExceptOnCreate = outer.RetainExceptOnCreate,
                TimeoutMinutes = Submission.Timeout(call),
            };
            stacks.BeginCreate(made, input);
        }

        request.Initiated(made.Id);
        return Answer(await Ended(made.Id, request, StackStatus.CreateComplete, "created"));
    }

    private async Task<Resource> Update(ResourceRequest request)
    {
        var call = Call(request, "UpdateStack");
        var outer = _store.Get(request.Stack.Id);
        var has = _store.Get(request.PhysicalId);
        var (template, input) = await submission.Read(call, has.Current);
        StackCalls.RequireUpdatable(has);
        if ((await new ChangeList(_store, parts.Types).Of(has, input, template)).Count == 0 && !StackCalls.OutputsChange(has, template))
        {
            return Answer(has);
        }

        lock (_store.Gate)
        {
            stacks.BeginUpdate(has, input, current => current with
            {
                AwaitsParent = true,
                DisableRollback = outer.DisableRollback,
                RetainExceptOnCreate = outer.RetainExceptOnCreate,
                PolicyInForce = current.Policy,
            });
        }

        return Answer(await Ended(has.Id, request, StackStatus.UpdateCleanup, "updated"));
    }

    /// <summary>The outer stack has succeeded: now what is no longer wanted may go.</summary>
    private async Task Commit(ResourceRequest request)
    {
        if (_store.Get(request.PhysicalId) is { AwaitsParent: true } waiting)
        {
            _store.Change(waiting.Id, stack => stack with { AwaitsParent = false });
            engine.Continue(waiting.Id);
            await engine.Idle(waiting.Id);
        }
    }

    /// <summary>The outer stack goes back: so does this one, from wherever its own update has left it.</summary>
    private async Task<Resource> Undo(ResourceRequest request)
    {
        await engine.Idle(request.PhysicalId);
        var stack = _store.Get(request.PhysicalId);
        if (stack is { AwaitsParent: true } or { Status: StackStatus.UpdateFailed or StackStatus.UpdateRollbackFailed })
        {
            lock (_store.Gate)
            {
                _store.Status(stack.Id, StackStatus.UpdateRollbackInProgress, null, current => current.Begin("ROLLBACK", parts.Time.GetUtcNow()) with { AwaitsParent = false });
                engine.Continue(stack.Id);
            }

            stack = await Ended(stack.Id, request, StackStatus.UpdateRollbackComplete, "rolled back");
        }

        return Answer(stack);
    }

    private async Task Delete(ResourceRequest request)
    {
        if (_store.Find(request.PhysicalId) is not { IsGone: false } stack)
        {
            return;
        }

        engine.Cancel(stack.Id);
        await engine.Idle(stack.Id);
        request.Cancel.ThrowIfCancellationRequested();
        StackOutputs.CheckExports(_store, stack, []);
        lock (_store.Gate)
        {
            _store.Status(stack.Id, StackStatus.DeleteInProgress, null, current => current.Begin("DELETE_STACK", parts.Time.GetUtcNow()) with { AwaitsParent = false, LeftAlone = [] });
            engine.Continue(stack.Id);
        }

        await Ended(stack.Id, request, StackStatus.DeleteComplete, "deleted");
    }

    private async Task<StackRecord> Ended(string id, ResourceRequest request, string wanted, string verb)
    {
        await using (request.Cancel.Register(() => engine.Cancel(id)))
        {
            await engine.Idle(id);
        }

        request.Cancel.ThrowIfCancellationRequested();
        var stack = _store.Get(id);
        return stack.Status == wanted ? stack
            : throw new ResourceFailure($"Embedded stack {id} was not successfully {verb}: {_store.Events.NewestFirst(id).FirstOrDefault(entry => entry.PhysicalId == id && entry.Reason is not (null or "User Initiated"))?.Reason ?? stack.Status}");
    }

    private AwsRequest Call(ResourceRequest request, string operation)
    {
        var outer = _store.Get(request.Stack.Id).Current!;
        var tags = request.Stack.Tags.Concat(request.Properties.Objects("Tags").Select(tag => KeyValuePair.Create(tag.Text("Key") ?? "", tag.Text("Value") ?? ""))).GroupBy(tag => tag.Key).Select(group => group.Last());
        return request.Call(operation, new JsonObject
        {
            ["TemplateURL"] = request.Properties["TemplateURL"]?.DeepClone(),
            ["TimeoutInMinutes"] = request.Properties["TimeoutInMinutes"]?.DeepClone(),
            ["NotificationARNs"] = request.Properties["NotificationARNs"]?.DeepClone() ?? new JsonArray(),
            ["Capabilities"] = Shown.Texts(outer.Capabilities),
            ["Tags"] = new JsonArray([.. tags.Select(tag => new JsonObject { ["Key"] = tag.Key, ["Value"] = tag.Value })]),
            ["Parameters"] = new JsonArray([.. (request.Properties.Object("Parameters") ?? []).Select(parameter => new JsonObject
            {
                ["ParameterKey"] = parameter.Key,
                ["ParameterValue"] = parameter.Value is JsonArray list ? string.Join(',', list) : parameter.Value?.ToString(),
            })]),
        });
    }

    private static Resource Answer(StackRecord stack) => new(stack.Id, stack.Outputs.ToDictionary(output => $"Outputs.{output.Key}", output => output.Value));
}
