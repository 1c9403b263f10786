using NuGet.Versioning;
using Pipeline.Versions;

namespace Pipeline.Configuration;

/// <summary>Makes the model of versions from their validated section.</summary>
internal static class VersionReader
{
    public static VersionSettings Read(SectionReader versions)
    {
        var changelog = versions.Section("changelog");
        return new VersionSettings
        {
            PerService = versions.Text("series") == "services",
            Tag = versions.Text("tag"),
            ServiceTag = versions.Text("serviceTag"),
            Rules = Rules(versions.Map("rules")),
            BreakingBelowOne = ToBump(versions.Text("breakingBelowOne")),
            PreReleases = [.. versions.Map("preReleases").Select(p => new PreReleaseBranch(p.Key, p.Value))],
            First = SemanticVersion.Parse(versions.Text("first")),
            Prefix = versions.OptionalText("prefix"),
            Author = versions.OptionalText("author"),
            Changelog = new(changelog.Text("file"), Enum.Parse<ChangelogLayout>(changelog.Text("layout"), ignoreCase: true)),
        };
    }

    /// <summary>No service's tags may be taken for the repository's or another's.</summary>
    public static void Check(MapNode? versions, IReadOnlyList<string> services, Mistakes mistakes)
    {
        var tag = (versions?["tag"] as ScalarNode)?.Text;
        var own = (versions?["serviceTag"] as ScalarNode)?.Text ?? new VersionSettings().ServiceTag;
        if (tag is not null && services.FirstOrDefault(s => own.Replace(TagFormat.ServiceWord, s, StringComparison.Ordinal) == tag) is { } service)
        {
            mistakes.Add(versions!["tag"]!.Line, "versions.tag", $"'{tag}' is what the tags of service '{service}' look like");
        }
    }

    private static Dictionary<string, Bump> Rules(IReadOnlyDictionary<string, string> written)
    {
        var rules = new Dictionary<string, Bump>(new VersionSettings().Rules);
        foreach (var (type, bump) in written)
        {
            rules[type.ToLowerInvariant()] = ToBump(bump);
        }

        return rules;
    }

    private static Bump ToBump(string text) => Enum.Parse<Bump>(text, ignoreCase: true);
}
