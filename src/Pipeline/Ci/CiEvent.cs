namespace Pipeline.Ci;

/// <summary>What made a CI run start, as its runner tells it. All texts are foreign: data, never commands.</summary>
/// <param name="Provider">whose runner</param>
/// <param name="Kind">what happened</param>
/// <param name="Name">the runner's own word for it, for people</param>
public sealed record CiEvent(CiProvider Provider, CiEventKind Kind, string Name)
{
    /// <summary>The branch that was pushed or that the run was started on; of a pull request, the branch it comes from; <c>null</c>: unknown.</summary>
    public string? Branch { get; init; }

    /// <summary>Number of the pull request.</summary>
    public string? PullRequest { get; init; }

    /// <summary>The pull request comes from another repository; <c>null</c>: the runner does not say, which counts as yes.</summary>
    public bool? Fork { get; init; }

    /// <summary><c>owner/name</c> of the repository whose run it is, where the runner says it.</summary>
    public string? Repository { get; init; }

    /// <summary>The head commit: of a pull request its own, not that of the merge that is tried; <c>null</c>: unknown.</summary>
    public string? Commit { get; init; }

    /// <summary>The head commit's whole message; <c>null</c>: the runner does not say.</summary>
    public string? Message { get; init; }

    /// <summary>Who caused it, where the runner says it.</summary>
    public string? Actor { get; init; }

    /// <summary>What was filled in by whoever started it; <c>null</c>: it was there and could not be read.</summary>
    public IReadOnlyDictionary<string, string>? Inputs { get; init; } = new Dictionary<string, string>();

    /// <summary>The event of the runner that this process runs on.</summary>
    /// <param name="variable">the environment's variables</param>
    public static CiEvent Current(Func<string, string?> variable) => CiProviders.Current(variable) switch
    {
        CiProvider.GitHub => GitHubEvent.Read(variable),
        CiProvider.GitLab => GitLabEvent.Read(variable),
        CiProvider.Azure => AzureEvent.Read(variable),
        CiProvider.Jenkins => JenkinsEvent.Read(variable),
        CiProvider.TeamCity => TeamCityEvent.Read(variable),
        _ => new CiEvent(CiProvider.None, CiEventKind.Other, "no event"),
    };
}

/// <summary>What happened.</summary>
public enum CiEventKind
{
    /// <summary>Something that chooses no route.</summary>
    Other,

    /// <summary>Commits on a branch.</summary>
    Push,

    /// <summary>A pull request was opened or changed.</summary>
    PullRequest,

    /// <summary>A pull request was closed, merged or not.</summary>
    Closed,

    /// <summary>A tag was made.</summary>
    Tag,

    /// <summary>A branch or a tag was deleted.</summary>
    Deletion,

    /// <summary>Somebody started it by hand.</summary>
    Manual,

    /// <summary>Its time had come.</summary>
    Schedule,
}
