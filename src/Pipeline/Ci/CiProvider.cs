namespace Pipeline.Ci;

/// <summary>Whose runner this is.</summary>
public enum CiProvider
{
    /// <summary>Nobody's that is known: a desk, or a runner that says nothing of itself.</summary>
    None,

    /// <summary>GitHub Actions, and runners that speak like it.</summary>
    GitHub,

    /// <summary>GitLab CI/CD.</summary>
    GitLab,

    /// <summary>Azure Pipelines.</summary>
    Azure,

    /// <summary>Jenkins, best with multibranch pipelines.</summary>
    Jenkins,

    /// <summary>TeamCity.</summary>
    TeamCity,
}

/// <summary>How runners are told apart, and what they are called.</summary>
public static class CiProviders
{
    private static readonly (string Variable, CiProvider Provider)[] Marks =
    [
        ("GITHUB_ACTIONS", CiProvider.GitHub),
        ("GITLAB_CI", CiProvider.GitLab),
        ("TF_BUILD", CiProvider.Azure),
        ("TEAMCITY_VERSION", CiProvider.TeamCity),
        ("JENKINS_URL", CiProvider.Jenkins),
    ];

    /// <summary>The variables that give a runner away; without them a process is nobody's.</summary>
    public static IReadOnlyList<string> Variables { get; } = [.. Marks.Select(m => m.Variable), "CI"];

    /// <summary>Whose runner the surroundings name.</summary>
    /// <param name="variable">the environment's variables</param>
    public static CiProvider Current(Func<string, string?> variable) => Marks.FirstOrDefault(m => variable(m.Variable) is { Length: > 0 }).Provider;

    /// <summary>As people say it.</summary>
    public static string Text(CiProvider provider) => provider switch
    {
        CiProvider.GitHub => "GitHub Actions",
        CiProvider.GitLab => "GitLab CI",
        CiProvider.Azure => "Azure Pipelines",
        CiProvider.Jenkins => "Jenkins",
        CiProvider.TeamCity => "TeamCity",
        _ => "no known runner",
    };
}
