using Amazon.CloudFormation.Model;
using Pipeline.Outcomes;

namespace Pipeline.Aws;

/// <summary>CloudFormation stacks and their change sets.</summary>
/// <remarks>Every member throws <see cref="AwsRefusedException"/> or <see cref="AwsUnreachableException"/>; throttled calls were retried before.</remarks>
public sealed class Stacks(AwsConnection aws)
{
    private const int LargestTemplate = 51_200;
    private static readonly string[] Capabilities = ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"];

    /// <summary>The stack now; <c>null</c>: there is none of that name (a deleted one is found by its id only).</summary>
    public async Task<StackState?> Describe(string stack, CancellationToken cancel)
    {
        try
        {
            var answer = await aws.Ask($"describe stack '{stack}'", () => aws.CloudFormation.DescribeStacksAsync(new DescribeStacksRequest { StackName = stack }, cancel), cancel).ConfigureAwait(false);
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
            var answer = await aws.Ask($"read the template of stack '{stack}'", () => aws.CloudFormation.GetTemplateAsync(new GetTemplateRequest { StackName = stack }, cancel), cancel).ConfigureAwait(false);
            return answer.TemplateBody;
        }
        catch (AwsRefusedException e) when (IsMissing(e))
        {
            return null;
        }
    }

    /// <summary>Asks for a change set; AWS makes it afterwards.</summary>
    /// <returns>its ARN</returns>
    /// <exception cref="PipelineException">the template is too large to be sent</exception>
    public async Task<string> CreateChangeSet(ChangeSetRequest request, CancellationToken cancel)
    {
        var size = System.Text.Encoding.UTF8.GetByteCount(request.Template);
        if (size > LargestTemplate)
        {
            throw new PipelineException(
                ExitCode.Usage,
                $"The template of stack '{request.Stack}' has {size:N0} bytes, and CloudFormation takes {LargestTemplate:N0}.",
                new Detail("next", "split the stack in two"));
        }

        var answer = await aws.Ask(
            $"create change set '{request.Name}' of stack '{request.Stack}'",
            () => aws.CloudFormation.CreateChangeSetAsync(
                new CreateChangeSetRequest
                {
                    StackName = request.Stack,
                    ChangeSetName = request.Name,
                    ChangeSetType = request.CreatesStack ? "CREATE" : "UPDATE",
                    TemplateBody = request.Template,
                    Parameters = [.. request.Parameters.Select(p => new Parameter { ParameterKey = p.Key, ParameterValue = p.Value })],
                    Tags = [.. request.Tags.Select(t => new Tag { Key = t.Key, Value = t.Value })],
                    Capabilities = [.. Capabilities],
                    Description = request.Description,
                    ClientToken = request.ClientToken,
                    RoleARN = request.RoleArn,
                },
                cancel),
            cancel).ConfigureAwait(false);
        return answer.Id;
    }

    /// <summary>The change set now, with all of its changes.</summary>
    /// <param name="changeSet">its ARN</param>
    public async Task<ChangeSet> DescribeChangeSet(string changeSet, CancellationToken cancel)
    {
        DescribeChangeSetResponse? first = null;
        var changes = await aws.AskAll(
            $"describe change set '{changeSet}'",
            token => aws.CloudFormation.DescribeChangeSetAsync(new DescribeChangeSetRequest { ChangeSetName = changeSet, IncludePropertyValues = true, NextToken = token }, cancel),
            page =>
            {
                first ??= page;
                return (page.Changes, page.NextToken);
            },
            cancel).ConfigureAwait(false);
        return StackReader.ChangeSet(first!, changes);
    }

    /// <summary>Starts to make the stack what the change set says; the stack's state and events tell how it goes.</summary>
    /// <param name="changeSet">its ARN</param>
    /// <param name="clientToken">the same token twice is one operation; it is on every event of it</param>
    public Task Execute(string changeSet, string clientToken, CancellationToken cancel) => aws.Ask(
        $"execute change set '{changeSet}'",
        () => aws.CloudFormation.ExecuteChangeSetAsync(new ExecuteChangeSetRequest { ChangeSetName = changeSet, ClientRequestToken = clientToken }, cancel),
        cancel);

    /// <summary>Deletes a change set that was not executed; one that is gone is fine.</summary>
    /// <param name="changeSet">its ARN</param>
    public async Task DeleteChangeSet(string changeSet, CancellationToken cancel)
    {
        try
        {
            await aws.Ask($"delete change set '{changeSet}'", () => aws.CloudFormation.DeleteChangeSetAsync(new DeleteChangeSetRequest { ChangeSetName = changeSet }, cancel), cancel).ConfigureAwait(false);
        }
        catch (AwsRefusedException e) when (e.Code is "ChangeSetNotFound" or "ChangeSetNotFoundException")
        {
            // Gone is what was asked for.
        }
    }

    /// <summary>What happened, newest first, back to an event that is known already or to a time.</summary>
    /// <param name="stack">name or ARN; a deleted stack only has the ARN</param>
    /// <param name="since">older events are left out</param>
    /// <param name="after">id of an event: it and older ones are left out; <c>null</c>: only <paramref name="since"/> counts</param>
    public async Task<IReadOnlyList<StackEvent>> Events(string stack, DateTimeOffset since, string? after, CancellationToken cancel)
    {
        var events = new List<StackEvent>();
        string? token = null;
        do
        {
            var at = token;
            var page = await aws.Ask($"read the events of stack '{stack}'", () => aws.CloudFormation.DescribeStackEventsAsync(new DescribeStackEventsRequest { StackName = stack, NextToken = at }, cancel), cancel).ConfigureAwait(false);
            foreach (var next in (page.StackEvents ?? []).Select(StackReader.Event))
            {
                if (next.Id == after || next.Time < since)
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
    public async Task<IReadOnlyDictionary<string, string>> Resources(string stack, CancellationToken cancel)
    {
        var resources = await aws.AskAll(
            $"list the resources of stack '{stack}'",
            token => aws.CloudFormation.ListStackResourcesAsync(new ListStackResourcesRequest { StackName = stack, NextToken = token }, cancel),
            page => (page.StackResourceSummaries, page.NextToken),
            cancel).ConfigureAwait(false);
        return resources.Where(r => r.PhysicalResourceId is not null).ToDictionary(r => r.LogicalResourceId, r => r.PhysicalResourceId, StringComparer.Ordinal);
    }

    /// <summary>Starts to delete a stack; one that is gone is fine.</summary>
    /// <param name="stack">name or ARN</param>
    /// <param name="clientToken">the same token twice is one operation</param>
    public Task Delete(string stack, string clientToken, CancellationToken cancel) => aws.Ask(
        $"delete stack '{stack}'",
        () => aws.CloudFormation.DeleteStackAsync(new DeleteStackRequest { StackName = stack, ClientRequestToken = clientToken }, cancel),
        cancel);

    /// <summary>Stops a running update: the stack goes back to what it was. Only <c>UPDATE_IN_PROGRESS</c> takes it.</summary>
    /// <param name="stack">name or ARN</param>
    /// <param name="clientToken">the same token twice is one operation</param>
    public Task CancelUpdate(string stack, string clientToken, CancellationToken cancel) => aws.Ask(
        $"cancel the update of stack '{stack}'",
        () => aws.CloudFormation.CancelUpdateStackAsync(new CancelUpdateStackRequest { StackName = stack, ClientRequestToken = clientToken }, cancel),
        cancel);

    /// <summary>Lets a rollback that got stuck (<c>UPDATE_ROLLBACK_FAILED</c>) try once more, without skipping any resource.</summary>
    /// <param name="stack">name or ARN</param>
    /// <param name="clientToken">the same token twice is one operation</param>
    public Task ContinueRollback(string stack, string clientToken, CancellationToken cancel) => aws.Ask(
        $"continue the rollback of stack '{stack}'",
        () => aws.CloudFormation.ContinueUpdateRollbackAsync(new ContinueUpdateRollbackRequest { StackName = stack, ClientRequestToken = clientToken }, cancel),
        cancel);

    /// <summary>AWS has one code for every invalid request; only the sentence tells a missing stack.</summary>
    private static bool IsMissing(AwsRefusedException e) => e.Code == "ValidationError" && e.Message.Contains("does not exist", StringComparison.Ordinal);
}
