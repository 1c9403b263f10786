using Pipeline.Approvals;
using Pipeline.Aws;
using Pipeline.Configuration;

namespace Build;

/// <summary>The way to an environment's cloud; on AWS nothing is asked of an account before it is proven to be the right one.</summary>
internal static class Connection
{
    /// <summary>On the embedded cloud it is one of the profiles of <see cref="CloudProfiles"/>; the AWS CLI's own means what it says on AWS.</summary>
    private static string? Profile => Environment.GetEnvironmentVariable("AWS_PROFILE") is { Length: > 0 } named ? named : null;

    public static async Task<AwsAccount> To(PipelineConfiguration configuration, CancellationToken cancel)
    {
        var environment = configuration.Environment;
        if (environment.Cloud == CloudKind.Aws)
        {
            var aws = new AwsAccount(AwsConnection.ToAws(environment.Region, environment.Account));
            await aws.Identity.Demand(environment.Name, cancel);
            return aws;
        }

        var cloud = new EmbeddedCloud(configuration.Root, configuration.LocalCloudPort);
        var running = await cloud.FindOrStart(cancel);
        var profiles = await People(configuration, cloud, running, cancel);
        var developer = new AwsAccount(Embedded(configuration, running, null));
        if (Profile is not { } profile)
        {
            return developer;
        }

        var key = profiles.Demand(profile);
        // Only the developer may give the ledger's bucket its policy.
        await developer.Store(configuration.LedgerBucket, environment.Name, cancel);
        return new AwsAccount(Embedded(configuration, running, key));
    }

    /// <summary>The same without starting or refusing anything: for those who only look.</summary>
    /// <returns><c>null</c>: the embedded cloud does not run</returns>
    public static async Task<AwsAccount?> Reach(PipelineConfiguration configuration, EmbeddedCloud cloud, CancellationToken cancel)
    {
        var environment = configuration.Environment;
        return environment.Cloud == CloudKind.Aws ? new AwsAccount(AwsConnection.ToAws(environment.Region, environment.Account))
            : await cloud.Find(cancel) is { } running ? new AwsAccount(Embedded(configuration, running, null))
            : null;
    }

    /// <summary>The embedded cloud's people: those whom the environments' approvals name.</summary>
    public static async Task<CloudProfiles> People(PipelineConfiguration configuration, EmbeddedCloud cloud, CloudStatus running, CancellationToken cancel)
    {
        var profiles = new CloudProfiles(cloud.Folder);
        // At the first contact those of all environments: whoever deploys to one may be an approver of another.
        var all = Profile is not null || !File.Exists(profiles.File);
        IEnumerable<ApprovalSettings> rules = all
            ? configuration.EnvironmentNames.Select(name => ConfigurationLoader.Load(configuration.Root, name, file: Repository.Configuration).Environment.Gates.Approval)
            : [configuration.Environment.Gates.Approval];
        await profiles.Ensure(Embedded(configuration, running, null), [.. rules.SelectMany(r => ApproverNames.In(r))], cancel);
        return profiles;
    }

    private static AwsConnection Embedded(PipelineConfiguration configuration, CloudStatus cloud, AwsKey? key) =>
        AwsConnection.ToEmbeddedCloud(new Uri(cloud.Endpoint).Port, configuration.Environment.Region, configuration.Environment.Account, key);
}
