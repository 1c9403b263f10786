using System.Security.Cryptography;
using System.Text;
using Pipeline.Configuration;
using Pipeline.Versions;

namespace Pipeline.Tests.Versions;

/// <summary>A line of commits, written without git: their messages, oldest first, since version 1.2.3.</summary>
internal static class History
{
    private static readonly string Released = Hash("released");

    /// <summary>The hash that a commit of this name has.</summary>
    public static string Hash(string name) =>
#pragma warning disable CA5350 // git's names of commits
        Convert.ToHexStringLower(SHA1.HashData(Encoding.UTF8.GetBytes(name)));
#pragma warning restore CA5350

    /// <summary>Plans the release after some commits, called "0", "1" …</summary>
    public static VersionStep Plan(VersionSettings settings, params string[] messages) => Plan(settings, [.. messages.Select((m, i) => (i.ToString(System.Globalization.CultureInfo.InvariantCulture), m))]);

    public static VersionStep Plan(VersionSettings settings, IReadOnlyList<(string Name, string Message)> commits)
    {
        var parent = Released;
        var history = new List<HistoryCommit>();
        foreach (var (name, message) in commits)
        {
            history.Insert(0, new HistoryCommit(Hash(name), [parent], DateTimeOffset.UnixEpoch, ConventionalCommits.Parse(message, settings.Prefix), []));
            parent = Hash(name);
        }

        var tags = ReleaseTags.Of(TagFormat.Of(settings.Tag, null), [("v1.2.3", Released)]);
        var series = new SeriesHistory(tags, tags.Stable, null);
        var read = new ReleaseHistory(new HeadCommit(parent, "main", new HashSet<string>()), [series], new CommitGraph(history));
        return new VersionSteps(read, settings, null).Of(series, null);
    }
}
