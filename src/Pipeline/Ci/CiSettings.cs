namespace Pipeline.Ci;

/// <summary>How events choose routes.</summary>
/// <param name="Main">the branch whose pushes go to staging</param>
public sealed record CiSettings(string Main)
{
    /// <summary>Environments whose route <c>[skip ci]</c> leaves out; production is never one of them.</summary>
    public IReadOnlyList<string> SkipCi { get; init; } = [];

    /// <summary>Environments in whose route <c>[skip tests]</c> leaves the tests out; production is never one of them.</summary>
    public IReadOnlyList<string> SkipTests { get; init; } = [];

    /// <summary><c>owner/name</c> of the repository that deploys; <c>null</c>: any.</summary>
    public string? Repository { get; init; }
}
