using System.Text.Json.Nodes;
using Pipeline.LocalCloud.CloudFormation.Stacks;
using Pipeline.LocalCloud.CloudFormation.Templates;
using Pipeline.LocalCloud.Protocols;

namespace Pipeline.LocalCloud.CloudFormation.Calls;

/// <summary>Change sets: what would happen, and making it happen.</summary>
internal sealed class ChangeSetCalls(EngineParts parts, StackCalls stacks, Submission submission)
{
    private const string NoChanges = "The submitted information didn't contain changes. Submit different information to create a change set.";
    private readonly StackStore _store = parts.Store;

    public AwsService On(AwsService service) => service
        .On("CreateChangeSet", Create)
        .On("DescribeChangeSet", Describe)
        .On("ListChangeSets", List)
        .On("DeleteChangeSet", Delete)
        .On("ExecuteChangeSet", Execute);

    private async Task<JsonObject> Create(AwsRequest request)
    {
        var name = Submission.Name(request, "ChangeSetName");
        var type = request.Text("ChangeSetType") ?? "UPDATE";
        if (type is not ("CREATE" or "UPDATE"))
        {
            throw Refusals.Invalid($"ChangeSetType {type} is not supported by the embedded cloud.");
        }

        var stackName = Submission.Member(request, "StackName");
        var token = request.Text("ClientToken");
        if (_store.Find(stackName) is { } known && _store.ChangeSet(name, known.Id) is { } same && token is not null && same.Token == token)
        {
            return Answer(same);
        }

        var target = Target(request, stackName, type, name);
        var (template, input) = await submission.Read(request, target.Current);
        var changes = await new ChangeList(_store, parts.Types).Of(target, input, template);
        lock (_store.Gate)
        {
            // Somebody may have been quicker while the template was read.
            var stack = _store.Find(target.Id) ?? Target(request, stackName, type, name);
            if (_store.Find(stack.Id) is null)
            {
                _store.Put(stack);
                _store.Events.AddStack(stack);
            }

            var empty = type == "UPDATE" && changes.Count == 0 && !StackCalls.OutputsChange(stack, template);
            var set = new ChangeSetRecord
            {
                Id = request.Arn("cloudformation", $"changeSet/{name}/{Guid.NewGuid()}"),
                Name = name,
                StackId = stack.Id,
                StackName = stack.Name,
                Type = type,
                Status = empty ? "FAILED" : "CREATE_COMPLETE",
                StatusReason = empty ? NoChanges : null,
                ExecutionStatus = empty ? "UNAVAILABLE" : "AVAILABLE",
                Created = parts.Time.GetUtcNow(),
                Description = request.Text("Description"),
                Input = input,
                Changes = (JsonArray)JsonNode.Parse(Shown.Hidden(changes.ToJsonString(), template, input))!,
                Token = token,
                OnStackFailure = request.Text("OnStackFailure"),
                DisableRollback = Submission.DisableRollback(request),
            };
            _store.Put(set);
            return Answer(set);
        }
    }

    private StackRecord Target(AwsRequest request, string stackName, string type, string name)
    {
        var existing = _store.Find(stackName);
        if (existing is { IsGone: true })
        {
            throw Refusals.Invalid($"Stack [{stackName}] does not exist");
        }

        if (type == "CREATE")
        {
            if (existing is not null && existing.Status != StackStatus.ReviewInProgress)
            {
                throw Refusals.Invalid($"Stack [{stackName}] already exists and cannot be created again with the changeSet [{name}].");
            }
        }
        else if (existing is null)
        {
            throw Refusals.Invalid($"Stack [{stackName}] does not exist");
        }
        else
        {
            StackCalls.RequireUpdatable(existing);
        }

        return existing is not null && _store.ChangeSet(name, existing.Id) is not null
            ? throw new AwsException("AlreadyExistsException", $"ChangeSet {name} already exists in stack {stackName}")
            : existing ?? stacks.NewStack(request, Submission.Name(request, "StackName"), StackStatus.ReviewInProgress);
    }

    private JsonObject Describe(AwsRequest request)
    {
        var set = Find(request);
        var template = TemplateParser.Parse(set.Input.Body);
        var values = request.Body.Flag("IncludePropertyValues") ?? false;
        var answer = Paging.Page(request, "Changes", [.. set.Changes.OfType<JsonNode>()], change => values ? change.DeepClone() : WithoutValues(change));
        foreach (var (name, value) in Summary(set))
        {
            answer[name] = value?.DeepClone();
        }

        answer["Parameters"] = Shown.Parameters(set.Input, template);
        answer["Tags"] = Shown.Tags(set.Input.Tags);
        answer["Capabilities"] = Shown.Texts(set.Input.Capabilities);
        answer["NotificationARNs"] = Shown.Texts(set.Input.NotificationArns);
        answer["RollbackConfiguration"] = Shown.Rollback(set.Input.Rollback);
        answer["OnStackFailure"] = set.OnStackFailure;
        return answer;
    }

    private JsonObject List(AwsRequest request)
    {
        var stack = _store.Get(Submission.Member(request, "StackName"));
        return Paging.Page(request, "Summaries", [.. _store.ChangeSets(stack.Id).OrderBy(set => set.Created)], Summary);
    }

    private JsonObject Delete(AwsRequest request)
    {
        lock (_store.Gate)
        {
            var name = Submission.Member(request, "ChangeSetName");
            var set = _store.ChangeSet(name, request.Text("StackName"));
            if (set is null)
            {
                return [];
            }

            if (set.ExecutionStatus == "EXECUTE_IN_PROGRESS")
            {
                throw new AwsException("InvalidChangeSetStatus", $"An operation on ChangeSet [{set.Id}] is in progress.");
            }

            _store.Forget(set);
            return [];
        }
    }

    private JsonObject Execute(AwsRequest request)
    {
        lock (_store.Gate)
        {
            var set = Find(request);
            var token = request.Text("ClientRequestToken");
            var stack = _store.Get(set.StackId);
            if (token is not null && stack.Token == token && stack.ChangeSetId == set.Id)
            {
                return [];
            }

            if (set.ExecutionStatus != "AVAILABLE")
            {
                throw new AwsException("InvalidChangeSetStatus", $"ChangeSet [{set.Id}] cannot be executed in its current status of [{(set.Status == "FAILED" ? "FAILED" : set.ExecutionStatus)}]");
            }

            var disable = Submission.DisableRollback(request) || set.DisableRollback;
            StackRecord With(StackRecord current) => current with
            {
                Token = token,
                ChangeSetId = set.Id,
                DisableRollback = disable,
                RetainExceptOnCreate = request.Body.Flag("RetainExceptOnCreate") ?? false,
                PolicyInForce = current.Policy,
            };
            if (set.Type == "CREATE")
            {
                if (stack.Status != StackStatus.ReviewInProgress)
                {
                    throw new AwsException("InvalidChangeSetStatus", $"Stack [{stack.Id}] is in {stack.Status} state and can not be created by ChangeSet [{set.Id}]");
                }

                Spend(set, stack);
                stacks.BeginCreate(With(stack) with { OnFailure = set.OnStackFailure is "DELETE" or "DO_NOTHING" ? set.OnStackFailure : disable ? "DO_NOTHING" : "ROLLBACK" }, set.Input);
            }
            else
            {
                StackCalls.RequireUpdatable(stack);
                Spend(set, stack);
                stacks.BeginUpdate(stack, set.Input, With);
            }

            return [];
        }
    }

    private void Spend(ChangeSetRecord set, StackRecord stack)
    {
        foreach (var other in _store.ChangeSets(stack.Id).Where(other => other.Id != set.Id).ToList())
        {
            _store.Put(other with { ExecutionStatus = "OBSOLETE" });
        }

        _store.Put(set with { ExecutionStatus = "EXECUTE_COMPLETE" });
    }

    private ChangeSetRecord Find(AwsRequest request)
    {
        var name = Submission.Member(request, "ChangeSetName");
        return _store.ChangeSet(name, request.Text("StackName")) ?? throw new AwsException("ChangeSetNotFound", $"ChangeSet [{name}] does not exist", 404);
    }

    private static JsonNode WithoutValues(JsonNode change)
    {
        var copy = change.DeepClone();
        var resource = (JsonObject)copy["ResourceChange"]!;
        resource.Remove("BeforeContext");
        resource.Remove("AfterContext");
        foreach (var target in resource.Objects("Details").Select(detail => detail["Target"]).OfType<JsonObject>())
        {
            target.Remove("BeforeValue");
            target.Remove("AfterValue");
            target.Remove("Path");
            target.Remove("AttributeChangeType");
        }

        return copy;
    }

    private static JsonObject Summary(ChangeSetRecord set) => new()
    {
        ["StackId"] = set.StackId,
        ["StackName"] = set.StackName,
        ["ChangeSetId"] = set.Id,
        ["ChangeSetName"] = set.Name,
        ["ExecutionStatus"] = set.ExecutionStatus,
        ["Status"] = set.Status,
        ["StatusReason"] = set.StatusReason,
        ["CreationTime"] = Time.Iso(set.Created),
        ["Description"] = set.Description,
        ["IncludeNestedStacks"] = false,
    };

    private static JsonObject Answer(ChangeSetRecord set) => new() { ["Id"] = set.Id, ["StackId"] = set.StackId };
}
