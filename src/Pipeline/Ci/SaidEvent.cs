namespace Pipeline.Ci;

/// <summary><c>PIPELINE_EVENT</c>: for runners that do not tell their builds what started them, the job says it.</summary>
internal static class SaidEvent
{
    /// <returns><c>null</c>: it says nothing</returns>
    public static CiEventKind? Kind(Func<string, string?> variable) => variable("PIPELINE_EVENT") switch
    {
        null or "" => null,
        "push" => CiEventKind.Push,
        "manual" => CiEventKind.Manual,
        "schedule" => CiEventKind.Schedule,
        // A slip of the pen must not deploy.
        _ => CiEventKind.Other,
    };

    public static string Name(CiEventKind kind) => kind switch
    {
        CiEventKind.PullRequest => "pull request",
        _ => kind.ToString().ToLowerInvariant(),
    };
}
