namespace Pipeline.Deployments;

/// <summary>Runs work on stacks in dependency order, independent ones side by side: one memoised task a stack.</summary>
public static class StackGraph
{
    /// <summary>Runs <paramref name="work"/> for every stack. After a failure nothing new starts, and what runs comes to its end.</summary>
    /// <param name="work">answers whether the stacks behind it may start</param>
    /// <returns>whether all of it went well</returns>
    public static async Task<bool> Run(IReadOnlyList<PlannedStack> stacks, Func<PlannedStack, Task<bool>> work)
    {
        var tasks = new Dictionary<string, Task<bool>>(StringComparer.Ordinal);
        var stopped = false;
        Task<bool> Start(PlannedStack stack) => tasks.TryGetValue(stack.Name, out var started) ? started : tasks[stack.Name] = RunAfter(stack);

        async Task<bool> RunAfter(PlannedStack stack)
        {
            var before = await Task.WhenAll(stacks.Where(s => stack.DependsOn.Contains(s.Name)).Select(Start)).ConfigureAwait(false);
            if (stopped || !before.All(ok => ok))
            {
                return false;
            }

            try
            {
                var ok = await work(stack).ConfigureAwait(false);
                stopped |= !ok;
                return ok;
            }
            catch
            {
                stopped = true;
                throw;
            }
        }

        var results = await Task.WhenAll(stacks.Select(Start)).ConfigureAwait(false);
        return results.All(ok => ok);
    }

    /// <summary>Stacks that wait for each other, the first one named again at the end; <c>null</c>: none do.</summary>
    public static IReadOnlyList<string>? Circle(IReadOnlyList<PlannedStack> stacks)
    {
        var done = new HashSet<string>(StringComparer.Ordinal);
        return stacks.Select(stack => Walk(stack, [])).FirstOrDefault(circle => circle is not null);

        List<string>? Walk(PlannedStack stack, List<string> way)
        {
            if (way.IndexOf(stack.Name) is var at and >= 0)
            {
                return [.. way[at..], stack.Name];
            }

            var circle = done.Contains(stack.Name) ? null : stacks.Where(s => stack.DependsOn.Contains(s.Name)).Select(next => Walk(next, [.. way, stack.Name])).FirstOrDefault(found => found is not null);
            done.Add(stack.Name);
            return circle;
        }
    }
}
