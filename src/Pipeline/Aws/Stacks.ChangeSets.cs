using System.Text;
using Amazon.CloudFormation.Model;
using Pipeline.Outcomes;

namespace Pipeline.Aws;

/// <content>Change sets: what would happen, and making it happen.</content>
public sealed partial class Stacks
{
    /// <summary>The most bytes of a template that a request may hold; a larger one is read from S3.</summary>
    public const int LargestTemplateInRequest = 51_200;

    /// <summary>The most bytes of a template that CloudFormation reads from S3.</summary>
    public const int LargestTemplate = 1_000_000;

    private static readonly string[] Capabilities = ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"];

    /// <summary>Asks for a change set; AWS makes it afterwards.</summary>
    /// <returns>its ARN</returns>
    /// <exception cref="PipelineException">the template is too large to be sent, and no address was given</exception>
    public async Task<string> CreateChangeSet(ChangeSetRequest request, CancellationToken cancel)
    {
        var size = Encoding.UTF8.GetByteCount(request.Template);
        if (size > LargestTemplateInRequest && request.TemplateUrl is null)
        {
            throw new PipelineException(
                ExitCode.Usage,
                $"The template of stack '{request.Stack}' has {size:N0} bytes, and CloudFormation takes {LargestTemplateInRequest:N0} in a request.",
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
                    TemplateBody = request.TemplateUrl is null ? request.Template : null,
                    TemplateURL = request.TemplateUrl?.AbsoluteUri,
                    Parameters = [.. request.Parameters.Select(p => new Parameter { ParameterKey = p.Key, ParameterValue = p.Value })],
                    Tags = [.. request.Tags.Select(t => new Tag { Key = t.Key, Value = t.Value })],
                    Capabilities = [.. Capabilities],
                    Description = request.Description,
                    ClientToken = request.ClientToken,
                    RoleARN = request.RoleArn,
                    IncludeNestedStacks = request.HasNestedStacks ? true : null,
                },
                cancel),
            cancel).ConfigureAwait(false);
        return answer.Id;
    }

    /// <summary>The change set now, with all of its changes.</summary>
    /// <param name="changeSet">its ARN</param>
    public async Task<ChangeSet> DescribeChangeSet(string changeSet, CancellationToken cancel) =>
        await Describe(new DescribeChangeSetRequest { ChangeSetName = changeSet }, cancel).ConfigureAwait(false);

    /// <summary>A change set by its name or ARN; <c>null</c>: there is none (of that name that still counts), or there is no such stack.</summary>
    /// <param name="stack">name or ARN; <c>null</c> where <paramref name="name"/> is an ARN</param>
    public async Task<ChangeSet?> FindChangeSet(string? stack, string name, CancellationToken cancel)
    {
        try
        {
            return await Describe(new DescribeChangeSetRequest { StackName = stack, ChangeSetName = name }, cancel).ConfigureAwait(false);
        }
        catch (AwsRefusedException e) when (IsMissing(e) || IsMissingChangeSet(e))
        {
            return null;
        }
    }

    /// <summary>The change sets of a stack that were not executed, without their changes.</summary>
    /// <param name="stack">name or ARN</param>
    public async Task<IReadOnlyList<ChangeSetName>> ChangeSets(string stack, CancellationToken cancel)
    {
        var summaries = await aws.AskAll(
            $"list the change sets of stack '{stack}'",
            token => aws.CloudFormation.ListChangeSetsAsync(new ListChangeSetsRequest { StackName = stack, NextToken = token }, cancel),
            page => (page.Summaries, page.NextToken),
            cancel).ConfigureAwait(false);
        return [.. summaries.Select(s => new ChangeSetName(s.ChangeSetId, s.ChangeSetName, AwsTime.Required(s.CreationTime)))];
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
            // Twice is the same as once, so it is repeated like a read.
            await aws.AskRepeatedly($"delete change set '{changeSet}'", () => aws.CloudFormation.DeleteChangeSetAsync(new DeleteChangeSetRequest { ChangeSetName = changeSet }, cancel), cancel).ConfigureAwait(false);
        }
        catch (AwsRefusedException e) when (IsMissingChangeSet(e))
        {
            // Gone is what was asked for.
        }
    }

    private async Task<ChangeSet> Describe(DescribeChangeSetRequest request, CancellationToken cancel)
    {
        DescribeChangeSetResponse? first = null;
        var changes = await aws.AskAll(
            $"describe change set '{request.ChangeSetName}'",
            token =>
            {
                (request.NextToken, request.IncludePropertyValues) = (token, true);
                return aws.CloudFormation.DescribeChangeSetAsync(request, cancel);
            },
            page =>
            {
                first ??= page;
                return (page.Changes, page.NextToken);
            },
            cancel).ConfigureAwait(false);
        return StackReader.ChangeSet(first!, changes);
    }

    private static bool IsMissingChangeSet(AwsRefusedException e) => e.Code is "ChangeSetNotFound" or "ChangeSetNotFoundException";
}
