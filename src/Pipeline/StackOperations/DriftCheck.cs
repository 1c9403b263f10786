using Pipeline.Aws;
using Pipeline.Outcomes;

namespace Pipeline.StackOperations;

/// <summary>Finds what somebody changed past CloudFormation. It is a report: nothing waits for it and nothing is stopped by it.</summary>
public sealed class DriftCheck(Stacks stacks, StackRules rules)
{
    /// <summary>Compares one stack with its template.</summary>
    /// <param name="stack">its key in the configuration</param>
    /// <param name="stackName">as CloudFormation knows it</param>
    public async Task<StackDrift> Of(string stack, string stackName, CancellationToken cancel)
    {
        if (await stacks.Describe(stackName, cancel).ConfigureAwait(false) is not { } found)
        {
            return new StackDrift(stack, stackName) { NotChecked = "there is no such stack" };
        }

        try
        {
            var detection = await Detect(found, cancel).ConfigureAwait(false);
            // A failed detection may still have compared some resources.
            return new StackDrift(stack, stackName)
            {
                Resources = (await stacks.ResourceStates(found.Id, cancel).ConfigureAwait(false)).Count(r => r.Status is not ("DELETE_COMPLETE" or "DELETE_SKIPPED")),
                Compared = [.. (await stacks.Drifts(found.Id, cancel).ConfigureAwait(false)).Where(d => d.Status is "IN_SYNC" or "MODIFIED" or "DELETED")],
                NotChecked = detection.Status == "DETECTION_FAILED" ? detection.Reason ?? "the detection failed without a reason" : null,
            };
        }
        catch (AwsRefusedException e) when (e.Kind == RefusalKind.Denied)
        {
            return new StackDrift(stack, stackName) { NotChecked = e.Message };
        }
    }

    private async Task<DriftDetection> Detect(StackState stack, CancellationToken cancel)
    {
        var id = await stacks.DetectDrift(stack.Id, cancel).ConfigureAwait(false);
        return await Polling.Until(async () =>
        {
            var detection = await stacks.DriftDetection(id, cancel).ConfigureAwait(false);
            return (detection.Status != "DETECTION_IN_PROGRESS", detection);
        }, rules.Interval, rules.Patience, () => new PipelineException(ExitCode.Unknown, $"The drift detection of stack {stack.Name} has not come to an end.", new Detail("next", "the same command again")), cancel).ConfigureAwait(false);
    }
}

/// <summary>What a comparison of a stack with its template found.</summary>
/// <param name="Stack">its key in the configuration</param>
/// <param name="StackName">as CloudFormation knows it</param>
public sealed record StackDrift(string Stack, string StackName)
{
    /// <summary>How many resources it has.</summary>
    public int Resources { get; init; }

    /// <summary>Those that CloudFormation could compare; only properties that the template gives are looked at, and nested stacks are not entered.</summary>
    public IReadOnlyList<ResourceDrift> Compared { get; init; } = [];

    /// <summary>Why it was not, or not fully, compared; <c>null</c>: it was.</summary>
    public string? NotChecked { get; init; }

    /// <summary>Those that are not as the template says.</summary>
    public IEnumerable<ResourceDrift> Drifted => Compared.Where(d => d.Status != "IN_SYNC");
}
