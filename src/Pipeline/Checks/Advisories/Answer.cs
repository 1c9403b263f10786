namespace Pipeline.Checks.Advisories;

/// <summary>A known vulnerability of an installed package.</summary>
/// <param name="Ids">all its names, the one that people look for first</param>
/// <param name="Severity">as <see cref="Severities"/> has it; <c>null</c>: nobody says</param>
/// <param name="Fixed">the first later version without it, if one is known</param>
internal sealed record Vulnerability(InstalledPackage Package, IReadOnlyList<string> Ids, string? Severity, string? Fixed);

/// <summary>What one source says about all packages of one ecosystem.</summary>
/// <param name="Source">its name, for people</param>
internal sealed record Answer(string Source, Ecosystem Ecosystem)
{
    public IReadOnlyList<Vulnerability> Found { get; init; } = [];

    /// <summary>Why it did not look at every package; half a sentence; <c>null</c>: it did.</summary>
    public string? Problem { get; init; }

    /// <summary>It finds out by itself what is installed, so that gaps in lock files do not matter to it.</summary>
    public bool Resolves { get; init; }
}
