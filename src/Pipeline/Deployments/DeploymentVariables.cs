using Pipeline.Aws;
using Pipeline.Configuration;

namespace Pipeline.Deployments;

/// <summary>What suites that test a deployment are told: where its services answer, and what its stacks put out.</summary>
internal static class DeploymentVariables
{
    /// <summary>Reads them from the stacks.</summary>
    /// <param name="release">id of the release under test, or of the one that brought what runs</param>
    /// <param name="underTest">the service that is to be reached through its test listener; <c>null</c>: none</param>
    /// <returns><c>PIPELINE_ENVIRONMENT</c>, <c>PIPELINE_RELEASE</c>, <c>PIPELINE_URL_SERVICE</c>, <c>PIPELINE_OUTPUT_STACK_OUTPUT</c></returns>
    public static async Task<IReadOnlyDictionary<string, string?>> Read(PipelineConfiguration configuration, AwsAccount aws, string release, string? underTest, CancellationToken cancel)
    {
        var stacks = await Task.WhenAll(configuration.Stacks.Select(async stack =>
            (stack.Name, State: await aws.Stacks.Describe(configuration.StackName(stack.Name), cancel).ConfigureAwait(false)))).ConfigureAwait(false);
        var variables = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["PIPELINE_ENVIRONMENT"] = configuration.Environment.Name,
            ["PIPELINE_RELEASE"] = release,
        };
        foreach (var (stack, output) in stacks.SelectMany(s => (s.State?.Outputs ?? new Dictionary<string, string>()).Select(o => (s.Name, o))))
        {
            variables[$"PIPELINE_OUTPUT_{Word(stack)}_{Word(output.Key)}"] = output.Value;
        }

        foreach (var service in configuration.Services)
        {
            var outputs = stacks.FirstOrDefault(s => s.Name == service.Stack).State?.Outputs;
            if (outputs?.GetValueOrDefault(service.Name == underTest ? service.TestUrlOutput : service.UrlOutput) is { } url)
            {
                variables[UrlOf(service.Name)] = url;
            }
        }

        return variables;
    }

    /// <summary>The variable that says where a service answers.</summary>
    public static string UrlOf(string service) => $"PIPELINE_URL_{Word(service)}";

    private static string Word(string name) => string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) ? char.ToUpperInvariant(c) : '_'));
}
