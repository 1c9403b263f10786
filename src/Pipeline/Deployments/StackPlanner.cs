using Pipeline.Configuration;
using Pipeline.Ledger;
using Pipeline.Outcomes;

namespace Pipeline.Deployments;

/// <summary>Works out, without asking anybody, what each stack is to be given.</summary>
public static class StackPlanner
{
    /// <summary>Plans all stacks of an environment, in configuration order.</summary>
    /// <param name="targets">what is to run of every service, due or not</param>
    /// <exception cref="UsageException">templates with parameters that nobody gives a value; all of them at once</exception>
    public static IReadOnlyList<PlannedStack> Plan(PipelineConfiguration configuration, EnvironmentState state, IReadOnlyList<ServiceTarget> targets)
    {
        var mistakes = new List<string>();
        var plan = configuration.Stacks.Select(stack => Plan(configuration, stack, state, targets, mistakes)).ToList();
        if (StackGraph.Circle(plan) is { } circle)
        {
            mistakes.Add($"pipeline.yml: the stacks wait for each other in a circle: {string.Join(" → ", circle)} (dependsOn of stacks and services, and migrations, together)");
        }

        return mistakes.Count == 0
            ? plan
            : throw new UsageException($"{string.Join('\n', mistakes)}\n{Plural(mistakes.Count, "error")}. Nothing was deployed.",
                new Detail("next", $"give them values in pipeline.yml: environments.{configuration.Environment.Name}.parameters, or stacks.<name>.parameters"));
    }

    private static PlannedStack Plan(PipelineConfiguration configuration, StackSettings stack, EnvironmentState state, IReadOnlyList<ServiceTarget> targets, List<string> mistakes)
    {
        var service = targets.FirstOrDefault(t => t.Settings.Stack == stack.Name);
        var migrates = targets.FirstOrDefault(t => t.Settings.Migration?.Stack == stack.Name);
        var template = File.ReadAllText(Path.Combine(configuration.Root, stack.Template));
        var given = Given(configuration, stack, service ?? migrates);
        var parameters = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, standard) in TemplateParameters.Read(template, stack.Template))
        {
            if ((given.GetValueOrDefault(name) ?? standard) is { } value)
            {
                parameters[name] = value;
            }
            else
            {
                mistakes.Add($"{stack.Template}: parameter '{name}' has no value in {configuration.Environment.Name} and no default");
            }
        }

        var snapshot = new StackSnapshot(template, parameters, Tags(configuration, service ?? migrates));
        var before = configuration.Services.Where(s => s.Stack == stack.Name)
            .SelectMany(s => s.DependsOn.Select(name => configuration.Services.Single(other => other.Name == name).Stack).Append(s.Migration?.Stack ?? s.Stack));
        return new PlannedStack(stack, configuration.StackName(stack.Name), snapshot, snapshot.Hash(),
            state.Stacks.GetValueOrDefault(stack.Name), [.. stack.DependsOn.Concat(before).Distinct().Where(name => name != stack.Name)])
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

        foreach (var (name, value) in configuration.Environment.Parameters.Concat(stack.Parameters))
        {
            given[name] = value;
        }

        return given;
    }

    private static Dictionary<string, string> Tags(PipelineConfiguration configuration, ServiceTarget? service)
    {
        var tags = new Dictionary<string, string>
        {
            ["system"] = configuration.Name,
            ["environment"] = configuration.Environment.Name,
            ["owner"] = service?.Settings.Owner ?? configuration.Owner,
            ["cost-centre"] = configuration.CostCentre,
        };
        if (service is not null)
        {
            tags["service"] = service.Settings.Name;
            tags["version"] = service.Version;
        }

        return tags;
    }

    private static string Plural(int count, string noun) => count == 1 ? $"1 {noun}" : $"{count} {noun}s";
}
