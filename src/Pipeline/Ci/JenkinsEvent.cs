namespace Pipeline.Ci;

/// <summary>Jenkins: what a multibranch pipeline sets. Who or what started a build is not among it: <c>PIPELINE_EVENT</c> says it.</summary>
internal static class JenkinsEvent
{
    private const string Remote = "origin/";

    public static CiEvent Read(Func<string, string?> variable)
    {
        var change = variable("CHANGE_ID");
        var branch = variable("CHANGE_BRANCH") ?? variable("BRANCH_NAME") ?? variable("GIT_BRANCH");
        var kind = change is { Length: > 0 } ? CiEventKind.PullRequest
            : SaidEvent.Kind(variable) ?? (variable("TAG_NAME") is { Length: > 0 } ? CiEventKind.Tag : branch is null ? CiEventKind.Other : CiEventKind.Push);
        return new CiEvent(CiProvider.Jenkins, kind, SaidEvent.Name(kind))
        {
            Branch = branch?.StartsWith(Remote, StringComparison.Ordinal) == true ? branch[Remote.Length..] : branch,
            PullRequest = change,
            Fork = variable("CHANGE_FORK") is { Length: > 0 },
            Commit = change is null ? variable("GIT_COMMIT") : null,
            Actor = variable("CHANGE_AUTHOR"),
            Inputs = ManualInputs.Variables(variable),
        };
    }
}
