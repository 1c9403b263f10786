namespace Pipeline.Ci;

/// <summary>
/// How a runner is told something beside the log. Every method answers lines for standard output, each exactly as it must be there, and may
/// write a file; this one has nothing to say: a desk, Jenkins, an unknown runner.
/// </summary>
public class CiLanguage
{
    /// <summary>From here on, lines belong to a group that can be folded.</summary>
    public virtual IEnumerable<string> GroupStart(string name, DateTimeOffset at) => [];

    /// <summary>The group ends.</summary>
    public virtual IEnumerable<string> GroupEnd(string name, DateTimeOffset at) => [];

    /// <summary>Beside lines of code, as many as the runner shows, in this order.</summary>
    public virtual IEnumerable<string> Annotations(IReadOnlyList<Annotation> all) => [];

    /// <summary>A value that the runner is to hide wherever it appears.</summary>
    public virtual IEnumerable<string> Mask(string value) => [];

    /// <summary>A page about the run.</summary>
    /// <param name="file">Markdown, absolute</param>
    public virtual IEnumerable<string> Summary(string file) => [];

    /// <summary>Values for later jobs, by name.</summary>
    public virtual IEnumerable<string> Outputs(IReadOnlyDictionary<string, string> values) => [];

    /// <summary>The language of a runner.</summary>
    /// <param name="variable">the environment's variables</param>
    /// <param name="artifacts">folder for files that the runner collects</param>
    public static CiLanguage Of(CiProvider provider, Func<string, string?> variable, string artifacts) => provider switch
    {
        CiProvider.GitHub => new GitHubLanguage(variable),
        CiProvider.GitLab => new GitLabLanguage(artifacts),
        CiProvider.Azure => new AzureLanguage(),
        CiProvider.TeamCity => new TeamCityLanguage(),
        _ => new CiLanguage(),
    };
}
