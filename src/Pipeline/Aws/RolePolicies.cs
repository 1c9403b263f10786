using Amazon.IdentityManagement.Model;

namespace Pipeline.Aws;

/// <summary>A role.</summary>
/// <param name="Name">without its path</param>
/// <param name="Arn">with it</param>
/// <param name="Trust">who may take it: a policy document, JSON</param>
public sealed record RoleState(string Name, string Arn, string Trust);

/// <summary>Whether policies allow something.</summary>
/// <param name="Allowed">they do</param>
/// <param name="Decision">AWS's word: <c>allowed</c>, <c>explicitDeny</c> or <c>implicitDeny</c></param>
/// <param name="Unknown">condition keys that policies ask for and nobody could answer: a denial may be none</param>
public sealed record AccessDecision(bool Allowed, string Decision, IReadOnlyList<string> Unknown);

/// <summary>IAM: roles, and what they may do.</summary>
/// <remarks>Every member throws <see cref="AwsRefusedException"/> or <see cref="AwsUnreachableException"/>.</remarks>
public sealed class RolePolicies(AwsConnection aws)
{
    /// <summary>Prefixes under which policies ask for a resource's tags.</summary>
    private static readonly string[] TagKeys = ["aws", "secretsmanager"];

    /// <summary>The role; <c>null</c>: there is none.</summary>
    /// <param name="name">without its path</param>
    public async Task<RoleState?> Find(string name, CancellationToken cancel)
    {
        try
        {
            var answer = await aws.Ask($"read role '{name}'", () => aws.Iam.GetRoleAsync(new GetRoleRequest { RoleName = name }, cancel), cancel).ConfigureAwait(false);
            return new RoleState(answer.Role.RoleName, answer.Role.Arn, Uri.UnescapeDataString((answer.Role.AssumeRolePolicyDocument ?? "{}").Replace('+', ' ')));
        }
        catch (AwsRefusedException e) when (e.Code is "NoSuchEntity" or "NoSuchEntityException")
        {
            return null;
        }
    }

    /// <summary>Whether a role's policies let it do something; what the resource's own policy says does not count.</summary>
    /// <param name="roleArn">the role</param>
    /// <param name="action">e.g. <c>secretsmanager:GetSecretValue</c></param>
    /// <param name="resource">its ARN</param>
    /// <param name="tags">of the resource, for policies with conditions</param>
    public async Task<AccessDecision> May(string roleArn, string action, string resource, IReadOnlyDictionary<string, string> tags, CancellationToken cancel)
    {
        var answer = await aws.Ask(
            $"find out what role '{roleArn}' may do",
            () => aws.Iam.SimulatePrincipalPolicyAsync(new SimulatePrincipalPolicyRequest { PolicySourceArn = roleArn, ActionNames = [action], ResourceArns = [resource], ContextEntries = Context(tags) }, cancel),
            cancel).ConfigureAwait(false);
        return Decision(answer.EvaluationResults);
    }

    /// <summary>Whether policies that no role has yet let it do something.</summary>
    /// <param name="policies">documents, JSON</param>
    /// <param name="action">e.g. <c>secretsmanager:GetSecretValue</c></param>
    /// <param name="resource">its ARN</param>
    /// <param name="tags">of the resource, for policies with conditions</param>
    public async Task<AccessDecision> Allow(IReadOnlyList<string> policies, string action, string resource, IReadOnlyDictionary<string, string> tags, CancellationToken cancel)
    {
        var answer = await aws.Ask(
            "find out what a role's new policies allow",
            () => aws.Iam.SimulateCustomPolicyAsync(new SimulateCustomPolicyRequest { PolicyInputList = [.. policies], ActionNames = [action], ResourceArns = [resource], ContextEntries = Context(tags) }, cancel),
            cancel).ConfigureAwait(false);
        return Decision(answer.EvaluationResults);
    }

    /// <summary>Whether the account has an OpenID Connect provider of an address.</summary>
    /// <param name="host">address without scheme</param>
    public async Task<bool> Trusts(string host, CancellationToken cancel)
    {
        try
        {
            await aws.Ask(
                $"look for the identity provider '{host}'",
                () => aws.Iam.GetOpenIDConnectProviderAsync(new GetOpenIDConnectProviderRequest { OpenIDConnectProviderArn = $"arn:{(aws.Region.StartsWith("cn-", StringComparison.Ordinal) ? "aws-cn" : "aws")}:iam::{aws.Account}:oidc-provider/{host}" }, cancel),
                cancel).ConfigureAwait(false);
            return true;
        }
        catch (AwsRefusedException e) when (e.Code is "NoSuchEntity" or "NoSuchEntityException")
        {
            return false;
        }
    }

    private static AccessDecision Decision(List<EvaluationResult>? results)
    {
        var only = results is [var first, ..] ? first : new EvaluationResult();
        var decision = only.EvalDecision?.Value ?? "implicitDeny";
        return new AccessDecision(decision == "allowed", decision, only.MissingContextValues ?? []);
    }

    /// <summary>Condition keys regard no case, tags do.</summary>
    private static List<ContextEntry> Context(IReadOnlyDictionary<string, string> tags) =>
        [.. tags.GroupBy(t => t.Key, StringComparer.OrdinalIgnoreCase).SelectMany(same => TagKeys
            .Select(service => new ContextEntry { ContextKeyName = $"{service}:ResourceTag/{same.Key}", ContextKeyType = "string", ContextKeyValues = [.. same.Select(t => t.Value).Distinct()] }))];
}
