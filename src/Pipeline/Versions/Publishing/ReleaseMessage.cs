namespace Pipeline.Versions.Publishing;

/// <summary>The message of a release's commit; the next release knows it by its header.</summary>
internal static class ReleaseMessage
{
    public static string Of(IReadOnlyList<ReleasedVersion> versions)
    {
        var header = $"chore(release): {versions[0].Tag}{(versions[0].Service is not null && versions.Count > 1 ? $" and {versions.Count - 1} more" : "")}";
        var services = versions.Where(v => v.Service is not null).Select(v => $"{v.Service} {v.Version} ({v.Tag})\n");
        return $"{header}\n\n{string.Concat(services)}".TrimEnd() + "\n";
    }
}
