using System.Globalization;
using System.Text.Json.Nodes;
using Pipeline.LocalCloud.Metrics;
using Pipeline.LocalCloud.Protocols;

namespace Pipeline.LocalCloud.Ecs;

/// <summary>What a task reserves.</summary>
/// <param name="Cpus">vCPU</param>
/// <param name="Bytes">of memory</param>
internal sealed record Reservation(double Cpus, double Bytes)
{
    /// <summary>Of the task, or of its containers together; <c>null</c>: nothing is reserved, so there is nothing to be a percentage of.</summary>
    public static Reservation? Of(JsonObject definition)
    {
        var units = Number(definition.Text("cpu"), "vcpu", 1024) ?? definition.Objects("containerDefinitions").Sum(c => c.Number("cpu") ?? 0);
        var mebibytes = Number(definition.Text("memory"), "gb", 1024) ?? definition.Objects("containerDefinitions").Sum(c => c.Number("memory") ?? c.Number("memoryReservation") ?? 0);
        return units > 0 && mebibytes > 0 ? new Reservation(units / 1024, mebibytes * 1024 * 1024) : null;
    }

    /// <summary><c>512</c>, or in a large unit: <c>.5 vCPU</c>, <c>0.5 GB</c>.</summary>
    private static double? Number(string? text, string large, int factor)
    {
        var isLarge = text?.Trim().EndsWith(large, StringComparison.OrdinalIgnoreCase) == true;
        return double.TryParse(isLarge ? text!.Trim()[..^large.Length] : text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number * (isLarge ? factor : 1) : null;
    }
}

/// <summary>Measures how much of their reservation the running tasks use: their processes with all that these started.</summary>
internal sealed class TaskUsage(TaskPool pool, TimeProvider clock)
{
    private readonly Dictionary<string, (TimeSpan Cpu, long At)> _before = new(StringComparer.Ordinal);

    /// <summary>
    /// Percent of CPU and memory: for each task as <c>ECS/ContainerInsights</c> names it, and as values of its service's <c>AWS/ECS</c> metrics.
    /// On Fargate no task gets more CPU than it reserves; here it may, and counts as 100 %.
    /// </summary>
    public IReadOnlyList<Gauge> Measure()
    {
        var running = pool.Running.Where(task => task.Record.LastStatus == "RUNNING").ToList();
        foreach (var gone in _before.Keys.Except(running.Select(task => task.Record.Arn)).ToList())
        {
            _before.Remove(gone);
        }

        if (running.Count == 0)
        {
            return [];
        }

        var table = ProcessTable.Read();
        return [.. running.SelectMany(task => Of(task, table))];
    }

    private IEnumerable<Gauge> Of(TaskRunner task, ProcessTable table)
    {
        var used = task.ProcessIds.Select(table.Of).OfType<ProcessUsage>().ToList();
        if (used.Count == 0 || task.Reservation is not { } reserved)
        {
            yield break;
        }

        var record = task.Record;
        var cluster = ("ClusterName", record.Cluster[(record.Cluster.LastIndexOf('/') + 1)..]);
        var family = record.TaskDefinition[(record.TaskDefinition.LastIndexOf('/') + 1)..].Split(':')[0];
        (string, string)[] own = [cluster, ("TaskDefinitionFamily", family), ("TaskId", record.Id)];
        (string, string)[]? service = record.Group.StartsWith("service:", StringComparison.Ordinal) ? [cluster, ("ServiceName", record.Group["service:".Length..])] : null;

        var (cpu, now) = (TimeSpan.FromTicks(used.Sum(process => process.Cpu.Ticks)), clock.GetTimestamp());
        if (_before.TryGetValue(record.Arn, out var before) && clock.GetElapsedTime(before.At, now) is var elapsed && elapsed > TimeSpan.Zero)
        {
            var percent = Math.Clamp(100 * (cpu - before.Cpu) / elapsed / reserved.Cpus, 0, 100);
            foreach (var gauge in Both("TaskCpuUtilization", "CPUUtilization", percent))
            {
                yield return gauge;
            }
        }

        _before[record.Arn] = (cpu, now);
        foreach (var gauge in Both("TaskMemoryUtilization", "MemoryUtilization", 100 * used.Sum(process => process.Bytes) / reserved.Bytes))
        {
            yield return gauge;
        }

        IEnumerable<Gauge> Both(string ofTask, string ofService, double percent)
        {
            yield return new Gauge(Metric.Of("ECS/ContainerInsights", ofTask, own), percent, "Percent");
            if (service is not null)
            {
                yield return new Gauge(Metric.Of("AWS/ECS", ofService, service), percent, "Percent");
            }
        }
    }
}
