using System.Text;
using Pipeline.Aws;
using Pipeline.Ledger;
using Pipeline.Outcomes;

namespace Pipeline.StackOperations;

/// <summary>Has CloudFormation work out what a snapshot would change, as a change set known by its ARN.</summary>
internal sealed class ChangeSetPreparation(Stacks stacks, StackRules rules, TemplateShelf shelf)
{
    /// <summary>Looks at a change set that was just made until AWS shows it.</summary>
    private const int StaleLooks = 3;

    private readonly Mutation _mutation = new(rules);

    /// <summary>Makes a change set and waits until CloudFormation has worked it out.</summary>
    /// <param name="name">unique to the work; an earlier request under it whose answer was lost is found again</param>
    /// <param name="creates">there is no such stack yet</param>
    /// <param name="pinned">called with its ARN as soon as it has one</param>
    /// <exception cref="AwsRefusedException">AWS refused it; nothing was changed</exception>
    /// <exception cref="PipelineException">the template is too large (2), or nobody knows what became of the request (6)</exception>
    public async Task<ChangeSet> Prepare(StackWork work, string name, bool creates, Func<string, Task> pinned, CancellationToken cancel)
    {
        var request = new ChangeSetRequest(work.StackName, name, work.Snapshot.Template, work.Snapshot.Parameters)
        {
            CreatesStack = creates,
            Tags = work.Snapshot.Tags,
            ClientToken = name,
            TemplateUrl = await Address(work, cancel).ConfigureAwait(false),
            HasNestedStacks = work.Snapshot.Template.Contains("AWS::CloudFormation::Stack", StringComparison.Ordinal),
        };
        var id = "";
        await _mutation.Once(
            async () => id = await stacks.CreateChangeSet(request, cancel).ConfigureAwait(false),
            async () => (id = (await stacks.FindChangeSet(work.StackName, name, cancel).ConfigureAwait(false))?.Id ?? "").Length > 0,
            cancel).ConfigureAwait(false);
        await pinned(id).ConfigureAwait(false);
        return await Worked(id, cancel).ConfigureAwait(false);
    }

    private Task<ChangeSet> Worked(string id, CancellationToken cancel)
    {
        var looks = 0;
        return Polling.Until(async () =>
        {
            var set = ++looks <= StaleLooks
                ? await stacks.FindChangeSet(null, id, cancel).ConfigureAwait(false)
                : await stacks.DescribeChangeSet(id, cancel).ConfigureAwait(false);
            return (set is { Pending: false }, set!);
        }, rules.Interval, rules.Deadline, () => Refusals.ChangeSetUnfinished(id), cancel);
    }

    private async Task<Uri?> Address(StackWork work, CancellationToken cancel)
    {
        var size = Encoding.UTF8.GetByteCount(work.Snapshot.Template);
        return size <= Stacks.LargestTemplateInRequest ? null
            : size <= Stacks.LargestTemplate ? await shelf.Put(work.Snapshot.Template, cancel).ConfigureAwait(false)
            : throw TooLarge(work.StackName, size);
    }

    private static PipelineException TooLarge(string stack, int size) => new(ExitCode.Refused,
        $"REFUSED: the template of stack {stack} has {size:N0} bytes; CloudFormation reads at most {Stacks.LargestTemplate:N0}, also from S3.",
        new Detail("next", "split the stack in two"));
}
