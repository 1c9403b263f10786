using System.Text.Json.Nodes;
using Pipeline.LocalCloud.CloudFormation.Stacks;
using Pipeline.LocalCloud.CloudFormation.Templates;
using Pipeline.LocalCloud.Protocols;

namespace Pipeline.LocalCloud.CloudFormation.Calls;

/// <summary>Calls that begin an operation on a stack.</summary>
internal sealed class StackCalls(EngineParts parts, StackEngine engine, Submission submission)
{
    private readonly StackStore _store = parts.Store;

    public AwsService On(AwsService service) => service
        .On("CreateStack", Create)
        .On("UpdateStack", Update)
        .On("DeleteStack", Delete)
        .On("CancelUpdateStack", Cancel)
        .On("ContinueUpdateRollback", ContinueRollback)
        .On("RollbackStack", Rollback);

    /// <summary>A new stack's record, not yet kept.</summary>
    public StackRecord NewStack(AwsRequest request, string name, string status) => new()
    {
        Id = request.Arn("cloudformation", $"stack/{name}/{Guid.NewGuid()}"),
        Name = name,
        Region = request.Region,
        AccountId = request.Caller.AccountId,
        Status = status,
        StatusReason = "User Initiated",
        Created = parts.Time.GetUtcNow(),
    };

    /// <summary>Begins an update whose input has been checked; the caller holds the gate.</summary>
    public void BeginUpdate(StackRecord stack, StackInput input, Func<StackRecord, StackRecord> also)
    {
        _store.Status(stack.Id, StackStatus.UpdateInProgress, "User Initiated", current => also(current).Begin("UPDATE_STACK", parts.Time.GetUtcNow()) with
        {
            // After a failed update without rollback the last settled input is still the one to return to.
            Stable = current.Stable ?? current.Current,
            Current = input,
            Updated = parts.Time.GetUtcNow(),
        });
        engine.Update(stack.Id);
    }

    public void BeginCreate(StackRecord stack, StackInput input)
    {
        _store.Put(stack.Begin("CREATE_STACK", parts.Time.GetUtcNow()) with { Current = input });
        _store.Status(stack.Id, StackStatus.CreateInProgress, "User Initiated");
        engine.Create(stack.Id);
    }

    public static void RequireUpdatable(StackRecord stack)
    {
        if (!StackStatus.CanUpdate(stack.Status))
        {
            throw Refusals.Invalid($"Stack:{stack.Id} is in {stack.Status} state and can not be updated.");
        }
    }

    private async Task<JsonObject> Create(AwsRequest request)
    {
        var name = Submission.Name(request, "StackName");
        var (template, input) = await submission.Read(request, null);
        var policy = await submission.Policy(request, "StackPolicy", template);
        var token = request.Text("ClientRequestToken");
        var disable = Submission.DisableRollback(request);
        var onFailure = request.Text("OnFailure") ?? (disable ? "DO_NOTHING" : "ROLLBACK");
        if (onFailure is not ("ROLLBACK" or "DELETE" or "DO_NOTHING"))
        {
            throw Refusals.Invalid($"OnFailure must be ROLLBACK, DELETE or DO_NOTHING, not {onFailure}.");
        }

        lock (_store.Gate)
        {
            if (_store.Find(name) is { } existing)
            {
                return token is not null && existing.Token == token
                    ? Answer(existing)
                    : throw new AwsException("AlreadyExistsException", $"Stack [{name}] already exists");
            }

            var stack = NewStack(request, name, StackStatus.CreateInProgress) with
            {
                Token = token,
                DisableRollback = disable,
                OnFailure = onFailure,
                TerminationProtection = request.Body.Flag("EnableTerminationProtection") ?? false,
                RetainExceptOnCreate = request.Body.Flag("RetainExceptOnCreate") ?? false,
                TimeoutMinutes = Submission.Timeout(request),
                Policy = policy,
            };
            BeginCreate(stack, input);
            return Answer(stack);
        }
    }

    private async Task<JsonObject> Update(AwsRequest request)
    {
        var stack = _store.Get(Submission.Member(request, "StackName"));
        var token = request.Text("ClientRequestToken");
        if (token is not null && stack.Token == token)
        {
            return Answer(stack);
        }

        RequireUpdatable(stack);
        var (template, input) = await submission.Read(request, stack.Current);
        var policy = await submission.Policy(request, "StackPolicy", template);
        var during = await submission.Policy(request, "StackPolicyDuringUpdate", template);
        var changes = await new ChangeList(_store, parts.Types).Of(stack, input, template);
        lock (_store.Gate)
        {
            stack = _store.Get(stack.Id);
            RequireUpdatable(stack);
            if (changes.Count == 0 && !OutputsChange(stack, template) && stack.Status != StackStatus.UpdateFailed)
            {
                throw Refusals.Invalid("No updates are to be performed.");
            }

            BeginUpdate(stack, input, current => current with
            {
                Token = token,
                DisableRollback = Submission.DisableRollback(request),
                RetainExceptOnCreate = request.Body.Flag("RetainExceptOnCreate") ?? false,
                PolicyInForce = during ?? current.Policy,
                Policy = policy ?? current.Policy,
            });
            return Answer(stack);
        }
    }

    /// <summary>Outputs are part of a stack though no resource changes.</summary>
    public static bool OutputsChange(StackRecord stack, Template template)
    {
        var old = TemplateParser.Parse(stack.Current!.Body);
        return old.Outputs.Count != template.Outputs.Count || template.Outputs.Values.Any(output => !(old.Outputs.TryGetValue(output.Name, out var before)
            && Values.Same(before.Value, output.Value) && Values.Same(before.ExportName, output.ExportName) && before.Condition == output.Condition && before.Description == output.Description));
    }

    private JsonObject Delete(AwsRequest request)
    {
        var name = Submission.Member(request, "StackName");
        var retain = request.Body.Texts("RetainResources");
        lock (_store.Gate)
        {
            // A stack that is not there counts as deleted.
            if (_store.Find(name) is not { IsGone: false } stack || stack.Status == StackStatus.DeleteInProgress)
            {
                return [];
            }

            if (stack.TerminationProtection)
            {
                throw Refusals.Invalid($"Stack [{stack.Name}] cannot be deleted while TerminationProtection is enabled");
            }

            if (StackStatus.InProgress(stack.Status) && stack.Status != StackStatus.CreateInProgress)
            {
                throw Refusals.Invalid($"Stack [{stack.Id}] cannot be deleted while in status {stack.Status}");
            }

            if (retain.Count > 0 && stack.Status != StackStatus.DeleteFailed)
            {
                throw Refusals.Invalid($"Invalid operation on stack [{stack.Id}]. RetainResources can be specified only for a stack in the DELETE_FAILED state.");
            }

            StackOutputs.CheckExports(_store, stack, []);
            foreach (var set in _store.ChangeSets(stack.Id).ToList())
            {
                _store.Forget(set);
            }

            engine.Cancel(stack.Id);
            var previous = engine.Idle(stack.Id);
            _store.Change(stack.Id, current => current with { Token = request.Text("ClientRequestToken"), LeftAlone = retain, OnFailure = "DO_NOTHING" });
            if (previous.IsCompleted)
            {
                _store.Status(stack.Id, StackStatus.DeleteInProgress, "User Initiated", current => current.Begin("DELETE_STACK", parts.Time.GetUtcNow()));
                engine.Continue(stack.Id);
            }
            else
            {
                engine.DeleteAfterwards(stack.Id);
            }

            return [];
        }
    }

    private JsonObject Cancel(AwsRequest request)
    {
        lock (_store.Gate)
        {
            var stack = _store.Get(Submission.Member(request, "StackName"));
            if (stack.Status != StackStatus.UpdateInProgress)
            {
                throw Refusals.Invalid($"CancelUpdateStack cannot be called from current stack status: {stack.Status}");
            }

            engine.Cancel(stack.Id);
            return [];
        }
    }

    private JsonObject ContinueRollback(AwsRequest request)
    {
        lock (_store.Gate)
        {
            var stack = _store.Get(Submission.Member(request, "StackName"));
            if (stack.Status != StackStatus.UpdateRollbackFailed)
            {
                throw Refusals.Invalid($"Stack:{stack.Id} is in {stack.Status} state and can not continue its rollback.");
            }

            var skip = request.Body.Texts("ResourcesToSkip");
            var wrong = skip.Where(id => _store.Resource(stack.Id, id)?.Status != ResourceStatus.UpdateFailed).ToList();
            if (wrong.Count > 0)
            {
                throw Refusals.Invalid($"The following resources to skip are not in UPDATE_FAILED state: [{string.Join(", ", wrong)}]");
            }

            _store.Status(stack.Id, StackStatus.UpdateRollbackInProgress, "User Initiated", current => current.Begin("CONTINUE_ROLLBACK", parts.Time.GetUtcNow()) with { Token = request.Text("ClientRequestToken"), LeftAlone = skip });
            engine.Continue(stack.Id);
            return [];
        }
    }

    private JsonObject Rollback(AwsRequest request)
    {
        lock (_store.Gate)
        {
            var stack = _store.Get(Submission.Member(request, "StackName"));
            var next = stack.Status switch
            {
                StackStatus.CreateFailed => StackStatus.RollbackInProgress,
                StackStatus.UpdateFailed => StackStatus.UpdateRollbackInProgress,
                _ => throw Refusals.Invalid($"Stack:{stack.Id} is in {stack.Status} state and can not be rolled back."),
            };
            var begun = _store.Status(stack.Id, next, "User Initiated", current => current.Begin("ROLLBACK", parts.Time.GetUtcNow()) with
            {
                Token = request.Text("ClientRequestToken"),
                RetainExceptOnCreate = request.Body.Flag("RetainExceptOnCreate") ?? false,
            });
            engine.Continue(stack.Id);
            return new JsonObject { ["StackId"] = stack.Id, ["OperationId"] = begun.Operations[0].Id };
        }
    }

    private static JsonObject Answer(StackRecord stack) => new() { ["StackId"] = stack.Id };
}
