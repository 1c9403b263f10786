using Pipeline.StackOperations;

namespace Pipeline.Preflight;

/// <summary>The stacks are in a status that a deployment can start from, and what they import will be there.</summary>
internal static class StackChecks
{
    public static IEnumerable<Inspection> Of(PreflightScope scope) =>
    [
        .. scope.Configuration.Stacks.Select(stack => new Inspection("stacks", scope.Configuration.StackName(stack.Name), _ => Task.FromResult(Look(scope, stack.Name)))),
        .. scope.Release.All.GroupBy(r => r.Stack).Select(stack => new Inspection("imports", stack.Key, _ => Task.FromResult(Imports(scope, stack.Key, stack)))),
    ];

    private static Finding Look(PreflightScope scope, string stack)
    {
        var name = scope.Configuration.StackName(stack);
        var status = scope.Release.States.GetValueOrDefault(stack)?.Status;
        return StackStatuses.Before(status, scope.Rules.BrokenOf(stack)) switch
        {
            BeforeOperation.Review => Finding.Ok(name, $"{status}: only change sets were made, nothing was executed"),
            BeforeOperation.RollBack => Finding.Ok(name, $"{status}: a deployment rolls it back first"),
            BeforeOperation.Create => Finding.Ok(name, "does not exist yet"),
            BeforeOperation.Update => Finding.Ok(name, status!),
            BeforeOperation.Recreate => Finding.Ok(name, $"{status}: it was never created completely; a deployment deletes it and creates it again"),
            BeforeOperation.ContinueRollback => Finding.Ok(name, $"{status}: a deployment lets the rollback go on first"),
            BeforeOperation.Wait => Finding.Skip(name, $"{status}: an operation is running; a deployment waits for its end"),
            _ => Finding.Ng(name, $"{status}: CloudFormation allows no update", $"aws cloudformation describe-stack-events --stack-name {name}; a person must repair or delete it"),
        };
    }

    private static IReadOnlyList<Finding> Imports(PreflightScope scope, string stack, IEnumerable<PlannedResource> resources) =>
        [.. resources.SelectMany(r => scope.Release.Unexported(r.Properties)).Distinct().Select(export =>
            Finding.Ng(stack, $"it imports '{export}', which no stack exports or will export", $"correct the name in the template of stack '{stack}', or deploy what exports it"))];
}
