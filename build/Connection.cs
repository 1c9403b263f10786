using Pipeline.Aws;
using Pipeline.Configuration;
using Pipeline.Outcomes;

namespace Build;

/// <summary>The way to an environment's cloud.</summary>
internal static class Connection
{
    public static async Task<AwsAccount> To(PipelineConfiguration configuration, CancellationToken cancel)
    {
        var environment = configuration.Environment;
        if (environment.Cloud == CloudKind.Aws)
        {
            throw new PipelineException(ExitCode.Usage, $"{environment.Name} is configured for AWS, which this version cannot deploy to yet.",
                new Detail("next", "set 'cloud: local' in pipeline.yml to rehearse it"));
        }

        var cloud = await new EmbeddedCloud(configuration.Root, configuration.LocalCloudPort).FindOrStart(cancel);
        return new AwsAccount(AwsConnection.ToEmbeddedCloud(new Uri(cloud.Endpoint).Port, environment.Region, environment.Account));
    }
}
