namespace Pipeline.Notifications;

/// <summary>The page of the CI run that this process belongs to.</summary>
public static class RunLink
{
    /// <summary>From the surroundings; <c>null</c>: this is no run of a CI system that has one.</summary>
    /// <param name="variable">the environment's variables</param>
    public static Uri? Of(Func<string, string?> variable)
    {
        var page = variable("GITHUB_RUN_ID") is { Length: > 0 } run ? $"{variable("GITHUB_SERVER_URL")}/{variable("GITHUB_REPOSITORY")}/actions/runs/{run}"
            : variable("BUILD_BUILDID") is { Length: > 0 } build ? $"{variable("SYSTEM_COLLECTIONURI")}{variable("SYSTEM_TEAMPROJECT")}/_build/results?buildId={build}"
            // GitLab, then Jenkins.
            : variable("CI_PIPELINE_URL") is { Length: > 0 } pipeline ? pipeline : variable("BUILD_URL");
        return Uri.TryCreate(page, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" ? uri : null;
    }
}
