using System.Text.Json.Nodes;

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

        if (await Right(scope, task, subject, new Right("secretsmanager:GetSecretValue", secret.Arn, secret.Tags), cancel).ConfigureAwait(false) is { } denied)
        {
            return denied;
        }

        // Only the value knows its keys: this is the one look that some roles may not take.
        return reference.IsWhole || await scope.Aws.Secrets.Holds(reference.Id, reference.Key, reference.Stage, reference.Version, cancel).ConfigureAwait(false)
            ? Finding.Ok(subject, $"secret is there{(reference.Key is null ? "" : $", with key '{reference.Key}'")}, and the execution role may read it")
            : Finding.Ng(subject, $"secret '{reference.Id}' has no {reference.Missing}", $"correct ValueFrom in the template of stack '{task.Stack}', or put the value there");
    }

    private static async Task<Finding> Parameter(PreflightScope scope, PlannedTask task, string subject, string from, CancellationToken cancel)
    {
        var (account, region) = (scope.Configuration.Environment.Account, scope.Configuration.Environment.Region);
        var partition = region.StartsWith("cn-", StringComparison.Ordinal) ? "aws-cn" : "aws";
        var arn = from.StartsWith("arn:", StringComparison.Ordinal) ? from : $"arn:{partition}:ssm:{region}:{account}:parameter/{from.TrimStart('/')}";
        var name = arn.Split(":parameter") is [_, var path] && path.LastIndexOf('/') > 0 ? path : arn.Split(":parameter/")[^1];
        if ((await scope.Aws.Secrets.MissingParameters([name], cancel).ConfigureAwait(false)).Count > 0)
        {
            return Finding.Ng(subject, $"SSM has no parameter '{name}'", $"aws ssm put-parameter --name {name} --type SecureString, or correct ValueFrom in the template of stack '{task.Stack}'");
        }

        return await Right(scope, task, subject, new Right("ssm:GetParameters", arn, new Dictionary<string, string>()), cancel).ConfigureAwait(false)
            ?? Finding.Ok(subject, $"parameter '{name}' is there, and the execution role may read it");
    }

    /// <returns><c>null</c>: the execution role may</returns>
    private static async Task<Finding?> Right(PreflightScope scope, PlannedTask task, string subject, Right right, CancellationToken cancel)
    {
        var fix = $"allow {right.Action} on {right.Resource} in the execution role's policy (stack '{task.Stack}')";
        if (task.ExecutionRole is not { } role)
        {
            return Finding.Ng(subject, "the task definition has no execution role, which reads secrets for it", fix);
        }

        var planned = PlannedRoles.Find(scope.Release, task.Stack, role);
        var policies = planned is null ? [] : PlannedRoles.Policies(scope.Release, planned);
        if (policies.Count == 0 && TemplateValues.IsDeferred(role))
        {
            return planned is { } bare && bare.Properties["ManagedPolicyArns"] is null
                ? Finding.Ng(subject, $"execution role '{bare.LogicalId}' of the template has no policy", fix)
                : Finding.Skip(subject, "the release makes the execution role, with policies that are not in its template");
        }

        var decision = policies.Count > 0
            ? await scope.Aws.Roles.Allow(policies, right.Action, right.Resource, right.Tags, cancel).ConfigureAwait(false)
            : await scope.Aws.Roles.May(role, right.Action, right.Resource, right.Tags, cancel).ConfigureAwait(false);
        return decision.Allowed ? null
            : decision.Unknown.Count > 0 ? Finding.Skip(subject, $"whether the execution role may {right.Action} depends on {string.Join(", ", decision.Unknown)}, which is only known when a task starts")
            : Finding.Ng(subject, $"execution role {role.Trim('<', '>')} may not {right.Action} on it ({decision.Decision})", fix);
    }
}

/// <summary>What a role must be allowed.</summary>
/// <param name="Tags">of the resource</param>
internal sealed record Right(string Action, string Resource, IReadOnlyDictionary<string, string> Tags);
