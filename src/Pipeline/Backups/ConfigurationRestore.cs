using Pipeline.Aws;
using Pipeline.Configuration;
using Pipeline.Ledger;
using Pipeline.Outcomes;

namespace Pipeline.Backups;

/// <summary>What bringing a backup's configuration back would change.</summary>
/// <param name="Parameters">values that are others now</param>
/// <param name="Definitions">task definitions that ECS starts nothing from any more</param>
/// <param name="Left">what is different and stays so, a line each</param>
public sealed record RestorePlan(IReadOnlyList<ParameterChange> Parameters, IReadOnlyList<TaskDefinitionCopy> Definitions, IReadOnlyList<string> Left)
{
    /// <summary>There is nothing to bring back.</summary>
    public bool IsNothing => Parameters.Count + Definitions.Count == 0;
}

/// <summary>A parameter whose value is another now.</summary>
/// <param name="Now"><c>null</c>: it is gone</param>
/// <param name="Then">as the backup has it</param>
public sealed record ParameterChange(string Name, string? Now, string Then);

/// <summary>Brings parameters and task definitions of a backup back. Stacks are a rollback's business, databases are restored beside those that run.</summary>
public sealed class ConfigurationRestore(PipelineConfiguration configuration, AwsAccount aws, ObjectStore store)
{
    private readonly ReleaseLedger _ledger = new(store, configuration.Environment.Name);

    /// <summary>Compares what is now with what was kept.</summary>
    /// <exception cref="PipelineException">what was kept is damaged (3)</exception>
    public async Task<RestorePlan> Plan(BackupManifest backup, CancellationToken cancel)
    {
        if (!backup.IsWhole)
        {
            throw new PipelineException(ExitCode.Refused, $"REFUSED: backup {backup.Record.Id} is not what was written: its hash does not fit.",
                new Detail(configuration.Environment.Name, "untouched"), new Detail("next", "restore the object's previous version in the ledger's bucket, or take another backup"));
        }

        var left = new List<string>();
        return new RestorePlan(await Parameters(backup.Configuration, left, cancel).ConfigureAwait(false), await Definitions(backup.Configuration, left, cancel).ConfigureAwait(false), left)
        {
            Left = [.. left, .. await Secrets(backup.Configuration, cancel).ConfigureAwait(false), .. await Stacks(backup.Configuration, cancel).ConfigureAwait(false)],
        };
    }

    /// <summary>Does what was planned, under the environment's lock.</summary>
    /// <param name="planned">as a person saw and confirmed it</param>
    /// <param name="say">one line a change</param>
    /// <exception cref="PipelineException">somebody changes the environment, or it is another now than when it was planned (3)</exception>
    public Task Apply(BackupManifest backup, RestorePlan planned, Action<string> say, CancellationToken cancel) => Held.Run(store, configuration.Environment.Name, $"restoring configuration from {backup.Record.Id}", async alive =>
    {
        var now = await Plan(backup, alive).ConfigureAwait(false);
        if (!now.Parameters.SequenceEqual(planned.Parameters) || !now.Definitions.Select(d => d.Arn).SequenceEqual(planned.Definitions.Select(d => d.Arn)))
        {
            throw new PipelineException(ExitCode.Refused, "REFUSED: the configuration was changed by somebody else since the difference was shown.",
                new Detail(configuration.Environment.Name, "untouched by this run"), new Detail("next", "the same command again"));
        }

        var by = (await aws.Identity.Caller(alive).ConfigureAwait(false)).Arn;
        await Log("started", "begins", new SortedDictionary<string, string>()).ConfigureAwait(false);
        var facts = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var parameter in planned.Parameters)
        {
            var version = await aws.Parameters.Write(parameter.Name, parameter.Then, alive).ConfigureAwait(false);
            say($"parameter {parameter.Name} is as it was, version {version}");
            facts[parameter.Name] = $"version {version}";
        }

        foreach (var definition in planned.Definitions)
        {
            var arn = await aws.TaskDefinitions.Register(definition.Definition!, alive).ConfigureAwait(false);
            say($"task definition {Name(definition.Arn)} is registered again as {Name(arn)}");
            facts[definition.Arn] = arn;
        }

        await Log("done", "is finished", facts).ConfigureAwait(false);
        return true;

        Task<AuditEntry> Log(string outcome, string verb, IReadOnlyDictionary<string, string> facts) =>
            _ledger.Audit.Append(new AuditEvent("restore", outcome, by, $"Restoring the configuration of backup {backup.Record.Id} {verb}.") { Deployment = backup.Record.Release, Facts = facts }, alive);
    }, cancel);

    private static string Name(string arn) => arn[(arn.LastIndexOf('/') + 1)..];

    private async Task<IReadOnlyList<ParameterChange>> Parameters(ConfigurationCopy kept, List<string> left, CancellationToken cancel)
    {
        var now = (await aws.Parameters.Read(kept.Parameters.Select(p => p.Name), cancel).ConfigureAwait(false)).ToDictionary(p => p.Name, StringComparer.Ordinal);
        var changes = new List<ParameterChange>();
        foreach (var parameter in kept.Parameters)
        {
            var there = now.GetValueOrDefault(parameter.Name);
            if (parameter.Value is null)
            {
                if (there?.Version != parameter.Version)
                {
                    left.Add($"parameter {parameter.Name} had version {parameter.Version}, now {(there is null ? "it is gone" : $"{there.Version}")}; its value was not kept ({parameter.Withheld})");
                }
            }
            else if (there is { Value: null })
            {
                left.Add($"parameter {parameter.Name} is of type {there.Type} now");
            }
            else if (there?.Value != parameter.Value)
            {
                changes.Add(new ParameterChange(parameter.Name, there?.Value, parameter.Value));
            }
        }

        return changes;
    }

    private async Task<IReadOnlyList<TaskDefinitionCopy>> Definitions(ConfigurationCopy kept, List<string> left, CancellationToken cancel)
    {
        var gone = new List<TaskDefinitionCopy>();
        foreach (var definition in kept.TaskDefinitions)
        {
            if (await aws.TaskDefinitions.Find(definition.Arn, cancel).ConfigureAwait(false) is { Active: true })
            {
                continue;
            }

            if (definition.Definition is not { } members)
            {
                left.Add($"task definition {Name(definition.Arn)} is inactive and was not kept ({definition.Withheld})");
            }
            else if ((string?)members["family"] is { } family && await aws.TaskDefinitions.Find(family, cancel).ConfigureAwait(false) is { Active: true } newest && newest.Definition.ToJsonString() == members.ToJsonString())
            {
                left.Add($"task definition {Name(definition.Arn)} is inactive; {Name(newest.Arn)} is the same and active");
            }
            else
            {
                gone.Add(definition);
            }
        }

        return gone;
    }

    private async Task<IEnumerable<string>> Secrets(ConfigurationCopy kept, CancellationToken cancel)
    {
        var all = await Task.WhenAll(kept.Secrets.Select(async secret => (secret.Arn, Then: Current(secret.Versions), Now: await aws.Secrets.Find(secret.Arn, cancel).ConfigureAwait(false)))).ConfigureAwait(false);
        return all.Where(s => s.Now is null || Current(s.Now.Versions) != s.Then)
            .Select(s => s.Now is null ? $"secret {s.Arn} is gone" : $"secret {s.Arn} had version {s.Then}, now {Current(s.Now.Versions)}; bring it back with 'aws secretsmanager update-secret-version-stage'");

        static string? Current(IReadOnlyDictionary<string, IReadOnlyList<string>> versions) => versions.FirstOrDefault(v => v.Value.Contains("AWSCURRENT")).Key;
    }

    private async Task<IEnumerable<string>> Stacks(ConfigurationCopy kept, CancellationToken cancel)
    {
        var state = await _ledger.State(cancel).ConfigureAwait(false);
        return kept.Stacks.Where(s => state.Stacks.TryGetValue(s.Stack, out var hash) && hash != s.Hash).Select(s => $"stack {s.StackName} was given something else since; a rollback brings it back");
    }
}
