namespace Pipeline.Ci;

/// <summary>The page of the CI run that this process belongs to.</summary>
public static class RunLink
{
    /// <summary>From the surroundings; <c>null</c>: this is no run of a runner that says where its page is.</summary>
    /// <param name="variable">the environment's variables</param>
    public static Uri? Of(Func<string, string?> variable)
    {
        var page = CiProviders.Current(variable) switch
        {
            CiProvider.GitHub => $"{variable("GITHUB_SERVER_URL")}/{variable("GITHUB_REPOSITORY")}/actions/runs/{variable("GITHUB_RUN_ID")}",
            CiProvider.GitLab => variable("CI_PIPELINE_URL"),
            CiProvider.Azure => $"{variable("SYSTEM_COLLECTIONURI")}{variable("SYSTEM_TEAMPROJECT")}/_build/results?buildId={variable("BUILD_BUILDID")}",
            CiProvider.Jenkins => variable("BUILD_URL"),
            _ => null,
        };
        return Uri.TryCreate(page, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" ? uri : null;
    }
}
