namespace Pipeline.Ci;

/// <summary>GitLab CI/CD: everything is a variable.</summary>
internal static class GitLabEvent
{
    public static CiEvent Read(Func<string, string?> variable)
    {
        var source = variable("CI_PIPELINE_SOURCE") ?? "";
        var (from, to) = (variable("CI_MERGE_REQUEST_SOURCE_PROJECT_ID"), variable("CI_MERGE_REQUEST_PROJECT_ID"));
        return new CiEvent(CiProvider.GitLab, Kind(source, variable("CI_COMMIT_TAG")), source)
        {
            Branch = variable("CI_MERGE_REQUEST_SOURCE_BRANCH_NAME") ?? variable("CI_COMMIT_BRANCH"),
            PullRequest = variable("CI_MERGE_REQUEST_IID"),
            Fork = from is null || to is null ? null : from != to,
            Commit = variable("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA") is { Length: > 0 } own ? own : variable("CI_COMMIT_SHA"),
            // Of a merged-results pipeline this is the trial merge's: git is asked for the branch's own.
            Message = variable("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA") is { Length: > 0 } ? null : variable("CI_COMMIT_MESSAGE"),
            Actor = variable("GITLAB_USER_LOGIN"),
            Inputs = ManualInputs.Variables(variable),
        };
    }

    private static CiEventKind Kind(string source, string? tag) => source switch
    {
        "merge_request_event" or "external_pull_request_event" => CiEventKind.PullRequest,
        "schedule" => CiEventKind.Schedule,
        "web" or "api" or "chat" => CiEventKind.Manual,
        "push" => tag is { Length: > 0 } ? CiEventKind.Tag : CiEventKind.Push,
        _ => CiEventKind.Other,
    };
}
