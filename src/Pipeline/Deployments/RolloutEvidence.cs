using System.Text.Json;
using System.Text.Json.Serialization;
using Pipeline.Aws;
using Pipeline.Outcomes;

namespace Pipeline.Deployments;

/// <summary>Keeps what is to be seen of a rollout that goes back, at once: ECS forgets tasks within the hour and their revision at the end.</summary>
/// <param name="folder">it is made; one file a service and one a log</param>
public sealed class RolloutEvidence(AwsAccount aws, string folder)
{
    private const int LogLines = 500;
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true, Converters = { new JsonStringEnumConverter() } };

    /// <summary>The folder of a release's evidence.</summary>
    /// <param name="root">the repository's</param>
    public static string FolderOf(string root, string release) => Path.Combine(root, "artifacts", "evidence", release);

    /// <summary>Keeps it. What can not be read is left out and named; it never fails.</summary>
    /// <param name="name">of the service</param>
    public async Task Keep(string name, ServiceState service, ServiceDeploymentState deployment, CancellationToken cancel)
    {
        var missing = new List<string>();
        var tasks = await Read("tasks", () => aws.Services.Tasks(service.ClusterArn, service.Name, cancel), [], missing).ConfigureAwait(false);
        var weights = new Dictionary<string, IReadOnlyDictionary<string, int>>();
        var health = new Dictionary<string, IReadOnlyList<TargetState>>();
        foreach (var rule in new[] { service.Shifting?.ProductionRule, service.Shifting?.TestRule }.OfType<string>())
        {
            weights[rule] = await Read("weights", () => aws.TargetGroups.WeightsOf(rule, cancel), new Dictionary<string, int>(), missing).ConfigureAwait(false);
        }

        foreach (var group in service.TargetGroups.Append(service.Shifting?.AlternateTargetGroup).OfType<string>().Distinct())
        {
            health[group] = await Read("targets", () => aws.TargetGroups.Health(group, cancel), [], missing).ConfigureAwait(false);
        }

        var alarms = deployment.TriggeredAlarms.Count == 0 ? new Dictionary<string, string>()
            : await Read("alarms", () => aws.Alarms.States(deployment.TriggeredAlarms, cancel), new Dictionary<string, string>(), missing).ConfigureAwait(false);
        try
        {
            Directory.CreateDirectory(folder);
            await Logs(name, tasks, missing, cancel).ConfigureAwait(false);
            var seen = new { At = DateTimeOffset.UtcNow, Deployment = deployment, Service = service, Tasks = tasks, Weights = weights, Targets = health, Alarms = alarms, Missing = missing };
            await File.WriteAllTextAsync(Path.Combine(folder, $"{name}.json"), JsonSerializer.Serialize(seen, Json), cancel).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The rollout's own end is the news; a full disk must not keep anybody from it.
        }
    }

    private async Task Logs(string name, IReadOnlyList<TaskState> tasks, List<string> missing, CancellationToken cancel)
    {
        foreach (var (task, container) in tasks.SelectMany(t => t.Containers.Where(c => c.Log is not null).Select(c => (t, c))))
        {
            var lines = await Read($"log of {task.Id}", () => aws.TaskLogs.Last(container.Log!, LogLines, cancel), [], missing).ConfigureAwait(false);
            if (lines.Count > 0)
            {
                await File.WriteAllLinesAsync(Path.Combine(folder, $"{name}-{task.Id}-{container.Name}.log"), lines.Select(l => $"{l.Time:O} {l.Text}"), cancel).ConfigureAwait(false);
            }
        }
    }

    private static async Task<T> Read<T>(string what, Func<Task<T>> read, T otherwise, List<string> missing)
    {
        try
        {
            return await read().ConfigureAwait(false);
        }
        catch (PipelineException e)
        {
            missing.Add($"{what}: {e.Message}");
            return otherwise;
        }
    }
}
