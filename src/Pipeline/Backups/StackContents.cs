using Pipeline.Aws;
using Pipeline.Configuration;

namespace Pipeline.Backups;

/// <summary>A resource and the stack that made it.</summary>
/// <param name="StackName">name or ARN</param>
/// <param name="LogicalId">its key in the stack's template</param>
/// <param name="Id">its name or ARN</param>
/// <param name="Type">e.g. <c>AWS::RDS::DBInstance</c></param>
internal sealed record MadeResource(string StackName, string LogicalId, string Id, string Type);

/// <summary>What the stacks of an environment made, nested stacks included.</summary>
internal static class StackContents
{
    /// <summary>Reads it; stacks that do not exist have nothing.</summary>
    public static async Task<IReadOnlyList<MadeResource>> Of(PipelineConfiguration configuration, Stacks stacks, CancellationToken cancel)
    {
        var all = await Task.WhenAll(configuration.Stacks.Select(async stack =>
        {
            var name = configuration.StackName(stack.Name);
            return await stacks.Describe(name, cancel).ConfigureAwait(false) is { IsEmpty: false } ? await Of(name, stacks, cancel).ConfigureAwait(false) : [];
        })).ConfigureAwait(false);
        return [.. all.SelectMany(resources => resources)];
    }

    private static async Task<IReadOnlyList<MadeResource>> Of(string stack, Stacks stacks, CancellationToken cancel)
    {
        var made = new List<MadeResource>();
        foreach (var resource in await stacks.ResourceStates(stack, cancel).ConfigureAwait(false))
        {
            if (resource.PhysicalId is not { } id || resource.Status == "CREATE_FAILED" || resource.Status.StartsWith("DELETE_", StringComparison.Ordinal))
            {
                continue;
            }

            made.Add(new MadeResource(stack, resource.LogicalId, id, resource.Type));
            if (resource.Type == "AWS::CloudFormation::Stack")
            {
                made.AddRange(await Of(id, stacks, cancel).ConfigureAwait(false));
            }
        }

        return made;
    }
}
