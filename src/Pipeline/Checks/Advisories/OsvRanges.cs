namespace Pipeline.Checks.Advisories;

/// <summary>What an advisory says about one installed version.</summary>
/// <param name="Fixed">the first version after it without the vulnerability, if one is known</param>
/// <param name="Problem">why it cannot be said; half a sentence</param>
internal sealed record OsvVerdict(bool Affected, string? Fixed, string? Problem);

/// <summary>Decides whether an advisory means an installed version, as OSV's schema says.</summary>
internal static class OsvRanges
{
    public static OsvVerdict Judge(OsvAdvisory advisory, InstalledPackage package)
    {
        var verdicts = (advisory.Affected ?? []).Where(a => Means(a, package)).Select(a => Judge(a, package)).ToList();
        return verdicts.Where(v => v.Affected).OrderBy(v => v.Fixed is null).FirstOrDefault()
            ?? verdicts.FirstOrDefault(v => v.Problem is not null)
            ?? new OsvVerdict(false, null, null);
    }

    private static bool Means(OsvAffected affected, InstalledPackage package) =>
        affected.Package is { Name: { } name, Ecosystem: { } ecosystem } && Ecosystems.Find(ecosystem) == package.Ecosystem
        && package.Ecosystem.Normal(name) == package.Ecosystem.Normal(package.Name);

    private static OsvVerdict Judge(OsvAffected affected, InstalledPackage package)
    {
        var (ranges, versions) = (affected.Ranges ?? [], affected.Versions ?? []);
        var comparable = ranges.Where(r => r.Type != "GIT").ToList();
        if (ranges.Count == 0 && versions.Count == 0)
        {
            // Neither: the whole package.
            return new OsvVerdict(true, null, null);
        }

        var verdicts = comparable.Select(r => Judge(r, package)).ToList();
        if (versions.Any(v => VersionOrder.Same(package.Ecosystem, package.Version, v) || VersionOrder.CompareToBound(package.Ecosystem, package.Version, v) == 0))
        {
            return new OsvVerdict(true, verdicts.Select(v => v.Fixed).FirstOrDefault(f => f is not null), null);
        }

        return verdicts.Find(v => v.Affected)
            ?? verdicts.Find(v => v.Problem is not null)
            ?? new OsvVerdict(false, null, comparable.Count == 0 && versions.Count == 0 ? "names only commits" : null);
    }

    private static OsvVerdict Judge(OsvRange range, InstalledPackage package)
    {
        var events = (range.Events ?? []).Select(e => Event.Of(e, package)).ToList();
        if (events.Find(e => e.Order is null) is { } unreadable)
        {
            return new OsvVerdict(false, null, $"'{package.Version}' and '{unreadable.Version}' cannot be compared");
        }

        var limits = events.Where(e => e.Kind == Kind.Limit).ToList();
        var affected = false;
        foreach (var at in events.Where(e => e.Kind != Kind.Limit).Order(Comparer<Event>.Create((a, b) => Event.Compare(a, b, package.Ecosystem))))
        {
            affected = at.Kind switch
            {
                Kind.Introduced when at.Order >= 0 => true,
                Kind.Fixed when at.Order >= 0 => false,
                Kind.LastAffected when at.Order > 0 => false,
                _ => affected,
            };
        }

        affected &= limits.Count == 0 || limits.Exists(l => l.Order < 0);
        var fixes = events.Where(e => e.Kind == Kind.Fixed && e.Order < 0).ToList();
        fixes.Sort((a, b) => VersionOrder.Compare(package.Ecosystem, a.Version, b.Version) ?? 0);
        return new OsvVerdict(affected, fixes.FirstOrDefault()?.Version, null);
    }

    /// <summary>In this order where they name the same version: <c>fixed</c> and <c>introduced</c> again is affected; <c>introduced</c> and <c>last_affected</c> is that one version.</summary>
    private enum Kind
    {
        Fixed,
        Introduced,
        LastAffected,
        Limit,
    }

    /// <param name="Order">of the installed version compared with it; <c>null</c>: cannot be said</param>
    private sealed record Event(Kind Kind, string Version, int? Order)
    {
        private const string Beginning = "0";
        private const string End = "*";

        public static Event Of(OsvEvent e, InstalledPackage package)
        {
            var (kind, version) = e switch
            {
                { Introduced: { } introduced } => (Kind.Introduced, introduced),
                { Fixed: { } at } => (Kind.Fixed, at),
                { LastAffected: { } last } => (Kind.LastAffected, last),
                { Limit: { } limit } => (Kind.Limit, limit),
                _ => (Kind.Limit, ""),
            };
            var order = (kind, version) switch
            {
                (Kind.Introduced, Beginning) => 1,
                (Kind.Limit, End) => -1,
                _ => VersionOrder.CompareToBound(package.Ecosystem, package.Version, version),
            };
            return new(kind, version, order);
        }

        public static int Compare(Event left, Event right, Ecosystem ecosystem)
        {
            var order = left.Version == right.Version ? 0
                : left is { Kind: Kind.Introduced, Version: Beginning } ? -1
                : right is { Kind: Kind.Introduced, Version: Beginning } ? 1
                : VersionOrder.Compare(ecosystem, left.Version, right.Version) ?? 0;
            return order != 0 ? order : left.Kind.CompareTo(right.Kind);
        }
    }
}
