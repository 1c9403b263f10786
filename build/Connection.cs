using Pipeline.Aws;
using Pipeline.Configuration;

namespace Build;

/// <summary>The way to an environment's cloud; on AWS nothing is asked of an account before it is proven to be the right one.</summary>
internal static class Connection
{
    public static async Task<AwsAccount> To(PipelineConfiguration configuration, CancellationToken cancel)
    {
        var environment = configuration.Environment;
        if (environment.Cloud == CloudKind.Aws)
        {
            var aws = new AwsAccount(AwsConnection.ToAws(environment.Region, environment.Account));
            await aws.Identity.Demand(environment.Name, cancel);
            return aws;
        }

        var cloud = await new EmbeddedCloud(configuration.Root, configuration.LocalCloudPort).FindOrStart(cancel);
        return new AwsAccount(AwsConnection.ToEmbeddedCloud(new Uri(cloud.Endpoint).Port, environment.Region, environment.Account));
    }

    /// <summary>The same without starting or refusing anything: for those who only look.</summary>
    /// <returns><c>null</c>: the embedded cloud does not run</returns>
    public static async Task<AwsAccount?> Reach(PipelineConfiguration configuration, EmbeddedCloud cloud, CancellationToken cancel)
    {
        var environment = configuration.Environment;
        return environment.Cloud == CloudKind.Aws ? new AwsAccount(AwsConnection.ToAws(environment.Region, environment.Account))
            : await cloud.Find(cancel) is { } running ? new AwsAccount(AwsConnection.ToEmbeddedCloud(new Uri(running.Endpoint).Port, environment.Region, environment.Account))
            : null;
    }
}
