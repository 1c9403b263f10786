using System.Text.Json;
using System.Text.Json.Serialization;
using Pipeline.Outcomes;

namespace Pipeline.Reporting;

/// <summary>What every run leaves in <c>artifacts/run.json</c>. Names are stable; new ones may be added.</summary>
public sealed record RunJson
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    /// <summary>The target as the user named it.</summary>
    public required string Target { get; init; }

    /// <summary><c>dev</c>, <c>staging</c> or <c>prod</c>; <c>null</c> where the target has none.</summary>
    public string? Environment { get; init; }

    /// <summary><c>local</c> or <c>aws</c>.</summary>
    public string? Cloud { get; init; }

    /// <summary>The release's id, once there is one.</summary>
    public string? Deployment { get; init; }

    /// <summary>One word for the exit code.</summary>
    public required string Outcome { get; init; }

    /// <summary>The process's exit code.</summary>
    public required int ExitCode { get; init; }

    /// <summary>Wall time.</summary>
    public required double Seconds { get; init; }

    /// <summary>The sentence and its details, if it did not end well.</summary>
    public string? Error { get; init; }

    /// <summary>Every service with its decision.</summary>
    public IReadOnlyList<RunService> Services { get; init; } = [];

    /// <summary>The steps in the order they ended.</summary>
    public IReadOnlyList<RunStep> Steps { get; init; } = [];

    /// <summary>The gates that were asked.</summary>
    public IReadOnlyList<RunGate> Gates { get; init; } = [];

    /// <summary>The stacks as they stand.</summary>
    public IReadOnlyList<RunStack> Stacks { get; init; } = [];

    /// <summary>What made a CI run start and where it led; <c>null</c>: the target was named by hand.</summary>
    public RunCi? Ci { get; init; }

    /// <summary>Who was told what.</summary>
    public IReadOnlyList<Notifications.Delivery> Notifications { get; init; } = [];

    /// <summary>One word for an exit code.</summary>
    public static string OutcomeOf(ExitCode code) => code switch
    {
        Outcomes.ExitCode.Done => "done",
        Outcomes.ExitCode.Failed => "failed",
        Outcomes.ExitCode.Usage => "usage",
        Outcomes.ExitCode.Refused => "refused",
        Outcomes.ExitCode.DeploymentFailed => "rolledBack",
        Outcomes.ExitCode.RollbackFailed => "rollbackFailed",
        Outcomes.ExitCode.SomethingToDo => "somethingToDo",
        _ => "unknown",
    };

    /// <summary>Writes the file; the folder is made.</summary>
    public void Write(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, JsonSerializer.Serialize(this, Format) + "\n");
    }
}

/// <summary>The CI event of <see cref="RunJson"/>.</summary>
/// <param name="Event">what happened, in a few words</param>
/// <param name="Route">the target that it led to; <c>nothing</c></param>
public sealed record RunCi(string Provider, string Event, string Route, string Reason)
{
    /// <summary>The branch, where there is one.</summary>
    public string? Branch { get; init; }

    /// <summary>The head commit, where the runner says it.</summary>
    public string? Commit { get; init; }

    /// <summary>Who caused it, where the runner says it.</summary>
    public string? Actor { get; init; }
}

/// <summary>One service of <see cref="RunJson"/>.</summary>
public sealed record RunService(string Name, bool Due, IReadOnlyList<string> Reasons, string? Digest, string? Version, string? Url);

/// <summary>One step of <see cref="RunJson"/>.</summary>
public sealed record RunStep(string Name, Verdict Verdict, double Seconds);

/// <summary>One gate of <see cref="RunJson"/>.</summary>
public sealed record RunGate(string Name, Verdict Verdict, string Evidence);

/// <summary>One stack of <see cref="RunJson"/>.</summary>
public sealed record RunStack(string Name, string Status);
