using Amazon.CloudFormation.Model;

namespace Pipeline.Aws;

/// <content>Drift: what somebody changed past CloudFormation.</content>
public sealed partial class Stacks
{
    /// <summary>Starts to compare a stack's resources with its template.</summary>
    /// <returns>id of the comparison</returns>
    public async Task<string> DetectDrift(string stack, CancellationToken cancel) => (await aws.AskRepeatedly(
        $"detect the drift of stack '{stack}'",
        () => aws.CloudFormation.DetectStackDriftAsync(new DetectStackDriftRequest { StackName = stack }, cancel),
        cancel).ConfigureAwait(false)).StackDriftDetectionId;

    /// <summary>How far a comparison is.</summary>
    /// <param name="detection">its id</param>
    public async Task<DriftDetection> DriftDetection(string detection, CancellationToken cancel)
    {
        var answer = await aws.AskRepeatedly(
            $"ask for drift detection '{detection}'",
            () => aws.CloudFormation.DescribeStackDriftDetectionStatusAsync(new DescribeStackDriftDetectionStatusRequest { StackDriftDetectionId = detection }, cancel),
            cancel).ConfigureAwait(false);
        return new DriftDetection(answer.DetectionStatus, answer.StackDriftStatus, answer.DetectionStatusReason);
    }

    /// <summary>What the last comparison found of each resource that could be compared.</summary>
    public async Task<IReadOnlyList<ResourceDrift>> Drifts(string stack, CancellationToken cancel)
    {
        var drifts = await aws.AskAll(
            $"read the drift of stack '{stack}'",
            token => aws.CloudFormation.DescribeStackResourceDriftsAsync(new DescribeStackResourceDriftsRequest { StackName = stack, NextToken = token }, cancel),
            page => (page.StackResourceDrifts, page.NextToken),
            cancel).ConfigureAwait(false);
        return [.. drifts.Select(d => new ResourceDrift(d.LogicalResourceId, d.ResourceType, d.StackResourceDriftStatus)
        {
            Differences = [.. (d.PropertyDifferences ?? []).Select(p => new PropertyDrift(p.PropertyPath, p.ExpectedValue, p.ActualValue))],
        })];
    }
}
