using Pipeline.Aws;
using Pipeline.Configuration;
using Pipeline.Ledger;
using Pipeline.Outcomes;
using Pipeline.Reporting;
using Pipeline.StackOperations;

namespace Pipeline.Bootstrap;

/// <summary>
/// Brings an account to where a first deployment can begin: the stack <c>SYSTEM-bootstrap</c> (shared by the environments of an account
/// and region) and <c>SYSTEM-bootstrap-ENVIRONMENT</c> with the environment's roles. Again with nothing changed it changes nothing.
/// </summary>
public sealed class Bootstrapper(PipelineConfiguration configuration, AwsAccount aws, Output output)
{
    private const string GitHub = "token.actions.githubusercontent.com";
    private const string TemplateParameter = "GitHubProvider";
    private readonly string _environment = configuration.Environment.Name;

    private string SharedStack => $"{configuration.Name}-bootstrap";

    private string AccessStack => $"{SharedStack}-{_environment}";

    /// <summary>Deploys both stacks.</summary>
    /// <returns>the roles by name: <c>ReadRole</c>, <c>PlanRole</c>, <c>DeployRole</c>, <c>RollbackRole</c> → ARN</returns>
    /// <exception cref="PipelineException">a stack may not be touched or the bucket belongs to none (3), or CloudFormation failed and went back (1)</exception>
    public async Task<IReadOnlyDictionary<string, string>> Run(CancellationToken cancel)
    {
        var shared = await aws.Stacks.Describe(SharedStack, cancel).ConfigureAwait(false);
        await RefuseForeignBucket(shared, cancel).ConfigureAwait(false);
        return await output.WithRows("Bootstrap", async rows =>
        {
            await Bring(SharedStack, BootstrapTemplate.Text(configuration), await SharedParameters(shared, cancel).ConfigureAwait(false), rows, cancel).ConfigureAwait(false);
            return (await Bring(AccessStack, AccessTemplate.Text(), AccessParameters(), rows, cancel).ConfigureAwait(false)).Outputs;
        }).ConfigureAwait(false);
    }

    private async Task<StackState> Bring(string stack, string template, IReadOnlyDictionary<string, string> parameters, Rows rows, CancellationToken cancel)
    {
        // The roles and the ledger are nobody's by-product: the stacks are kept from being deleted by accident.
        var snapshot = new StackSnapshot(template, parameters, Tags()) { TerminationProtection = true };
        var deployer = new StackDeployer(aws.Stacks, StackRules.Of(configuration.Environment, aws.PollInterval), new TemplateShelf(aws.Bucket(configuration.LedgerBucket)));
        var token = $"{_environment}-bootstrap-{DateTimeOffset.UtcNow:yyyyMMddHHmmss}-{snapshot.Hash()[..8]}";
        var result = await deployer.Apply(new StackWork(stack, stack, snapshot, token), _ => Task.CompletedTask, text => rows.Set(stack, text), cancel).ConfigureAwait(false);
        if (result is not { Outcome: AfterOperation.Applied, Stack: { } now })
        {
            throw new PipelineException(ExitCode.Failed, $"BOOTSTRAP FAILED: stack {stack} could not be brought to its template.",
                [.. result.Reasons.Select(r => new Detail("why", r)), new Detail(_environment, "what runs is untouched"), new Detail("next", $"aws cloudformation describe-stack-events --stack-name {stack}, then the same command again")]);
        }

        rows.Set(stack, result.Changed ? "done" : "no change", done: true);
        return now;
    }

    /// <summary>CloudFormation can not make a bucket that is there, and would not say what to do.</summary>
    private async Task RefuseForeignBucket(StackState? shared, CancellationToken cancel)
    {
        if (shared is null or { IsEmpty: true } && await aws.Bucket(configuration.LedgerBucket).Exists(cancel).ConfigureAwait(false))
        {
            throw new PipelineException(ExitCode.Refused, $"REFUSED: bucket '{configuration.LedgerBucket}' is there already, but no stack {SharedStack} that it belongs to.",
                new Detail("why", "a stack can only own what it has made, or has imported"),
                new Detail(_environment, "untouched"),
                new Detail("next", aws.IsAws
                    ? "import bucket and repositories into the stack (aws cloudformation create-change-set --change-set-type IMPORT), or name another in ledger.bucket"
                    : "a deployment made it on the embedded cloud: ./build.sh --target=ResetCloud forgets everything there; then bootstrap first"));
        }
    }

    private async Task<IReadOnlyDictionary<string, string>> SharedParameters(StackState? shared, CancellationToken cancel) => new Dictionary<string, string>
    {
        ["LedgerBucketName"] = configuration.LedgerBucket,
        // An account has one provider of an address: ours, if we made it, or whoever's it is.
        [TemplateParameter] = shared?.Parameters.GetValueOrDefault(TemplateParameter) == "true" || (configuration.GitHubRepository is not null && !await aws.Roles.Trusts(GitHub, cancel).ConfigureAwait(false)) ? "true" : "false",
    };

    private Dictionary<string, string> AccessParameters()
    {
        var partition = configuration.Environment.Region.StartsWith("cn-", StringComparison.Ordinal) ? "aws-cn" : "aws";
        return new Dictionary<string, string>
        {
            ["System"] = configuration.Name,
            ["EnvironmentName"] = _environment,
            ["LedgerBucket"] = configuration.LedgerBucket,
            ["RepositoryArns"] = string.Join(',', configuration.Services.Select(s => s.Repository).Distinct().Select(r => $"arn:{partition}:ecr:{aws.Region}:{aws.Id}:repository/{r}")),
            ["GitHubRepository"] = configuration.GitHubRepository ?? "",
        };
    }

    private Dictionary<string, string> Tags() => new()
    {
        ["system"] = configuration.Name,
        ["owner"] = configuration.Owner,
        ["cost-centre"] = configuration.CostCentre,
    };
}
