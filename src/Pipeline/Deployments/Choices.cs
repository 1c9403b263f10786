using Pipeline.Aws;
using Pipeline.Configuration;
using Pipeline.Outcomes;
using Pipeline.StackOperations;

namespace Pipeline.Deployments;

/// <summary>What a person allowed on the command line must name something: a misspelt permission is a misunderstanding.</summary>
internal static class Choices
{
    /// <summary>Refuses names that are neither in a template nor in a stack.</summary>
    /// <exception cref="UsageException">all unknown names at once</exception>
    public static async Task RefuseUnknown(Terms terms, PipelineConfiguration configuration, AwsAccount aws, CancellationToken cancel)
    {
        var keys = configuration.Stacks.Select(s => s.Name).ToList();
        var mistakes = terms.Recreate.Where(key => !keys.Contains(key)).Select(key => $"--recreate={key}: there is no stack '{key}'{NearestName.Hint(key, keys)}").ToList();
        if (terms.AllowReplace.Ids.Count > 0)
        {
            var known = (await Task.WhenAll(configuration.Stacks.Select(stack => Resources(configuration, stack, aws, cancel))).ConfigureAwait(false)).SelectMany(r => r).ToList();
            mistakes.AddRange(terms.AllowReplace.Ids
                .Where(id => !known.Any(k => new Allowance([id]).Covers(k.Stack, k.Resource)) && !known.Any(k => k.Nested && id.Split('.').Contains(k.Resource)))
                .Select(id => $"--allow-replace={id}: no stack has such a resource{NearestName.Hint(id, [.. known.Select(k => k.Resource).Distinct()])}"));
        }

        if (mistakes.Count > 0)
        {
            throw new UsageException(string.Join('\n', mistakes), new Detail("next", "name a resource by its logical id, LogicalId or stack.LogicalId"));
        }
    }

    /// <summary>The resources that a stack has or is to have.</summary>
    private static async Task<IEnumerable<(string Stack, string Resource, bool Nested)>> Resources(PipelineConfiguration configuration, StackSettings stack, AwsAccount aws, CancellationToken cancel)
    {
        var name = configuration.StackName(stack.Name);
        var present = await aws.Stacks.Describe(name, cancel).ConfigureAwait(false) is { } found ? await aws.Stacks.ResourceStates(found.Id, cancel).ConfigureAwait(false) : [];
        var wanted = TemplateText.Resources(await File.ReadAllTextAsync(Path.Combine(configuration.Root, stack.Template), cancel).ConfigureAwait(false), stack.Template);
        return present.Select(r => (stack.Name, r.LogicalId, r.Type == "AWS::CloudFormation::Stack")).Concat(wanted.Select(id => (stack.Name, id, false)));
    }
}
