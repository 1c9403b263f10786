using System.Text;
using NuGet.Versioning;
using Pipeline.Configuration;
using Pipeline.Versions;
using Pipeline.Versions.Changelogs;

namespace Pipeline.Tests.Versions.Changelogs;

/// <summary>Release notes to write, from messages as people commit them.</summary>
internal static class Notes
{
    private static readonly RemoteLinks Links = RemoteLinks.Of("https://github.com/shop/store")!;

    /// <summary>Of 1.3.0 after 1.2.3.</summary>
    /// <param name="messages">newest first</param>
    public static ReleaseNotes Of(params string[] messages) => new(Step(null, "1.2.3", "1.3.0", messages), new DateOnly(2026, 11, 23), Links);

    public static VersionStep Step(string? service, string? released, string next, params string[] messages)
    {
        var prefix = service is null ? "v" : $"{service}-v";
        return new VersionStep(service, released is null ? null : SemanticVersion.Parse(released), released is null ? null : prefix + released, SemanticVersion.Parse(next), prefix + next)
        {
            Bump = Bump.Minor,
            Changes = [.. messages.Select(Change)],
        };
    }

    public static string In(string file, ReleaseNotes notes, ChangelogLayout layout = ChangelogLayout.Keep) =>
        Encoding.UTF8.GetString(ChangelogFile.Parse(Encoding.UTF8.GetBytes(file), "CHANGELOG.md").With(notes, ChangelogWriter.Of(layout)));

    private static ReleasedChange Change(string text, int index)
    {
        var parsed = ConventionalCommits.Parse(text);
        var message = parsed.Message!;
        var bump = message.Breaking.Count > 0 ? Bump.Major : message.Type switch { "feat" => Bump.Minor, "fix" or "perf" or "revert" or "security" => Bump.Patch, _ => Bump.None };
        return new ReleasedChange($"{index:x7}{new string('0', 33)}", DateTimeOffset.UnixEpoch, message, bump) { PullRequest = parsed.PullRequest };
    }
}
