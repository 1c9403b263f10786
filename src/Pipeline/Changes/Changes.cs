namespace Pipeline.Changes;

/// <summary>What is due in an environment and why: the comparison of what the work tree would deploy with what the environment runs.</summary>
/// <param name="Source">the commit compared</param>
/// <param name="Services">one decision a service, in configuration order</param>
/// <param name="FilesCompared">files in the tree</param>
/// <param name="UnownedFiles">changed files that belong to no service and are not ignored; each makes every service due</param>
public sealed record ChangeSummary(SourceRevision Source, IReadOnlyList<ServiceDecision> Services, int FilesCompared, IReadOnlyList<string> UnownedFiles)
{
    /// <summary>The services that are due.</summary>
    public IEnumerable<ServiceDecision> Due => Services.Where(s => s.Due);

    /// <summary>The commits that the environment's services were built from.</summary>
    public IReadOnlyList<string> Running { get; init; } = [];

    /// <summary>What a person must decide: a service that runs but is configured no more.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];
}

/// <summary>The commit a release is made of.</summary>
/// <param name="Commit">full hash</param>
/// <param name="Branch">its name, or "(detached)"</param>
/// <param name="Subject">first line of its message</param>
/// <param name="Dirty">the work tree holds changes beyond it</param>
/// <param name="Tree">hash of the whole tree, uncommitted changes included</param>
public sealed record SourceRevision(string Commit, string Branch, string Subject, bool Dirty, string Tree)
{
    /// <summary>Seven digits, as people write it.</summary>
    public string Abbreviated => Commit[..7];

    /// <summary>By the release tags, e.g. <c>v1.3.0</c>, or <c>v1.3.1-4</c> four commits later; <c>null</c>: nothing was ever released.</summary>
    public string? Released { get; init; }

    /// <summary>Service → the same, of those that have versions of their own.</summary>
    public IReadOnlyDictionary<string, string> ReleasedServices { get; init; } = new Dictionary<string, string>();

    /// <summary>What is made of it is called so: by the release tags, else the commit; and the tree where that holds more than the commit.</summary>
    public string Version => WithTree(Released ?? Abbreviated);

    /// <summary>What is made of it for a service is called so.</summary>
    public string VersionOf(string service) => ReleasedServices.TryGetValue(service, out var own) ? WithTree(own) : Version;

    /// <summary>Whether a service is called by a release, not by the commit alone.</summary>
    public bool IsReleased(string service) => Released is not null || ReleasedServices.ContainsKey(service);

    private string WithTree(string version) => Dirty ? $"{version}-{Tree[..7]}" : version;
}

/// <summary>Whether one service is due, and why.</summary>
/// <param name="Service">its name</param>
/// <param name="Due">its inputs differ from what the environment runs, or that could not be excluded</param>
/// <param name="Reasons">for a person: which file, through which project; for "not due": the proof</param>
/// <param name="Inputs">what its image is built from</param>
public sealed record ServiceDecision(string Service, bool Due, IReadOnlyList<string> Reasons, ServiceInputs Inputs);

/// <summary>Everything one service's image depends on, by content.</summary>
/// <param name="Hash">64 hex digits over all parts: equal hashes, equal image</param>
/// <param name="Parts">name of a part (a folder, a project, a global file, a build setting) → hash of its content</param>
public sealed record ServiceInputs(string Hash, IReadOnlyDictionary<string, string> Parts);

/// <summary>What an environment runs of one service, as recorded with its last successful deployment.</summary>
/// <param name="Commit">it was built from</param>
/// <param name="Tree">the tree it was built from, see <see cref="SourceRevision.Tree"/></param>
/// <param name="Inputs">as hashed then</param>
/// <param name="Digest">of its image manifest, <c>sha256:…</c></param>
/// <param name="Version">as users see it</param>
public sealed record RunningService(string Commit, string Tree, ServiceInputs Inputs, string Digest, string Version)
{
    /// <summary>Repository with digest, as its task definition refers to it.</summary>
    public string Image { get; init; } = "";
}
