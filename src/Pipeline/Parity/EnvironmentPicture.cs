using System.Text.Json.Nodes;
using Pipeline.Aws;
using Pipeline.Configuration;
using Pipeline.Ledger;
using Pipeline.Outcomes;

namespace Pipeline.Parity;

/// <summary>One environment as it is, for the comparison with another.</summary>
/// <param name="Configuration">what pipeline.yml says for it</param>
public sealed record EnvironmentPicture(PipelineConfiguration Configuration)
{
    /// <summary>Its name.</summary>
    public string Name => Configuration.Environment.Name;

    /// <summary>Why it could not be read; <c>null</c>: it was.</summary>
    public string? Unreachable { get; init; }

    /// <summary>Service → what runs of it, as recorded.</summary>
    public IReadOnlyDictionary<string, ServiceRecord> Services { get; init; } = new Dictionary<string, ServiceRecord>();

    /// <summary>Stack → as CloudFormation has it; those that do not exist are missing.</summary>
    public IReadOnlyDictionary<string, StackPicture> Stacks { get; init; } = new Dictionary<string, StackPicture>();

    /// <summary>Reads an environment through its own connection. One that can not be reached is a picture that says so.</summary>
    /// <param name="connect">the way to its account</param>
    public static async Task<EnvironmentPicture> Read(PipelineConfiguration configuration, Func<PipelineConfiguration, CancellationToken, Task<AwsAccount>> connect, CancellationToken cancel)
    {
        var picture = new EnvironmentPicture(configuration);
        try
        {
            var aws = await connect(configuration, cancel).ConfigureAwait(false);
            var state = new ReleaseLedger(aws.Bucket(configuration.LedgerBucket), picture.Name).State(cancel);
            var stacks = await Task.WhenAll(configuration.Stacks.Select(async s => (s.Name, Picture: await StackPicture.Read(aws, configuration.StackName(s.Name), cancel).ConfigureAwait(false)))).ConfigureAwait(false);
            return picture with
            {
                Services = (await state.ConfigureAwait(false)).Services,
                Stacks = stacks.Where(s => s.Picture is not null).ToDictionary(s => s.Name, s => s.Picture!),
            };
        }
        catch (PipelineException e)
        {
            return picture with { Unreachable = e.Details.FirstOrDefault(d => d.Label == "next") is { } next ? $"{e.Message} ({next.Text})" : e.Message };
        }
    }
}

/// <summary>One stack as CloudFormation has it.</summary>
/// <param name="StackName">as CloudFormation knows it</param>
/// <param name="Template">its text</param>
/// <param name="Parameters">name → value; those that may not be shown are masked</param>
public sealed record StackPicture(string StackName, string Template, IReadOnlyDictionary<string, string> Parameters)
{
    /// <summary>Logical id → normalised, see <see cref="FlatShape"/>.</summary>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> TaskDefinitions { get; init; } = new Dictionary<string, IReadOnlyDictionary<string, string>>();

    /// <summary>Logical id → normalised, see <see cref="FlatShape"/>.</summary>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> Services { get; init; } = new Dictionary<string, IReadOnlyDictionary<string, string>>();

    internal static async Task<StackPicture?> Read(AwsAccount aws, string stackName, CancellationToken cancel)
    {
        if (await aws.Stacks.Describe(stackName, cancel).ConfigureAwait(false) is not { IsEmpty: false } stack)
        {
            return null;
        }

        var template = aws.Stacks.Template(stack.Id, cancel);
        var resources = (await aws.Stacks.ResourceStates(stack.Id, cancel).ConfigureAwait(false)).Where(r => r is { PhysicalId: not null, Status: not ("DELETE_COMPLETE" or "DELETE_SKIPPED") }).ToList();
        var definitions = Shapes(resources, "AWS::ECS::TaskDefinition", async id => FlatShape.OfTaskDefinition(await aws.Shapes.TaskDefinition(id, cancel).ConfigureAwait(false)));
        var services = Shapes(resources, "AWS::ECS::Service", async id => FlatShape.OfDeployedService(await aws.Shapes.Service(id, cancel).ConfigureAwait(false) ?? new JsonObject()));
        return new StackPicture(stackName, await template.ConfigureAwait(false) ?? "", stack.Parameters) { TaskDefinitions = await definitions.ConfigureAwait(false), Services = await services.ConfigureAwait(false) };
    }

    private static async Task<Dictionary<string, IReadOnlyDictionary<string, string>>> Shapes(IEnumerable<StackResourceState> resources, string type, Func<string, Task<IReadOnlyDictionary<string, string>>> read)
    {
        var shapes = await Task.WhenAll(resources.Where(r => r.Type == type).Select(async r => (r.LogicalId, Shape: await read(r.PhysicalId!).ConfigureAwait(false)))).ConfigureAwait(false);
        return shapes.ToDictionary(s => s.LogicalId, s => s.Shape);
    }
}
