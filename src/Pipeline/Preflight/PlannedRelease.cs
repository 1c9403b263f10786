using System.Text.Json.Nodes;
using Pipeline.Aws;
using Pipeline.Configuration;
using Pipeline.Deployments;
using Pipeline.StackOperations;

namespace Pipeline.Preflight;

/// <summary>
/// What is about to be deployed, read from the very templates and parameters that the change sets will be made of: their functions are
/// resolved with what the stacks have and export now. What only the deployment will make stays open, and checks of it are skipped.
/// </summary>
internal sealed class PlannedRelease
{
    private readonly List<PlannedResource> _resources = [];
    private readonly HashSet<string> _upcoming = new(StringComparer.Ordinal);

    private PlannedRelease(IReadOnlyDictionary<string, StackState?> states, IReadOnlyDictionary<string, string> exports) => (States, Exports) = (states, exports);

    /// <summary>Stack key → the stack now.</summary>
    public IReadOnlyDictionary<string, StackState?> States { get; }

    /// <summary>Name → value, of what is exported now.</summary>
    public IReadOnlyDictionary<string, string> Exports { get; }

    public IEnumerable<PlannedTask> Tasks => Of("AWS::ECS::TaskDefinition").Select(r => new PlannedTask(r.Stack, r.LogicalId, r.Properties));

    public static async Task<PlannedRelease> Read(PipelineConfiguration configuration, AwsAccount aws, IReadOnlyList<PlannedStack> stacks, Func<PlannedStack, bool> looked, CancellationToken cancel)
    {
        var exports = aws.Exports.All(cancel);
        var found = await Task.WhenAll(stacks.Select(async stack =>
        {
            var state = await aws.Stacks.Describe(stack.StackName, cancel).ConfigureAwait(false);
            return (Stack: stack, State: state, Live: state is null or { IsEmpty: true } ? new Dictionary<string, string>() : await aws.Stacks.Resources(state.Id, cancel).ConfigureAwait(false));
        })).ConfigureAwait(false);
        var release = new PlannedRelease(found.ToDictionary(f => f.Stack.Name, f => f.State), await exports.ConfigureAwait(false));
        foreach (var (stack, state, live) in found)
        {
            if (TemplateDocument.Read(stack.Snapshot.Template) is not { } template)
            {
                continue;
            }

            var values = new TemplateValues(new TemplateScope(template, Parameters(configuration, stack, state)) { Live = live, Exports = release.Exports });
            release._upcoming.UnionWith(values.Exported().Keys);
            if (looked(stack))
            {
                release._resources.AddRange(values.Resources().Select(r => new PlannedResource(stack.Name, r.LogicalId, r.Type, r.Properties, live.GetValueOrDefault(r.LogicalId))));
            }
        }

        return release;
    }

    public IEnumerable<PlannedResource> Of(string type) => _resources.Where(r => r.Type == type);

    /// <summary>The resource of a stack that an open value names; <c>null</c>: it names none.</summary>
    public PlannedResource? Behind(string stack, string? value) =>
        value is ['<', .., '>'] ? _resources.FirstOrDefault(r => r.Stack == stack && r.LogicalId == value[1..^1].Split('.')[0]) : null;

    /// <summary>The stack resource that has a physical id.</summary>
    public PlannedResource? Named(string stack, string physicalId) => _resources.FirstOrDefault(r => r.Stack == stack && r.PhysicalId == physicalId);

    /// <summary>Exports that open values wait for and that no stack, neither now nor after this release, has.</summary>
    public IEnumerable<string> Unexported(JsonNode properties) => TextsOf(properties)
        .SelectMany(t => System.Text.RegularExpressions.Regex.Matches(t, "<export (?<name>[^>]+)>", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(1)).Select(m => m.Groups["name"].Value))
        .Distinct()
        .Where(name => !_upcoming.Contains(name));

    private static IEnumerable<string> TextsOf(JsonNode? node) => node switch
    {
        JsonObject map => map.SelectMany(m => TextsOf(m.Value)),
        JsonArray list => list.SelectMany(TextsOf),
        JsonValue value => [value.GetValue<string>()],
        _ => [],
    };

    public IEnumerable<PlannedResource> All => _resources;

    internal static Dictionary<string, string> Parameters(PipelineConfiguration configuration, PlannedStack stack, StackState? state)
    {
        var environment = configuration.Environment;
        var partition = environment.Region.StartsWith("cn-", StringComparison.Ordinal) ? "aws-cn" : "aws";
        return new Dictionary<string, string>(stack.Snapshot.Parameters, StringComparer.Ordinal)
        {
            ["AWS::AccountId"] = environment.Account,
            ["AWS::Region"] = environment.Region,
            ["AWS::Partition"] = partition,
            ["AWS::URLSuffix"] = partition == "aws" ? "amazonaws.com" : "amazonaws.com.cn",
            ["AWS::StackName"] = stack.StackName,
            ["AWS::StackId"] = state?.Id ?? "<AWS::StackId>",
        };
    }
}

/// <summary>A resource of a template, resolved.</summary>
/// <param name="Stack">the stack's key</param>
/// <param name="PhysicalId">once the stack has it</param>
internal sealed record PlannedResource(string Stack, string LogicalId, string Type, JsonObject Properties, string? PhysicalId);

/// <summary>What every check may ask.</summary>
/// <param name="Deploying">a release is about to replace the services of <paramref name="Due"/></param>
/// <param name="Due">keys of the stacks that it changes</param>
internal sealed record PreflightScope(PipelineConfiguration Configuration, AwsAccount Aws, PlannedRelease Release, bool Deploying, IReadOnlySet<string> Due)
{
    public required StackRules Rules { get; init; }

    /// <summary>What is deployed brings back what ran before.</summary>
    public bool GoesBack { get; init; }

    public string Environment => Configuration.Environment.Name;
}
