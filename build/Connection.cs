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
}
