using Pipeline.Configuration;
using Pipeline.Preflight;

namespace Pipeline.Deployments;

/// <summary>
/// In which order stacks go back: the other way round, users before what they use, since what they use was there first. Only where a stack
/// needs an export again that the one below it has no more, that one goes first.
/// </summary>
internal static class RollbackDirection
{
    /// <summary>Orders stacks.</summary>
    /// <param name="stacks">with what they are to be given, in the order of a deployment</param>
    /// <param name="now">stack → the same with what is applied; a stack that is missing has nothing applied</param>
    public static IReadOnlyList<PlannedStack> Of(PipelineConfiguration configuration, IReadOnlyList<PlannedStack> stacks, IReadOnlyDictionary<string, PlannedStack> now)
    {
        // A stack that has to be created is created as by any deployment.
        if (stacks.Any(s => !s.Present || !now.ContainsKey(s.Name)))
        {
            return stacks;
        }

        var edges = stacks.SelectMany(user => stacks.Where(s => user.DependsOn.Contains(s.Name)).Select(below => Forward(user, below) ? (First: below.Name, Then: user.Name) : (First: user.Name, Then: below.Name))).ToList();
        List<PlannedStack> ordered = [.. stacks.Select(stack => stack with { DependsOn = [.. edges.Where(e => e.Then == stack.Name).Select(e => e.First)] })];
        return StackGraph.Circle(ordered) is null ? ordered : stacks;

        bool Forward(PlannedStack user, PlannedStack below)
        {
            var imports = StackLinks.Imports(configuration, user);
            var has = StackLinks.Exports(configuration, now[below.Name]);
            return StackLinks.Exports(configuration, below).Any(name => !has.Contains(name) && imports.Contains(name));
        }
    }
}
