using System.Text.Json.Nodes;

namespace Pipeline.Preflight;

/// <summary>The roles of task definitions are there or will be, and ECS may take them.</summary>
internal static class RoleChecks
{
    private const string Group = "roles";

    public static IEnumerable<Inspection> Of(PreflightScope scope) =>
        from task in scope.Release.Tasks
        from role in new[] { ("execution role", task.ExecutionRole), ("task role", task.TaskRole) }
        where role.Item2 is not null
        let subject = $"{task.Stack} {role.Item1}"
        select new Inspection(Group, subject, cancel => Look(scope, task, subject, role.Item2!, cancel));

    private static async Task<Finding> Look(PreflightScope scope, PlannedTask task, string subject, string role, CancellationToken cancel)
    {
        if (PlannedRoles.Find(scope.Release, task.Stack, role) is { } planned)
        {
            return Trusts(subject, planned.Properties["AssumeRolePolicyDocument"], $"'{planned.LogicalId}' of the template", task.Stack);
        }

        if (TemplateValues.IsDeferred(role))
        {
            return scope.Release.Unexported(JsonValue.Create(role)).FirstOrDefault() is { } missing
                ? Finding.Ng(subject, $"it is export '{missing}', which no stack has or will have", $"add the export to a template, or correct the name in stack '{task.Stack}'")
                : Finding.Skip(subject, "this release makes it first");
        }

        var name = role.Split('/')[^1];
        return await scope.Aws.Roles.Find(name, cancel).ConfigureAwait(false) is { } found
            ? Trusts(subject, JsonNode.Parse(found.Trust), name, task.Stack)
            : Finding.Ng(subject, $"there is no role '{name}'", $"create it, or correct the ARN in the template of stack '{task.Stack}'");
    }

    private static Finding Trusts(string subject, JsonNode? trust, string name, string stack) => PlannedRoles.TrustsTasks(trust)
        ? Finding.Ok(subject, $"{name} trusts ecs-tasks.amazonaws.com")
        : Finding.Ng(subject, $"{name} does not trust ecs-tasks.amazonaws.com, so no task starts", $"allow sts:AssumeRole for the service ecs-tasks.amazonaws.com in its trust policy (stack '{stack}')");
}
