using Pipeline.Aws;
using Pipeline.Configuration;
using Pipeline.Ledger;
using Pipeline.Outcomes;

namespace Pipeline.Backups;

/// <summary>Keeps an environment's configuration: what the stacks were given, their task definitions, parameters and the versions of their secrets.</summary>
internal sealed class ConfigurationCopier(PipelineConfiguration configuration, AwsAccount aws, ReleaseLedger ledger)
{
    private const string InTemplate = "the template puts the value of a secret into it";

    /// <summary>Reads all of it, and proves that what only lies in the ledger can be read there.</summary>
    /// <param name="state">what is recorded of the environment</param>
    /// <param name="made">what its stacks made</param>
    public async Task<ConfigurationCopy> Take(EnvironmentState state, IReadOnlyList<MadeResource> made, CancellationToken cancel)
    {
        var secret = await SecretBearers(made, cancel).ConfigureAwait(false);
        var stacks = Task.WhenAll(configuration.Stacks.Select(stack => Stack(stack.Name, state, cancel)));
        var definitions = Task.WhenAll(Of("AWS::ECS::TaskDefinition").Select(r => Definition(r, cancel)));
        var parameters = Parameters(cancel);
        var secrets = Task.WhenAll(Of("AWS::SecretsManager::Secret").Select(r => Secret(r.Id, cancel)));
        await Task.WhenAll(stacks, definitions, parameters, secrets).ConfigureAwait(false);
        return new ConfigurationCopy(
            [.. (await stacks.ConfigureAwait(false)).OfType<StackCopy>()],
            [.. (await definitions.ConfigureAwait(false)).OfType<TaskDefinitionCopy>()],
            await parameters.ConfigureAwait(false),
            [.. (await secrets.ConfigureAwait(false)).OfType<SecretCopy>()]);

        IEnumerable<MadeResource> Of(string type) => made.Where(r => r.Type == type);

        bool HoldsSecret(MadeResource resource) => secret.Contains((resource.StackName, resource.LogicalId));

        async Task<TaskDefinitionCopy?> Definition(MadeResource resource, CancellationToken token) =>
            HoldsSecret(resource) ? new TaskDefinitionCopy(resource.Id, null, InTemplate)
            : await aws.TaskDefinitions.Find(resource.Id, token).ConfigureAwait(false) is { } found ? new TaskDefinitionCopy(found.Arn, found.Definition, null)
            : null;

        async Task<IReadOnlyList<ParameterCopy>> Parameters(CancellationToken token)
        {
            var resources = Of("AWS::SSM::Parameter").ToDictionary(r => r.Id, StringComparer.Ordinal);
            var found = await aws.Parameters.Read(resources.Keys, token).ConfigureAwait(false);
            return [.. found.OrderBy(p => p.Name, StringComparer.Ordinal).Select(p => new ParameterCopy(p.Name, p.Type, p.Version,
                HoldsSecret(resources[p.Name]) ? null : p.Value,
                HoldsSecret(resources[p.Name]) ? InTemplate : p.Value is null ? $"of type {p.Type}" : null))];
        }
    }

    /// <summary>What a stack was given, as the ledger has it; where that is lost, as CloudFormation has it.</summary>
    private async Task<StackCopy?> Stack(string stack, EnvironmentState state, CancellationToken cancel)
    {
        var name = configuration.StackName(stack);
        if (state.Stacks.TryGetValue(stack, out var hash) && await IsReadable(stack, hash, cancel).ConfigureAwait(false))
        {
            return new StackCopy(stack, name, hash);
        }

        if (await aws.Stacks.Describe(name, cancel).ConfigureAwait(false) is not { IsEmpty: false } now || await aws.Stacks.Template(name, cancel).ConfigureAwait(false) is not { } template)
        {
            return null;
        }

        hash = await ledger.Keep(stack, new StackSnapshot(template, now.Parameters, now.Tags), cancel).ConfigureAwait(false);
        return await IsReadable(stack, hash, cancel).ConfigureAwait(false)
            ? new StackCopy(stack, name, hash)
            : throw new PipelineException(ExitCode.Refused, $"REFUSED: the configuration of stack {name} could not be kept: the ledger does not answer with what was written.",
                new Detail(configuration.Environment.Name, "untouched by this run"), new Detail("next", "the same command again; if it stays so, look at the ledger's bucket"));
    }

    private async Task<bool> IsReadable(string stack, string hash, CancellationToken cancel) =>
        (await ledger.Snapshot(stack, hash, cancel).ConfigureAwait(false))?.Hash() == hash;

    private async Task<SecretCopy?> Secret(string id, CancellationToken cancel) =>
        await aws.Secrets.Find(id, cancel).ConfigureAwait(false) is { } found ? new SecretCopy(found.Arn, found.Versions) : null;

    private async Task<HashSet<(string Stack, string Resource)>> SecretBearers(IReadOnlyList<MadeResource> made, CancellationToken cancel)
    {
        var found = await Task.WhenAll(made.Select(r => r.StackName).Distinct(StringComparer.Ordinal).Select(async stack =>
            (Stack: stack, Resources: SecretBearing.Of(await aws.Stacks.Template(stack, cancel).ConfigureAwait(false) ?? "{}")))).ConfigureAwait(false);
        return [.. found.SelectMany(f => f.Resources.Select(resource => (f.Stack, resource)))];
    }
}
