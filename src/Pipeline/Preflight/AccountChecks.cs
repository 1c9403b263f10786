using Pipeline.Aws;
using Pipeline.Configuration;
using Pipeline.Images;
using Pipeline.Ledger;

namespace Pipeline.Preflight;

/// <summary>Who asks, where the record is kept, how much room the account has.</summary>
internal static class AccountChecks
{
    private const int NearlyFull = 90;

    /// <summary>What can be looked at without a plan.</summary>
    public static IEnumerable<Inspection> Of(PipelineConfiguration configuration, AwsAccount aws) =>
    [
        new Inspection("account", "credentials", cancel => Credentials(configuration, aws, cancel)),
        new Inspection("ledger", configuration.LedgerBucket, cancel => Ledger(configuration, aws, cancel)),
        new Inspection("quotas", "CloudFormation", async cancel => Quota(await aws.Quotas.Stacks(cancel).ConfigureAwait(false))),
        new Inspection("quotas", "Elastic Load Balancing", async cancel => Quota(await aws.Quotas.LoadBalancers(cancel).ConfigureAwait(false))),
    ];

    public static IReadOnlyList<Finding> Configuration(PipelineConfiguration configuration) =>
    [
        Finding.Ok(configuration.File, $"{configuration.Services.Count} services, {configuration.Stacks.Count} stacks, {configuration.EnvironmentNames.Count} environments"),
        .. ImageSet.WithoutBaseImage(configuration).Select(s => Finding.Ng(s.Name, "it has no base image: its image could not run on AWS", $"set services.{s.Name}.baseImage in pipeline.yml, by digest")),
    ];

    private static async Task<Finding> Credentials(PipelineConfiguration configuration, AwsAccount aws, CancellationToken cancel)
    {
        var caller = await aws.Identity.Caller(cancel).ConfigureAwait(false);
        return caller.Account == aws.Id
            ? Finding.Ok("credentials", $"{caller.Arn} in account {caller.Account}, {aws.Place}")
            : Finding.Ng("credentials", $"{caller.Arn} is of account {caller.Account}, but {configuration.Environment.Name} belongs to account {aws.Id}", $"AWS_PROFILE=<a profile of account {aws.Id}>");
    }

    private static async Task<Finding> Ledger(PipelineConfiguration configuration, AwsAccount aws, CancellationToken cancel)
    {
        var store = aws.Bucket(configuration.LedgerBucket);
        if (!await store.Exists(cancel).ConfigureAwait(false))
        {
            return aws.IsAws
                ? Finding.Ng(configuration.LedgerBucket, "there is no such bucket", $"./build.sh --target=Bootstrap --environment={configuration.Environment.Name}")
                : Finding.Skip(configuration.LedgerBucket, "the first deployment makes it");
        }

        return await EnvironmentLock.Holder(store, configuration.Environment.Name, cancel).ConfigureAwait(false) is { } holder
            ? Finding.Skip(configuration.LedgerBucket, $"is there; {configuration.Environment.Name} is held by {holder.Owner} ({holder.Purpose}), a deployment would have to wait")
            : Finding.Ok(configuration.LedgerBucket, "is there, and nobody holds the environment");
    }

    private static IReadOnlyList<Finding> Quota(IReadOnlyList<QuotaUse> uses) => [.. uses.Select(use => use.Used * 100L >= use.Limit * (long)NearlyFull
        ? use.Used >= use.Limit
            ? Finding.Ng(use.Name, $"{use.Used} of {use.Limit}: no more can be made", "raise the quota in Service Quotas, or delete what nobody needs")
            : Finding.Ok(use.Name, $"{use.Used} of {use.Limit}, nearly full")
        : Finding.Ok(use.Name, $"{use.Used} of {use.Limit}"))];
}
