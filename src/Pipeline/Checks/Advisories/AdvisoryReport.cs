using System.Globalization;
using Pipeline.Configuration;
using Pipeline.Outcomes;
using Pipeline.Processes;
using Pipeline.Reporting;

namespace Pipeline.Checks.Advisories;

/// <summary>Makes one verdict of what all sources say. Clean is only what a source has looked at; any source's finding counts.</summary>
/// <param name="ignored">what the team has decided to live with, each until a day</param>
/// <param name="today">in UTC</param>
internal sealed class AdvisoryReport(IReadOnlyList<IgnoredAdvisory> ignored, DateOnly today)
{
    private const int Named = 8;

    /// <summary>What to say about the sources besides, e.g. how old the advisories are.</summary>
    public string? Note { get; init; }

    public CheckPart Judge(Inventory inventory, IReadOnlyList<Answer> answers)
    {
        var all = Merge(answers.SelectMany(a => a.Found).SelectMany(v => Places(v, inventory)));
        var alive = all.Where(v => Exception(v) is not { } exception || exception.Until < today).ToList();
        var findings = alive.OrderByDescending(v => Severities.Rank(v.Severity)).ThenBy(v => v.Package.Name, StringComparer.Ordinal).ThenBy(v => v.Package.File, StringComparer.Ordinal).Select(ToFinding).ToList();
        var open = Open(inventory, answers).ToList();
        var installed = inventory.Packages.DistinctBy(p => p.Identity).ToList();
        var counts = string.Join(", ", installed.GroupBy(p => p.Ecosystem).OrderBy(g => g.Key).Select(g => $"{g.Key.Name()} {g.Count()}"));
        var asides = all.Except(alive).Select(v => Exception(v)!).Distinct().Select(e => $"{e.Id} ignored until {Day(e.Until)} ({e.Reason})").Append(Note).OfType<string>();
        var summary = string.Join("; ", asides.Prepend($"package advisories {findings.Count} in {Words.Count(installed.Count, "package")}{(counts.Length > 0 ? $" ({counts})" : "")}"));
        return (findings.Count, open.Count) switch
        {
            (0, 0) => new CheckPart(PackageAdvisories.Name, Verdict.Passed, summary),
            (0, _) => new CheckPart(PackageAdvisories.Name, Verdict.NotEvaluable, string.Join("; ", Short(open).Concat(asides))) { Gate = "security.advisories" },
            _ => new CheckPart(PackageAdvisories.Name, Verdict.Failed, string.Join("; ", Short(open).Select((o, i) => i == 0 ? $"not evaluable: {o}" : o).Prepend(summary))) { Findings = findings },
        };
    }

    /// <summary>What no source can answer: ecosystems, then single packages and files.</summary>
    private static IEnumerable<string> Open(Inventory inventory, IReadOnlyList<Answer> answers)
    {
        foreach (var ecosystem in inventory.Packages.GroupBy(p => p.Ecosystem).OrderBy(g => g.Key))
        {
            var asked = answers.Where(a => a.Ecosystem == ecosystem.Key).ToList();
            if (asked.Exists(a => a.Problem is null))
            {
                continue;
            }

            var tried = string.Concat(asked.Select(a => $"{a.Source}: {a.Problem}; "));
            yield return $"nobody could answer for {Words.Count(ecosystem.DistinctBy(p => p.Identity).Count(), "package")} of {ecosystem.Key.Name()} ({tried}"
                + $"osv.dev's {ecosystem.Key.Name()}/all.zip in the folder checks.security.advisories answers without a network)";
        }

        foreach (var gaps in inventory.Gaps.Where(g => !answers.Any(a => a.Ecosystem == g.Ecosystem && a is { Resolves: true, Problem: null })).GroupBy(g => g.Where))
        {
            yield return TerminalText.Echo($"{gaps.Key}: {string.Join(", ", gaps.Select(g => g.What))}".ReplaceLineEndings(" "));
        }
    }

    private static List<string> Short(List<string> open) => open.Count <= Named ? open : [.. open.Take(Named), $"and {open.Count - Named} more"];

    /// <summary>A source that knows only names and versions means every place where they stand.</summary>
    private static IEnumerable<Vulnerability> Places(Vulnerability vulnerability, Inventory inventory)
    {
        var package = vulnerability.Package;
        if (inventory.Packages.Contains(package))
        {
            return [vulnerability];
        }

        var places = inventory.Of(package.Ecosystem, package.Name, package.Version).ToList();
        return places.Count == 0 ? [vulnerability] : places.Select(p => vulnerability with { Package = p });
    }

    /// <summary>Sources call a vulnerability by different names; one name in common makes it the same.</summary>
    private static List<Vulnerability> Merge(IEnumerable<Vulnerability> found)
    {
        var merged = new List<Vulnerability>();
        foreach (var next in found)
        {
            // npm may install a version in many folders of one lock file: the first stands for all.
            var same = merged.Where(m => m.Package.File == next.Package.File && m.Package.Identity == next.Package.Identity && m.Ids.Intersect(next.Ids, StringComparer.OrdinalIgnoreCase).Any()).ToList();
            var all = same.Append(next).ToList();
            merged.RemoveAll(same.Contains);
            merged.Add(new Vulnerability(
                all[0].Package,
                [.. all.SelectMany(v => v.Ids).Distinct(StringComparer.OrdinalIgnoreCase)],
                all.Select(v => v.Severity).OfType<string>().MaxBy(Severities.Rank),
                all.Select(v => v.Fixed).FirstOrDefault(f => f is not null)));
        }

        return merged;
    }

    private IgnoredAdvisory? Exception(Vulnerability vulnerability) =>
        ignored.Where(i => vulnerability.Ids.Contains(i.Id, StringComparer.OrdinalIgnoreCase)).MaxBy(i => i.Until);

    private Finding ToFinding(Vulnerability vulnerability)
    {
        var (package, ids) = (vulnerability.Package, vulnerability.Ids.OrderBy(Familiar).ToList());
        var others = ids.Count > 1 ? $" ({string.Join(", ", ids.Skip(1))})" : "";
        var marker = package.Marker is { } condition ? $", installed where {condition}" : "";
        var expired = Exception(vulnerability) is { } exception ? $"; it was ignored until {Day(exception.Until)} ({exception.Reason}), which has passed" : "";
        return new Finding(
            ids[0],
            TerminalText.Echo($"{package.Name} {package.Version}: {ids[0]}{others}, severity {vulnerability.Severity ?? "unknown"}, {(vulnerability.Fixed is { } at ? $"fixed in {at}" : "no fixed version known")}{marker}{expired}"),
            package.File,
            package.Line,
            AdvisoryFix.Of(package, vulnerability.Fixed));
    }

    private static int Familiar(string id) => id.StartsWith("GHSA-", StringComparison.OrdinalIgnoreCase) ? 0 : id.StartsWith("CVE-", StringComparison.OrdinalIgnoreCase) ? 1 : 2;

    private static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
