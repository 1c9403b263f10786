using Pipeline.Changes;
using Pipeline.Outcomes;

namespace Pipeline.Versions.Publishing;

/// <summary>Whom commits and tags name where git knows nobody: a runner.</summary>
internal sealed record Author(string Name, string Email)
{
    public IEnumerable<KeyValuePair<string, string>> Variables =>
    [
        new("GIT_AUTHOR_NAME", Name),
        new("GIT_AUTHOR_EMAIL", Email),
        new("GIT_COMMITTER_NAME", Name),
        new("GIT_COMMITTER_EMAIL", Email),
    ];

    /// <param name="text"><c>Name &lt;address&gt;</c></param>
    public static Author Parse(string text)
    {
        var address = text.LastIndexOf('<');
        return new(text[..address].Trim(), text[(address + 1)..].TrimEnd('>', ' '));
    }

    /// <summary>The configured one, where it is needed.</summary>
    /// <returns><c>null</c>: git knows somebody</returns>
    /// <exception cref="UsageException">neither git nor pipeline.yml knows anybody</exception>
    public static async Task<Author?> Missing(Git git, string? configured, CancellationToken cancel)
    {
        foreach (var ident in new[] { "GIT_AUTHOR_IDENT", "GIT_COMMITTER_IDENT" })
        {
            if ((await git.Try(["var", ident], [], cancel).ConfigureAwait(false)).ExitCode != 0)
            {
                return configured is not null ? Parse(configured) : throw new UsageException(
                    "git does not know whom to name as author of the release's commit.",
                    new Detail("next", "git config user.name \"NAME\" && git config user.email ADDRESS; for runners: versions.author: \"NAME <ADDRESS>\" in pipeline.yml"));
            }
        }

        return null;
    }
}
