using System.Text.Json.Nodes;
using Pipeline.Aws;

namespace Pipeline.Preflight;

/// <summary>Every secret that a container gets by reference is there, with its JSON key, and the execution role may read it.</summary>
internal static class SecretChecks
{
    private const string Group = "secrets";

    public static IEnumerable<Inspection> Of(PreflightScope scope) =>
        from task in scope.Release.Tasks
        from container in task.Containers
        from secret in container.Secrets
        let subject = $"{task.Stack}/{container.Name} {secret.Name}"
        select new Inspection(Group, subject, cancel => Look(scope, task, subject, secret.From, cancel));

    private static async Task<Finding> Look(PreflightScope scope, PlannedTask task, string subject, string from, CancellationToken cancel)
    {
        if (TemplateValues.IsDeferred(from))
        {
            return scope.Release.Unexported(JsonValue.Create(from)).FirstOrDefault() is { } missing
                ? Finding.Ng(subject, $"it is read from export '{missing}', which no stack has or will have", $"add the export to a template, or correct the name in stack '{task.Stack}'")
                : Finding.Skip(subject, "this release makes the secret first");
        }

        return SecretReference.Parse(from) is { } reference
            ? await Secret(scope, task, subject, reference, cancel).ConfigureAwait(false)
            : await Parameter(scope, task, subject, from, cancel).ConfigureAwait(false);
    }

    private static async Task<Finding> Secret(PreflightScope scope, PlannedTask task, string subject, SecretReference reference, CancellationToken cancel)
    {
        if (await scope.Aws.Secrets.Find(reference.Id, cancel).ConfigureAwait(false) is not { } secret)
        {
            return Finding.Ng(subject, $"Secrets Manager has no secret '{reference.Id}'", $"create it, or correct ValueFrom in the template of stack '{task.Stack}'");
        }

        if (secret.Deleted)
        {
            return Finding.Ng(subject, $"secret '{reference.Id}' is marked for deletion", $"aws secretsmanager restore-secret --secret-id {reference.Id}");
        }

        if (await Right(scope, task, "secretsmanager:GetSecretValue", secret.Arn, secret.Tags, cancel).ConfigureAwait(false) is { } denied)
        {
            return Finding.Ng(subject, denied, $"allow secretsmanager:GetSecretValue on {secret.Arn} in the execution role's policy (stack '{task.Stack}')");
        }

        // Only the value knows its keys: this is the one look that some roles may not take.
        return reference.IsWhole || await scope.Aws.Secrets.Holds(reference.Id, reference.Key, reference.Stage, reference.Version, cancel).ConfigureAwait(false)
            ? Finding.Ok(subject, $"secret is there{(reference.Key is null ? "" : $", with key '{reference.Key}'")}, and the execution role may read it")
            : Finding.Ng(subject, $"secret '{reference.Id}' has no {reference.Missing}", $"correct ValueFrom in the template of stack '{task.Stack}', or put the value there");
    }

    private static async Task<Finding> Parameter(PreflightScope scope, PlannedTask task, string subject, string from, CancellationToken cancel)
    {
        var (account, region) = (scope.Configuration.Environment.Account, scope.Configuration.Environment.Region);
        var arn = from.StartsWith("arn:", StringComparison.Ordinal) ? from : $"arn:aws:ssm:{region}:{account}:parameter/{from.TrimStart('/')}";
        var name = arn.Split(":parameter") is [_, var path] && path.LastIndexOf('/') > 0 ? path : arn.Split(":parameter/")[^1];
        if ((await scope.Aws.Secrets.MissingParameters([name], cancel).ConfigureAwait(false)).Count > 0)
        {
            return Finding.Ng(subject, $"SSM has no parameter '{name}'", $"aws ssm put-parameter --name {name} --type SecureString, or correct ValueFrom in the template of stack '{task.Stack}'");
        }

        return await Right(scope, task, "ssm:GetParameters", arn, new Dictionary<string, string>(), cancel).ConfigureAwait(false) is { } denied
            ? Finding.Ng(subject, denied, $"allow ssm:GetParameters on {arn} in the execution role's policy (stack '{task.Stack}')")
            : Finding.Ok(subject, $"parameter '{name}' is there, and the execution role may read it");
    }

    /// <returns>why the execution role may not read it; <c>null</c>: it may</returns>
    private static async Task<string?> Right(PreflightScope scope, PlannedTask task, string action, string resource, IReadOnlyDictionary<string, string> tags, CancellationToken cancel)
    {
        if (task.ExecutionRole is not { } role)
        {
            return "the task definition has no execution role, which reads secrets for it";
        }

        var decision = PlannedRoles.Find(scope.Release, task.Stack, role) is { } planned && PlannedRoles.Policies(scope.Release, planned) is { Count: > 0 } policies
            ? await scope.Aws.Roles.Allow(policies, action, resource, tags, cancel).ConfigureAwait(false)
            : TemplateValues.IsDeferred(role) ? new AccessDecision(false, "implicitDeny")
            : await scope.Aws.Roles.May(role, action, resource, tags, cancel).ConfigureAwait(false);
        return decision.Allowed ? null : $"execution role {role} may not {action} on it ({decision.Decision})";
    }
}
