using System.Text.Json.Nodes;
using Pipeline.LocalCloud.CloudFormation.Stacks;
using Pipeline.LocalCloud.CloudFormation.Templates;
using Pipeline.LocalCloud.Protocols;

namespace Pipeline.LocalCloud.CloudFormation.Calls;

/// <summary>Drift: looking for it, and what was found. A detection is over when its call is answered.</summary>
internal sealed class DriftCalls(EngineParts parts)
{
    private readonly StackStore _store = parts.Store;
    private readonly DriftDetector _detector = new(parts);

    public AwsService On(AwsService service) => service
        .On("DetectStackDrift", Detect)
        .On("DetectStackResourceDrift", DetectOne)
        .On("DescribeStackDriftDetectionStatus", Status)
        .On("DescribeStackResourceDrifts", Describe);

    private async Task<JsonObject> Detect(AwsRequest request)
    {
        var stack = Settled(request);
        var only = request.Body.Texts("LogicalResourceIds");
        if (only.FirstOrDefault(id => _store.Resource(stack.Id, id) is null) is { } unknown)
        {
            throw Refusals.Invalid($"Resource {unknown} does not exist for stack {stack.Name}");
        }

        return new JsonObject { ["StackDriftDetectionId"] = (await _detector.Detect(stack, only)).Id };
    }

    private async Task<JsonObject> DetectOne(AwsRequest request)
    {
        var stack = Settled(request);
        var id = Submission.Member(request, "LogicalResourceId");
        var resource = _store.Resource(stack.Id, id) ?? throw Refusals.Invalid($"Resource {id} does not exist for stack {stack.Name}");
        var drift = await _detector.Detect(stack, resource) ?? throw Refusals.Invalid($"Drift detection is not supported on resource type {resource.Type}");
        return new JsonObject { ["StackResourceDrift"] = Shown(drift, stack) };
    }

    private JsonObject Status(AwsRequest request)
    {
        var id = Submission.Member(request, "StackDriftDetectionId");
        var detection = _store.Detection(id) ?? throw Refusals.Invalid($"Drift detection {id} does not exist.");
        return new JsonObject
        {
            ["StackId"] = detection.StackId,
            ["StackDriftDetectionId"] = detection.Id,
            ["StackDriftStatus"] = detection.Status,
            ["DetectionStatus"] = "DETECTION_COMPLETE",
            ["DriftedStackResourceCount"] = detection.Drifted,
            ["Timestamp"] = Time.Iso(detection.Time),
        };
    }

    private JsonObject Describe(AwsRequest request)
    {
        var stack = _store.Get(Submission.Member(request, "StackName"));
        var filters = request.Body.Texts("StackResourceDriftStatusFilters");
        var drifts = _store.Resources(stack.Id).Select(resource => _store.Drift(resource)).OfType<ResourceDrift>().Where(drift => filters.Count == 0 || filters.Contains(drift.Status)).ToList();
        return Paging.Page(request, "StackResourceDrifts", drifts, drift => Shown(drift, stack), request.Body.Int("MaxResults") ?? 100);
    }

    private StackRecord Settled(AwsRequest request)
    {
        var stack = _store.Get(Submission.Member(request, "StackName"));
        return stack.Status is StackStatus.CreateComplete or StackStatus.UpdateComplete or StackStatus.UpdateRollbackComplete or StackStatus.UpdateRollbackFailed
            ? stack
            : throw Refusals.Invalid($"Drift detection cannot be performed on stack [{stack.Id}] while it is in state [{stack.Status}]");
    }

    private static JsonObject Shown(ResourceDrift drift, StackRecord stack) => new()
    {
        ["StackId"] = drift.StackId,
        ["LogicalResourceId"] = drift.LogicalId,
        ["PhysicalResourceId"] = drift.PhysicalId,
        ["ResourceType"] = drift.Type,
        ["ExpectedProperties"] = Hidden(drift.Expected, stack),
        ["ActualProperties"] = Hidden(drift.Actual, stack),
        ["PropertyDifferences"] = new JsonArray([.. drift.Differences.Select(difference => new JsonObject
        {
            ["PropertyPath"] = difference.Path,
            ["ExpectedValue"] = Hidden(difference.Expected, stack) ?? "null",
            ["ActualValue"] = Hidden(difference.Actual, stack) ?? "null",
            ["DifferenceType"] = difference.Type,
        })]),
        ["StackResourceDriftStatus"] = drift.Status,
        ["Timestamp"] = Time.Iso(drift.Time),
    };

    private static string? Hidden(string? text, StackRecord stack) => text is null ? null : Calls.Shown.Hidden(text, TemplateParser.Parse(stack.Current!.Body), stack.Current);
}
