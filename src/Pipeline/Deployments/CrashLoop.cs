using System.Text.RegularExpressions;
using Pipeline.Aws;

namespace Pipeline.Deployments;

/// <summary>
/// Sees that a new revision can never run, long before ECS's circuit breaker does: that one counts 3 to 200 failed tasks, and does not
/// count tasks that live for a while before they crash.
/// </summary>
public static partial class CrashLoop
{
    /// <summary>What the tasks of one revision die of again and again.</summary>
    /// <param name="tasks">of the new revision only</param>
    /// <param name="now">UTC</param>
    /// <returns>a sentence; <c>null</c>: no task that was started to replace a failed one has failed the same way, or some task lives on</returns>
    public static string? Find(IReadOnlyList<TaskState> tasks, DateTimeOffset now)
    {
        var failed = tasks.Where(t => t.Status == "STOPPED" && !t.TidiedUp && t.StopCode is not "UserInitiated").ToList();
        var longest = failed.Select(t => t.Stopping - t.Started).Max() ?? TimeSpan.Zero;
        if (tasks.Any(t => t.Status == "RUNNING" && now - t.Started > longest + longest))
        {
            return null;
        }

        var again = failed.GroupBy(Cause).FirstOrDefault(same => same.Any(retry => same.Any(first => retry.Created >= first.Stopping)));
        return again is null ? null : $"{again.Count()} tasks ended the same way, the last one started after another had failed: {again.Key}";
    }

    private static string Cause(TaskState task)
    {
        var containers = task.Containers.Where(c => c.ExitCode is not (null or 0) || c.Reason is not null)
            .Select(c => $"container {c.Name}{(c.ExitCode is { } code ? $" exit code {code}" : "")}{(c.Reason is { } reason ? $" ({reason})" : "")}");
        return Ids().Replace(string.Join("; ", [task.StoppedReason ?? task.StopCode ?? "without a reason", .. containers]), "…");
    }

    /// <summary>What differs from task to task though the cause is the same: ids and addresses.</summary>
    [GeneratedRegex(@"[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\d{1,3}(\.\d{1,3}){3}(:\d+)?|\(port \d+\)")]
    private static partial Regex Ids();
}
