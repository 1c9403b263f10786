using Amazon.CloudFormation.Model;

namespace Pipeline.Aws;

/// <summary>CloudFormation stacks, their change sets and their drift.</summary>
/// <remarks>
/// Every member throws <see cref="AwsRefusedException"/> or <see cref="AwsUnreachableException"/>. Reads were repeated before where
/// that may help (<see cref="Passing"/>); what changes something is asked for once, and <see cref="StackOperations.Mutation"/> repeats it.
/// </remarks>
public sealed partial class Stacks(AwsConnection aws)
{
    /// <summary>The stack now; <c>null</c>: there is none of that name (a deleted one is found by its id only).</summary>
    public async Task<StackState?> Describe(string stack, CancellationToken cancel)
    {
        try
        {
            var answer = await aws.AskRepeatedly($"describe stack '{stack}'", () => aws.CloudFormation.DescribeStacksAsync(new DescribeStacksRequest { StackName = stack }, cancel), cancel).ConfigureAwait(false);
            return answer.Stacks?.Select(StackReader.State).FirstOrDefault();
        }
        catch (AwsRefusedException e) when (IsMissing(e))
        {
            return null;
        }
    }

    /// <summary>Every stack that exists.</summary>
    /// <param name="prefix">of their names</param>
    public async Task<IReadOnlyList<StackState>> List(string prefix, CancellationToken cancel)
    {
        var stacks = await aws.AskAll(
            "list stacks",
            token => aws.CloudFormation.DescribeStacksAsync(new DescribeStacksRequest { NextToken = token }, cancel),
            page => (page.Stacks, page.NextToken),
            cancel).ConfigureAwait(false);
        return [.. stacks.Where(s => s.StackName.StartsWith(prefix, StringComparison.Ordinal)).Select(StackReader.State)];
    }

    /// <summary>The template as it was deployed; <c>null</c>: there is no such stack.</summary>
    public async Task<string?> Template(string stack, CancellationToken cancel)
    {
        try
        {
            var answer = await aws.AskRepeatedly($"read the template of stack '{stack}'", () => aws.CloudFormation.GetTemplateAsync(new GetTemplateRequest { StackName = stack }, cancel), cancel).ConfigureAwait(false);
            return answer.TemplateBody;
        }
        catch (AwsRefusedException e) when (IsMissing(e))
        {
            return null;
        }
    }

    /// <summary>The stack policy, JSON; <c>null</c>: it has none.</summary>
    public async Task<string?> Policy(string stack, CancellationToken cancel)
    {
        var answer = await aws.AskRepeatedly($"read the policy of stack '{stack}'", () => aws.CloudFormation.GetStackPolicyAsync(new GetStackPolicyRequest { StackName = stack }, cancel), cancel).ConfigureAwait(false);
        return string.IsNullOrEmpty(answer.StackPolicyBody) ? null : answer.StackPolicyBody;
    }

    /// <summary>What happened, newest first, back to an event that is known already or to a time.</summary>
    /// <param name="stack">name or ARN; a deleted stack only has the ARN</param>
    /// <param name="since">older events are left out</param>
    /// <param name="after">id of an event: it and older ones are left out; <c>null</c>: only <paramref name="since"/> counts</param>
    public Task<IReadOnlyList<StackEvent>> Events(string stack, DateTimeOffset since, string? after, CancellationToken cancel) =>
        Events(stack, next => next.Id != after && next.Time >= since, cancel);

    /// <summary>What happened, newest first, as long as a condition holds.</summary>
    /// <param name="stack">name or ARN; a deleted stack only has the ARN</param>
    /// <param name="wanted">the first event for which it is false ends the reading</param>
    public async Task<IReadOnlyList<StackEvent>> Events(string stack, Func<StackEvent, bool> wanted, CancellationToken cancel)
    {
        var events = new List<StackEvent>();
        string? token = null;
        do
        {
            var at = token;
            var page = await aws.AskRepeatedly($"read the events of stack '{stack}'", () => aws.CloudFormation.DescribeStackEventsAsync(new DescribeStackEventsRequest { StackName = stack, NextToken = at }, cancel), cancel).ConfigureAwait(false);
            foreach (var next in (page.StackEvents ?? []).Select(StackReader.Event))
            {
                if (!wanted(next))
                {
                    return events;
                }

                events.Add(next);
            }

            token = page.NextToken;
        }
        while (!string.IsNullOrEmpty(token));
        return events;
    }

    /// <summary>The physical names of a stack's resources by logical id.</summary>
    public async Task<IReadOnlyDictionary<string, string>> Resources(string stack, CancellationToken cancel) =>
        (await ResourceStates(stack, cancel).ConfigureAwait(false)).Where(r => r.PhysicalId is not null).ToDictionary(r => r.LogicalId, r => r.PhysicalId!, StringComparer.Ordinal);

    /// <summary>Every resource of a stack, also those that are gone or were kept when they should have gone.</summary>
    public async Task<IReadOnlyList<StackResourceState>> ResourceStates(string stack, CancellationToken cancel)
    {
        var resources = await aws.AskAll(
            $"list the resources of stack '{stack}'",
            token => aws.CloudFormation.ListStackResourcesAsync(new ListStackResourcesRequest { StackName = stack, NextToken = token }, cancel),
            page => (page.StackResourceSummaries, page.NextToken),
            cancel).ConfigureAwait(false);
        return [.. resources.Where(r => r.LogicalResourceId is not null).Select(StackReader.Resource)];
    }

    /// <summary>AWS has one code for every invalid request; only the sentence tells a missing stack.</summary>
    private static bool IsMissing(AwsRefusedException e) => e.Code == "ValidationError" && e.Message.Contains("does not exist", StringComparison.Ordinal);
}
