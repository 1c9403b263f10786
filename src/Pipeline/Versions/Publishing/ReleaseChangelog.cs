using Pipeline.Configuration;
using Pipeline.Versions.Changelogs;

namespace Pipeline.Versions.Publishing;

/// <summary>What a plan writes into the changelog: a section for the repository's version; one for each service only where that does not rise.</summary>
/// <param name="links"><c>null</c>: the code host is not known</param>
internal sealed class ReleaseChangelog(VersionPlan plan, ChangelogSettings settings, DateOnly date, RemoteLinks? links)
{
    private readonly ChangelogWriter _writer = ChangelogWriter.Of(settings.Layout);

    /// <summary>The file with the sections that it lacks.</summary>
    /// <param name="current"><c>null</c>: there is no file</param>
    /// <exception cref="Outcomes.PipelineException">the file is no text</exception>
    public byte[] In(byte[]? current)
    {
        // The first one ends up on top.
        foreach (var notes in Sections().Reverse())
        {
            current = current is null ? ChangelogFile.New(notes, _writer) : ChangelogFile.Parse(current, settings.File).With(notes, _writer);
        }

        return current ?? [];
    }

    /// <summary>The sections alone, as they will stand in the file.</summary>
    public string Preview(byte[]? current)
    {
        var changelog = ChangelogFile.Parse(In(current), settings.File);
        return ChangelogWriter.Blocks([.. Sections().Select(n => changelog.Section(n.Step.Service, n.Step.Next!.ToNormalizedString()))]);
    }

    /// <summary>Every version of a release has its section, or is named in the repository's.</summary>
    public static bool Has(byte[]? text, IReadOnlyList<ReleasedVersion> versions, string file) =>
        text is not null && ChangelogFile.Parse(text, file) is var changelog && versions.Where(v => v.Service is null || versions[0].Service is not null).All(v => changelog.Has(v.Service, v.Version));

    private IEnumerable<ReleaseNotes> Sections()
    {
        var rising = plan.Steps.Where(s => s.Next is not null).ToList();
        return rising is [{ Service: null } repository, .. var services]
            ? [new ReleaseNotes(repository, date, links) { Services = services }]
            : rising.Select(s => new ReleaseNotes(s, date, links));
    }
}
