using System.Security.Cryptography;
using Pipeline.LocalCloud.Protocols;

namespace Pipeline.LocalCloud.Ecs;

/// <summary>The pauses of a deployment: coming to them, answering them, their time running out. All hooks of a stage run together.</summary>
internal static class PauseHooks
{
    /// <summary>Whether the stage's hooks let the deployment go on; <paramref name="opened"/> are those it has just come to, if it has.</summary>
    public static bool Let(LifecycleRecord lifecycle, ShiftPlan plan, (string Stage, int Step) at, DateTimeOffset now, out IReadOnlyList<HookRecord> opened)
    {
        var here = lifecycle.Hooks.Where(hook => hook.Stage == at.Stage && hook.Step == at.Step).ToList();
        opened = here.Count > 0 ? [] : [.. plan.HooksAt(at.Stage).Select(hook => new HookRecord(NewId(), at.Stage, at.Step, "AWAITING_ACTION", now + hook.Timeout, hook.TimeoutAction))];
        return opened.Count == 0 && here.TrueForAll(hook => hook.Status != "AWAITING_ACTION");
    }

    /// <summary>Ends those whose time is over; <paramref name="rollback"/> says whether one of them asks to go back.</summary>
    public static LifecycleRecord Expire(LifecycleRecord lifecycle, DateTimeOffset now, out bool rollback)
    {
        var over = lifecycle.Hooks.Where(hook => hook.Status == "AWAITING_ACTION" && hook.ExpiresAt <= now).ToList();
        rollback = over.Exists(hook => hook.TimeoutAction == "ROLLBACK");
        return over.Count == 0 ? lifecycle : lifecycle with { Hooks = [.. lifecycle.Hooks.Select(hook => over.Contains(hook) ? hook with { Status = "TIMED_OUT" } : hook)] };
    }

    /// <summary>Nobody has to act any more: the deployment has ended or goes back.</summary>
    public static LifecycleRecord Fail(LifecycleRecord lifecycle) =>
        lifecycle with { Hooks = [.. lifecycle.Hooks.Select(hook => hook.Status == "AWAITING_ACTION" ? hook with { Status = "FAILED" } : hook)] };

    /// <exception cref="AwsException">InvalidParameterException: there is no such hook, or it awaits nothing</exception>
    public static LifecycleRecord Answer(LifecycleRecord? lifecycle, string id, bool goOn)
    {
        var hook = lifecycle?.Hooks.FirstOrDefault(hook => hook.Id == id) ?? throw new AwsException("InvalidParameterException", $"The service deployment has no lifecycle hook {id}.");
        return hook.Status == "AWAITING_ACTION"
            ? lifecycle with { Hooks = [.. lifecycle.Hooks.Select(other => other == hook ? hook with { Status = goOn ? "SUCCEEDED" : "FAILED" } : other)] }
            : throw new AwsException("InvalidParameterException", $"The lifecycle hook {id} does not await an action: it is {hook.Status}.");
    }

    private static string NewId() => $"ecs-pause-{Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)).TrimEnd('=').Replace('+', '-').Replace('/', '_')}";
}
