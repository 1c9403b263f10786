using System.Text.Json.Nodes;
using Pipeline.LocalCloud.CloudFormation.Stacks;
using Pipeline.LocalCloud.CloudFormation.Templates;
using Pipeline.LocalCloud.Protocols;

namespace Pipeline.LocalCloud.CloudFormation.Calls;

/// <summary>Calls that only look.</summary>
internal sealed class ReadCalls(EngineParts parts, Submission submission)
{
    private readonly StackStore _store = parts.Store;

    public AwsService On(AwsService service) => service
        .On("DescribeStacks", Stacks)
        .On("ListStacks", ListStacks)
        .On("DescribeStackResources", Resources)
        .On("DescribeStackResource", Resource)
        .On("ListStackResources", ListResources)
        .On("GetTemplate", GetTemplate)
        .On("GetTemplateSummary", Summary)
        .On("ValidateTemplate", Validate)
        .On("ListExports", Exports)
        .On("ListImports", Imports)
        .On("DescribeAccountLimits", _ => Limits());

    private JsonObject Stacks(AwsRequest request)
    {
        var stacks = request.Text("StackName") is { Length: > 0 } name
            ? [_store.Get(name)]
            : _store.Stacks.Where(stack => !stack.IsGone && stack.Region == request.Region).OrderByDescending(stack => stack.Created).ToList();
        return Paging.Page(request, "Stacks", stacks, stack => Shown.Stack(stack, _store.LatestDetection(stack.Id)));
    }

    private JsonObject ListStacks(AwsRequest request)
    {
        var filter = request.Body.Texts("StackStatusFilter");
        var stacks = _store.Stacks.Where(stack => stack.Region == request.Region && (filter.Count == 0 || filter.Contains(stack.Status))).OrderByDescending(stack => stack.Created).ToList();
        return Paging.Page(request, "StackSummaries", stacks, stack => new JsonObject
        {
            ["StackId"] = stack.Id,
            ["StackName"] = stack.Name,
            ["TemplateDescription"] = stack.Current is null ? null : TemplateParser.Parse(stack.Current.Body).Description,
            ["CreationTime"] = Time.Iso(stack.Created),
            ["LastUpdatedTime"] = stack.Updated is { } updated ? Time.Iso(updated) : null,
            ["DeletionTime"] = stack.Deleted is { } deleted ? Time.Iso(deleted) : null,
            ["StackStatus"] = stack.Status,
            ["StackStatusReason"] = stack.StatusReason,
            ["DriftInformation"] = Shown.Drift(_store.LatestDetection(stack.Id)),
            ["LastOperations"] = Shown.Operations(stack),
            ["ParentId"] = stack.ParentId,
            ["RootId"] = stack.RootId,
        });
    }

    private JsonObject Resources(AwsRequest request)
    {
        var physical = request.Text("PhysicalResourceId");
        var stack = request.Text("StackName") is { Length: > 0 } name ? _store.Get(name)
            : _store.Stacks.FirstOrDefault(candidate => !candidate.IsGone && _store.Resources(candidate.Id).Any(resource => !resource.IsGone && resource.Now.PhysicalId == physical))
                ?? throw Refusals.Invalid($"Stack for {physical} does not exist");
        var logical = request.Text("LogicalResourceId");
        return new JsonObject
        {
            ["StackResources"] = new JsonArray([.. _store.Resources(stack.Id).Where(resource => logical is null || resource.LogicalId == logical).Select(resource =>
            {
                var shown = Shown.Resource(resource, "Timestamp", _store.Drift(resource));
                shown["StackName"] = stack.Name;
                shown["StackId"] = stack.Id;
                return shown;
            })]),
        };
    }

    private JsonObject Resource(AwsRequest request)
    {
        var stack = _store.Get(Submission.Member(request, "StackName"));
        var id = Submission.Member(request, "LogicalResourceId");
        var resource = _store.Resources(stack.Id).FirstOrDefault(candidate => candidate.LogicalId == id)
            ?? throw Refusals.Invalid($"Resource {id} does not exist for stack {stack.Name}");
        var shown = Shown.Resource(resource, "LastUpdatedTimestamp", _store.Drift(resource));
        shown["StackName"] = stack.Name;
        shown["StackId"] = stack.Id;
        shown["Metadata"] = stack.Current is null ? null : TemplateParser.Parse(stack.Current.Body).Resources.GetValueOrDefault(id)?.Metadata?.ToJsonString();
        return new JsonObject { ["StackResourceDetail"] = shown };
    }

    private JsonObject ListResources(AwsRequest request)
    {
        var stack = _store.Get(Submission.Member(request, "StackName"));
        return Paging.Page(request, "StackResourceSummaries", _store.Resources(stack.Id), resource => Shown.Resource(resource, "LastUpdatedTimestamp", _store.Drift(resource)));
    }

    private JsonObject GetTemplate(AwsRequest request)
    {
        var body = request.Text("ChangeSetName") is { Length: > 0 } name
            ? (_store.ChangeSet(name) ?? (request.Text("StackName") is { } owner && _store.Find(owner) is { } of ? _store.ChangeSets(of.Id).FirstOrDefault(set => set.Name == name) : null)
                ?? throw new AwsException("ChangeSetNotFound", $"ChangeSet [{name}] does not exist", 404)).Input.Body
            : _store.Get(Submission.Member(request, "StackName")).Current?.Body ?? "{}";
        return new JsonObject { ["TemplateBody"] = body, ["StagesAvailable"] = new JsonArray("Original", "Processed") };
    }

    private async Task<JsonObject> Summary(AwsRequest request)
    {
        var body = request.Text("StackName") is { Length: > 0 } name ? _store.Get(name).Current?.Body ?? "{}" : await submission.Body(request, null);
        var template = TemplateParser.Parse(body);
        var answer = Declared(template, parameter => new JsonObject
        {
            ["ParameterKey"] = parameter.Name,
            ["DefaultValue"] = parameter.Default,
            ["ParameterType"] = parameter.Type,
            ["NoEcho"] = parameter.NoEcho,
            ["Description"] = parameter.Description,
            ["ParameterConstraints"] = new JsonObject { ["AllowedValues"] = new JsonArray([.. parameter.AllowedValues.Select(value => JsonValue.Create(value))]) },
        });
        answer["ResourceTypes"] = new JsonArray([.. template.Resources.Values.Select(resource => resource.Type).Distinct().Select(type => JsonValue.Create(type))]);
        answer["Version"] = "2010-09-09";
        answer["Metadata"] = template.Metadata?.ToJsonString();
        var unknown = template.Resources.Values.Select(resource => resource.Type).Distinct().Where(type => parts.Types.Find(type) is null).ToList();
        if (unknown.Count > 0)
        {
            answer["Warnings"] = request.Body.Object("TemplateSummaryConfig")?.Flag("TreatUnrecognizedResourceTypesAsWarnings") == true
                ? new JsonObject { ["UnrecognizedResourceTypes"] = Shown.Texts(unknown) }
                : throw Refusals.Format($"Unrecognized resource types: [{string.Join(", ", unknown)}]");
        }

        return answer;
    }

    private async Task<JsonObject> Validate(AwsRequest request)
    {
        var template = TemplateParser.Parse(await submission.Body(request, null));
        TemplateCheck.Run(template, parts.Types);
        return Declared(template, parameter => new JsonObject
        {
            ["ParameterKey"] = parameter.Name,
            ["DefaultValue"] = parameter.Default,
            ["NoEcho"] = parameter.NoEcho,
            ["Description"] = parameter.Description,
        });
    }

    private JsonObject Exports(AwsRequest request) =>
        Paging.Page(request, "Exports", [.. _store.Exports(request.Region).OrderBy(export => export.Output.ExportName, StringComparer.Ordinal)], export => new JsonObject
        {
            ["ExportingStackId"] = export.Stack.Id,
            ["Name"] = export.Output.ExportName,
            ["Value"] = export.Output.Value,
        });

    private JsonObject Imports(AwsRequest request)
    {
        var name = Submission.Member(request, "ExportName");
        var users = _store.Importers(request.Region, name).Select(stack => stack.Name).Order(StringComparer.Ordinal).ToList();
        return users.Count == 0
            ? throw Refusals.Invalid($"Export '{name}' is not imported by any stack.")
            : Paging.Page(request, "Imports", users, user => JsonValue.Create(user));
    }

    private static JsonObject Limits() => new()
    {
        ["AccountLimits"] = new JsonArray(
            new JsonObject { ["Name"] = "StackLimit", ["Value"] = 2000 },
            new JsonObject { ["Name"] = "StackOutputsLimit", ["Value"] = 200 },
            new JsonObject { ["Name"] = "ConcurrentResourcesLimit", ["Value"] = 2500 }),
    };

    private static JsonObject Declared(Template template, Func<ParameterDefinition, JsonObject> show)
    {
        var capabilities = TemplateCheck.Capabilities(template);
        return new JsonObject
        {
            ["Parameters"] = new JsonArray([.. template.Parameters.Values.Select(show)]),
            ["Description"] = template.Description,
            ["Capabilities"] = new JsonArray([.. capabilities.Select(capability => JsonValue.Create(capability))]),
            ["CapabilitiesReason"] = capabilities.Count == 0 ? null : $"The following resource(s) require capabilities: [{string.Join(", ", template.Resources.Values.Select(resource => resource.Type).Where(type => type.StartsWith("AWS::IAM::", StringComparison.Ordinal)).Distinct())}]",
            ["DeclaredTransforms"] = new JsonArray(),
        };
    }
}
