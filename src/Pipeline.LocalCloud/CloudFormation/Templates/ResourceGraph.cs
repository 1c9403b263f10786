namespace Pipeline.LocalCloud.CloudFormation.Templates;

/// <summary>Who waits for whom among a template's resources, and how to walk that.</summary>
internal static class ResourceGraph
{
    /// <param name="included">the logical ids whose conditions hold</param>
    /// <param name="holds">answers a condition; <c>null</c> counts both branches of every <c>Fn::If</c></param>
    public static Dictionary<string, IReadOnlyList<string>> Dependencies(Template template, IReadOnlySet<string> included, Func<string, bool>? holds) =>
        template.Resources.Values.Where(resource => included.Contains(resource.LogicalId)).ToDictionary(
            resource => resource.LogicalId,
            IReadOnlyList<string> (resource) => [.. References.In(resource.Properties, holds)
                .Select(reference => reference.Target)
                .Where(target => template.Resources.ContainsKey(target))
                .Concat(resource.DependsOn)
                .Where(included.Contains)
                .Distinct()],
            StringComparer.Ordinal);

    /// <summary>Dependencies before their dependents; a circle is refused with its members.</summary>
    public static IReadOnlyList<string> Order(IReadOnlyDictionary<string, IReadOnlyList<string>> dependencies)
    {
        var waiting = dependencies.ToDictionary(entry => entry.Key, entry => entry.Value.Where(dependencies.ContainsKey).ToHashSet(StringComparer.Ordinal), StringComparer.Ordinal);
        var order = new List<string>();
        while (waiting.Count > 0)
        {
            var ready = dependencies.Keys.Where(id => waiting.TryGetValue(id, out var rest) && rest.Count == 0).ToList();
            if (ready.Count == 0)
            {
                throw Refusals.Invalid($"Circular dependency between resources: [{string.Join(", ", waiting.Keys)}]");
            }

            foreach (var id in ready)
            {
                waiting.Remove(id);
            }

            foreach (var rest in waiting.Values)
            {
                rest.ExceptWith(ready);
            }

            order.AddRange(ready);
        }

        return order;
    }

    /// <summary>Takes every step after the steps it depends on, independent ones side by side.</summary>
    /// <param name="step">answers whether it worked; steps that depend on one that did not are not taken</param>
    public static async Task Walk(IReadOnlyDictionary<string, IReadOnlyList<string>> dependencies, Func<string, Task<bool>> step)
    {
        var steps = new Dictionary<string, Task<bool>>(StringComparer.Ordinal);
        foreach (var id in Order(dependencies))
        {
            var before = dependencies[id].Where(steps.ContainsKey).Select(other => steps[other]).ToList();
            steps[id] = Task.Run(async () => (await Task.WhenAll(before)).All(worked => worked) && await step(id));
        }

        await Task.WhenAll(steps.Values);
    }

    /// <summary>The same edges the other way round: for deleting.</summary>
    public static Dictionary<string, IReadOnlyList<string>> Reversed(IReadOnlyDictionary<string, IReadOnlyList<string>> dependencies) =>
        dependencies.Keys.ToDictionary(
            id => id,
            IReadOnlyList<string> (id) => [.. dependencies.Where(entry => entry.Value.Contains(id)).Select(entry => entry.Key)],
            StringComparer.Ordinal);
}
