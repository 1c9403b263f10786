using Pipeline.Aws;

namespace Pipeline.Deployments;

/// <summary>Where the production traffic of a service with two sides goes right now, and where it should.</summary>
/// <param name="Sides">the sides and the rules</param>
/// <param name="Weights">target group → weight in the production rule</param>
/// <param name="Revision">the target group of the revision that ECS runs; <c>null</c>: ECS runs two, or does not say</param>
public sealed record LiveTraffic(ShiftingTraffic Sides, IReadOnlyDictionary<string, int> Weights, string? Revision)
{
    /// <summary>The target group that gets all of the traffic; <c>null</c>: the traffic is split, or nobody gets any.</summary>
    public string? Serving => Weights.Where(w => w.Value > 0).Select(w => w.Key).ToList() is [var only] ? only : null;

    /// <summary>What is wrong with it while no deployment is under way; <c>null</c>: all of it goes to the revision that serves.</summary>
    public string? Wrong => Serving switch
    {
        null => $"production traffic is split: {Said}",
        var serving when serving != Sides.TargetGroup && serving != Sides.AlternateTargetGroup => $"production traffic goes to {Name(serving)}, which is no target group of the service",
        var serving when Revision is { } own && own != serving => $"production traffic goes to {Name(serving)}, but the revision that runs is in {Name(own)}",
        _ => null,
    };

    /// <summary>For people: the weights.</summary>
    public string Said => Weights.Count == 0 ? "the rule forwards to no target group" : string.Join(", ", Weights.Select(w => $"{w.Value} to {Name(w.Key)}"));

    /// <summary>Reads it.</summary>
    /// <returns><c>null</c>: the service is deployed rolling</returns>
    public static async Task<LiveTraffic?> Read(AwsAccount aws, ServiceState service, CancellationToken cancel)
    {
        if (service.Shifting is not { } sides)
        {
            return null;
        }

        var weights = await aws.TargetGroups.WeightsOf(sides.ProductionRule, cancel).ConfigureAwait(false);
        var revision = service.Revisions is [var only] ? await aws.Services.DescribeRevision(only, cancel).ConfigureAwait(false) : null;
        return new LiveTraffic(sides, weights, revision?.TargetGroups is [var group] ? group : null);
    }

    /// <summary>A target group's name, from its ARN.</summary>
    public static string Name(string targetGroup) => targetGroup.Split('/') is [_, var name, ..] ? name : targetGroup;
}
