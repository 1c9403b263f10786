using Pipeline.Aws;
using Pipeline.Configuration;

namespace Pipeline.Preflight;

/// <summary>Whoever runs this may do what a rollback does.</summary>
internal static class RollbackRights
{
    private const string Subject = "permissions";
    private static readonly string[] Needed = ["cloudformation:CreateChangeSet", "cloudformation:ExecuteChangeSet", "cloudformation:RollbackStack", "cloudformation:ContinueUpdateRollback"];

    public static async Task<Finding> Look(PipelineConfiguration configuration, AwsAccount aws, CancellationToken cancel)
    {
        if (!aws.IsAws)
        {
            return Finding.Ok(Subject, "on the embedded cloud its users may do everything");
        }

        var caller = await aws.Identity.Caller(cancel).ConfigureAwait(false);
        var partition = configuration.Environment.Region.StartsWith("cn-", StringComparison.Ordinal) ? "aws-cn" : "aws";
        if (Principal(caller, partition) is not { } principal)
        {
            return Finding.Skip(Subject, $"the policies of {caller.Arn} can not be asked for");
        }

        var stack = $"arn:{partition}:cloudformation:{aws.Region}:{aws.Id}:stack/{configuration.StackName(configuration.Stacks[0].Name)}/*";
        var decisions = await Task.WhenAll(Needed.Select(async action => (action, Decision: await aws.Roles.May(principal, action, stack, new Dictionary<string, string>(), cancel).ConfigureAwait(false)))).ConfigureAwait(false);
        return decisions.Where(d => !d.Decision.Allowed && d.Decision.Unknown.Count == 0).Select(d => d.action).ToList() is { Count: > 0 } missing
            ? Finding.Ng(Subject, $"{caller.Arn} lacks {string.Join(", ", missing)} on {stack}", $"./build.sh --target=Bootstrap --environment={configuration.Environment.Name} makes roles that have them")
            : Finding.Ok(Subject, $"{caller.Arn} may change and roll back the stacks");
    }

    /// <summary>A session is asked about as its role: arn:aws:sts::ACCOUNT:assumed-role/NAME/SESSION leaves out the path, and the pipeline's roles have one.</summary>
    private static string? Principal(CallerIdentity caller, string partition) =>
        caller.Arn.Contains(":assumed-role/", StringComparison.Ordinal) ? $"arn:{partition}:iam::{caller.Account}:role/pipeline/{caller.Arn.Split('/')[1]}"
        : caller.Arn.Contains(":user/", StringComparison.Ordinal) ? caller.Arn
        : null;
}
