namespace Pipeline.Checks.Advisories;

/// <summary>A package that is installed, and where that is written.</summary>
/// <param name="Name">as the lock file spells it</param>
/// <param name="File">the lock file, relative to the root</param>
/// <param name="Line">from 1, if known</param>
internal sealed record InstalledPackage(Ecosystem Ecosystem, string Name, string Version, string File, int? Line)
{
    /// <summary>The environment marker that it depends on, if any; it counts as installed whatever that says.</summary>
    public string? Marker { get; init; }

    /// <summary>Of npm: its folder, e.g. <c>node_modules/a/node_modules/b</c>.</summary>
    public string? Folder { get; init; }

    /// <summary>Name and version as the ecosystem compares them.</summary>
    public (Ecosystem Ecosystem, string Name, string Version) Identity => (Ecosystem, Ecosystem.Normal(Name), Version);
}

/// <summary>Something installed of which nobody can say what it is.</summary>
/// <param name="Ecosystem"><c>null</c>: not even that is known</param>
/// <param name="Where">a file or a service</param>
/// <param name="What">half a sentence: <c>requests (line 3) has no exact version</c></param>
internal sealed record Gap(Ecosystem? Ecosystem, string Where, string What);

/// <summary>What is installed.</summary>
internal sealed record Inventory(IReadOnlyList<InstalledPackage> Packages, IReadOnlyList<Gap> Gaps)
{
    public static Inventory Unknown(Ecosystem? ecosystem, string where, string what) => new([], [new Gap(ecosystem, where, what)]);

    public static Inventory Sum(IEnumerable<Inventory> parts)
    {
        var all = parts.ToList();
        return new([.. all.SelectMany(p => p.Packages).Distinct()], [.. all.SelectMany(p => p.Gaps).Distinct()]);
    }

    /// <summary>Every place where a package of this name and version stands.</summary>
    public IEnumerable<InstalledPackage> Of(Ecosystem ecosystem, string name, string version) =>
        Packages.Where(p => p.Ecosystem == ecosystem && ecosystem.Normal(p.Name) == ecosystem.Normal(name) && VersionOrder.Same(ecosystem, p.Version, version));
}
