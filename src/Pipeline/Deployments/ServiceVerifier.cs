using Pipeline.Aws;

namespace Pipeline.Deployments;

/// <summary>Proves that what was requested of a service is what runs: its digest on every task, healthy targets, health and smoke checks through the load balancer.</summary>
/// <param name="deadline">for all of it together</param>
public sealed class ServiceVerifier(AwsAccount aws, TimeSpan deadline)
{
    /// <summary>Proves one service.</summary>
    /// <returns>what was found; <see cref="ServiceProof.Failure"/> says what is wrong, if something is</returns>
    public async Task<ServiceProof> Prove(ServiceTarget target, string stackName, CancellationToken cancel)
    {
        var proof = new ServiceProof(target.Settings.Name, target.Digest, target.Version);
        if (await aws.Stacks.Describe(stackName, cancel).ConfigureAwait(false) is not { } stack)
        {
            return proof with { Failure = $"stack {stackName} does not exist" };
        }

        var url = stack.Outputs.GetValueOrDefault(target.Settings.UrlOutput);
        if (url is null)
        {
            return proof with { Failure = $"stack {stackName} has no output '{target.Settings.UrlOutput}'" };
        }

        // Tasks of the version before may still be draining: look until it is as requested, or the deadline has passed.
        proof = await Polling.Within(async () =>
        {
            var seen = await Running(proof with { Url = url }, stackName, cancel).ConfigureAwait(false);
            return (seen.Failure is null, seen);
        }, aws.PollInterval, deadline, cancel).ConfigureAwait(false);
        return proof.Failure is null ? await Answers(proof, target, cancel).ConfigureAwait(false) : proof;
    }

    private async Task<ServiceProof> Running(ServiceProof proof, string stackName, CancellationToken cancel)
    {
        if (await aws.ServicesOf(stackName, cancel).ConfigureAwait(false) is not [var service])
        {
            return proof with { Failure = $"stack {stackName} does not run exactly one ECS service" };
        }

        var tasks = await aws.RunningTasks(service, cancel).ConfigureAwait(false);
        proof = proof with { Tasks = tasks.Count, Desired = service.Desired };
        if (tasks.FirstOrDefault(t => t.Containers.All(c => c.Digest != proof.Digest)) is { } other)
        {
            return proof with { Failure = $"task {other.Id} runs {string.Join(", ", other.Containers.Select(c => Reporting.Words.Digest(c.Digest)))}, not {Reporting.Words.Digest(proof.Digest)}" };
        }

        if (tasks.Count != service.Desired || tasks.Count == 0)
        {
            return proof with { Failure = $"{tasks.Count} of {service.Desired} tasks run" };
        }

        return await LiveTraffic.Read(aws, service, cancel).ConfigureAwait(false) is { } traffic
            ? await Shifted(proof, service, traffic, cancel).ConfigureAwait(false)
            : await Fixed(proof, service, cancel).ConfigureAwait(false);
    }

    /// <summary>Of the two sides only the one that serves counts; the other is empty, or about to be.</summary>
    private async Task<ServiceProof> Shifted(ServiceProof proof, ServiceState service, LiveTraffic traffic, CancellationToken cancel) => traffic.Wrong is { } wrong
        ? proof with { Failure = wrong }
        : await Healthy(proof, service, traffic.Serving!, cancel).ConfigureAwait(false);

    private async Task<ServiceProof> Fixed(ServiceProof proof, ServiceState service, CancellationToken cancel)
    {
        foreach (var group in service.TargetGroups)
        {
            proof = await Healthy(proof, service, group, cancel).ConfigureAwait(false);
            if (proof.Failure is not null)
            {
                return proof;
            }

            if (await Traffic(group, cancel).ConfigureAwait(false) is { } wrong)
            {
                return proof with { Failure = wrong };
            }
        }

        return proof;
    }

    private async Task<ServiceProof> Healthy(ServiceProof proof, ServiceState service, string group, CancellationToken cancel)
    {
        var healthy = (await aws.TargetGroups.Health(group, cancel).ConfigureAwait(false)).Count(t => t.Healthy);
        proof = proof with { HealthyTargets = proof.HealthyTargets + healthy };
        return healthy < service.Desired ? proof with { Failure = $"{healthy} of {service.Desired} targets are healthy" } : proof;
    }

    /// <returns>what is wrong with the listener rules' weights; <c>null</c>: all of their traffic goes to the group</returns>
    private async Task<string?> Traffic(string group, CancellationToken cancel)
    {
        var shares = await aws.TargetGroups.Weights(group, cancel).ConfigureAwait(false);
        return shares.Count == 0 ? $"no listener rule forwards to target group {group}"
            : shares.FirstOrDefault(s => s[group] < s.Values.Sum() || s[group] == 0) is { } split ? $"only {split[group]} of {split.Values.Sum()} parts of a rule's traffic go to target group {group}"
            : null;
    }

    private static async Task<ServiceProof> Answers(ServiceProof proof, ServiceTarget target, CancellationToken cancel)
    {
        var (passed, failure) = await ServiceAnswers.Check(proof.Url, target.Settings, cancel).ConfigureAwait(false);
        return proof with { SmokePassed = passed, Failure = failure };
    }
}

/// <summary>What was found of one service.</summary>
/// <param name="Service">its name</param>
/// <param name="Digest">the requested one</param>
/// <param name="Version">as users see it</param>
public sealed record ServiceProof(string Service, string Digest, string Version)
{
    /// <summary>Where it answers.</summary>
    public string Url { get; init; } = "";

    /// <summary>Tasks that run.</summary>
    public int Tasks { get; init; }

    /// <summary>Tasks that should run.</summary>
    public int Desired { get; init; }

    /// <summary>Targets that the load balancer found healthy.</summary>
    public int HealthyTargets { get; init; }

    /// <summary>Smoke checks that passed.</summary>
    public int SmokePassed { get; init; }

    /// <summary>What is wrong; <c>null</c>: proven.</summary>
    public string? Failure { get; init; }
}
