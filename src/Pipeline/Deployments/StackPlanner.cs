using Pipeline.Assemblies;
using Pipeline.Configuration;
using Pipeline.Ledger;
using Pipeline.Outcomes;
using Pipeline.StackOperations;

namespace Pipeline.Deployments;

/// <summary>Works out, without asking anybody, what each stack is to be given.</summary>
public static class StackPlanner
{
    /// <summary>Plans all stacks of an environment, in configuration order.</summary>
    /// <param name="targets">what is to run of every service, due or not</param>
    /// <exception cref="UsageException">templates with parameters that nobody gives a value, all of them at once; or the environment's cloud assembly can not be deployed</exception>
    public static IReadOnlyList<PlannedStack> Plan(PipelineConfiguration configuration, EnvironmentState state, IReadOnlyList<ServiceTarget> targets)
    {
        AssemblyRules.Check(configuration.Environment, configuration.Assembly);
        var mistakes = targets.Where(t => configuration.Stacks.All(s => s.Name != t.Settings.Stack))
            .Select(t => $"service '{t.Settings.Name}': there is no stack '{t.Settings.Stack}' in {configuration.Environment.Name}").ToList();
        var plan = configuration.Stacks.Select(stack => Plan(configuration, stack, state, targets, mistakes)).ToList();
        if (StackGraph.Circle(plan) is { } circle)
        {
            mistakes.Add($"pipeline.yml: the stacks wait for each other in a circle: {string.Join(" → ", circle)} (dependsOn of stacks and services, and migrations, together)");
        }

        return mistakes.Count == 0
            ? plan
            : throw new UsageException($"{string.Join('\n', mistakes)}\n{Reporting.Words.Count(mistakes.Count, "error")}. Nothing was deployed.",
                new Detail("next", $"give them values in pipeline.yml: environments.{configuration.Environment.Name}.parameters, or stacks.<name>.parameters"));
    }

    /// <summary>Keys of the stacks before a stack: those it depends on, those of the services that its service depends on, its migration's.</summary>
    public static IReadOnlyList<string> Before(PipelineConfiguration configuration, StackSettings stack)
    {
        var before = configuration.Services.Where(s => s.Stack == stack.Name)
            .SelectMany(s => s.DependsOn.Select(name => configuration.Services.Single(other => other.Name == name).Stack).Append(s.Migration?.Stack ?? s.Stack));
        return [.. stack.DependsOn.Concat(before).Distinct().Where(name => name != stack.Name)];
    }

    private static PlannedStack Plan(PipelineConfiguration configuration, StackSettings stack, EnvironmentState state, IReadOnlyList<ServiceTarget> targets, List<string> mistakes)
    {
        var service = targets.FirstOrDefault(t => t.Settings.Stack == stack.Name);
        var migrates = targets.FirstOrDefault(t => t.Settings.Migration?.Stack == stack.Name);
        var text = File.ReadAllText(Path.Combine(configuration.Root, stack.Template));
        var template = stack.Artifact is null ? text : BootstrapCheck.Without(text);
        var given = Given(configuration, stack, service ?? migrates);
        var parameters = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, declared) in TemplateParameters.Read(template, stack.Template))
        {
            if ((given.GetValueOrDefault(name) ?? declared.Default) is { } value)
            {
                parameters[name] = value;
            }
            else
            {
                mistakes.Add($"{stack.Template}: parameter '{name}' has no value in {configuration.Environment.Name} and no default");
            }
        }

        var snapshot = new StackSnapshot(template, parameters, Tags(configuration, stack, template, service ?? migrates))
        {
            Policy = stack.Policy is null ? null : Policy(configuration.Root, stack.Policy, mistakes),
            TerminationProtection = stack.Artifact is { TerminationProtection: true } ? true : configuration.Environment.TerminationProtection,
        };
        return new PlannedStack(stack, configuration.StackName(stack.Name), snapshot, snapshot.Hash(),
            state.Stacks.GetValueOrDefault(stack.Name), Before(configuration, stack))
        {
            Service = service,
            Migrates = migrates,
            Proven = state.Proven.GetValueOrDefault(stack.Name),
        };
    }

    private static Dictionary<string, string> Given(PipelineConfiguration configuration, StackSettings stack, ServiceTarget? service)
    {
        var given = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["System"] = configuration.Name,
            ["EnvironmentName"] = configuration.Environment.Name,
        };
        if (service is not null)
        {
            given["ImageUri"] = service.Image;
            given["Version"] = service.Version;
        }

        foreach (var (name, value) in (stack.Artifact?.Parameters ?? new Dictionary<string, string>()).Concat(configuration.Environment.Parameters).Concat(stack.Parameters))
        {
            given[name] = value;
        }

        return given;
    }

    /// <summary>On every stack the same names. A stack that runs no service has its own name there and its template's version: another service's release changes nothing about it.</summary>
    private static Dictionary<string, string> Tags(PipelineConfiguration configuration, StackSettings stack, string template, ServiceTarget? service) =>
        new(stack.Artifact?.Tags ?? new Dictionary<string, string>())
        {
            ["system"] = configuration.Name,
            ["environment"] = configuration.Environment.Name,
            ["owner"] = service?.Settings.Owner ?? configuration.Owner,
            ["cost-centre"] = configuration.CostCentre,
            ["service"] = service?.Settings.Name ?? stack.Name,
            ["version"] = service?.Version ?? TemplateText.Version(template, stack.Template),
        };

    private static string? Policy(string root, string path, List<string> mistakes)
    {
        var text = File.ReadAllText(Path.Combine(root, path));
        if (StackGuards.Same(text, text))
        {
            return text;
        }

        mistakes.Add($"{path}: is no JSON, and a stack policy must be");
        return null;
    }
}
