using Pipeline.Aws;
using Pipeline.Configuration;
using Pipeline.Reporting;

namespace Pipeline.Deployments;

/// <summary>What ECS runs of each service right now, whatever the record says.</summary>
public static class LiveServices
{
    /// <summary>How many tasks all services of an environment have, and should have; without looking at the tasks themselves.</summary>
    /// <param name="environment">its name</param>
    /// <returns>service → tasks; a service that ECS does not know is missing</returns>
    public static async Task<IReadOnlyDictionary<string, LiveTasks>> Count(PipelineConfiguration configuration, string environment, AwsAccount aws, CancellationToken cancel)
    {
        var found = await Task.WhenAll(configuration.Services.Select(async service =>
            (service.Name, Live: await aws.ServicesOf(configuration.StackName(service.Stack, environment), cancel).ConfigureAwait(false)))).ConfigureAwait(false);
        return found.Where(f => f.Live.Count > 0).ToDictionary(f => f.Name, f => new LiveTasks(f.Live[0].Running, f.Live[0].Desired));
    }

    /// <summary>Reads all services of an environment side by side.</summary>
    /// <param name="environment">its name</param>
    /// <returns>service → what runs; a service that ECS does not know is missing</returns>
    public static async Task<IReadOnlyDictionary<string, LiveService>> Read(PipelineConfiguration configuration, string environment, AwsAccount aws, CancellationToken cancel)
    {
        var found = await Task.WhenAll(configuration.Services.Select(async service =>
        {
            var stackName = configuration.StackName(service.Stack, environment);
            return await aws.ServicesOf(stackName, cancel).ConfigureAwait(false) is [var live, ..]
                ? (service.Name, Live: new LiveService(new LiveTasks(live.Running, live.Desired),
                    [.. (await aws.RunningTasks(live, cancel).ConfigureAwait(false)).SelectMany(t => t.Containers).Select(c => c.Digest).OfType<string>().Distinct()]))
                : (service.Name, Live: null);
        })).ConfigureAwait(false);
        return found.Where(f => f.Live is not null).ToDictionary(f => f.Name, f => f.Live!);
    }
}

/// <summary>One service as ECS runs it.</summary>
/// <param name="Tasks">counted</param>
/// <param name="Digests">of the images that its tasks run</param>
public sealed record LiveService(LiveTasks Tasks, IReadOnlyList<string> Digests)
{
    /// <summary>Why it does not run this digest, and no other, on as many tasks as it should; <c>null</c>: it does.</summary>
    public string? Doubt(string digest) =>
        Tasks.Running != Tasks.Desired || Tasks.Running == 0 ? $"{Tasks.Running} of {Tasks.Desired} tasks run"
        : Digests.FirstOrDefault(d => d != digest) is { } other ? $"a task runs {other}, not {digest}"
        : null;
}
