using System.Text.RegularExpressions;

namespace Pipeline.Versions.Changelogs;

/// <summary>Where a code host shows commits, pull requests, issues and comparisons. Logins of the remote's address are left out.</summary>
/// <param name="Repository">its page, without a slash at the end</param>
internal abstract partial record RemoteLinks(string Repository)
{
    /// <param name="remote">as <c>git remote get-url</c> answers</param>
    /// <returns><c>null</c>: a host whose pages are not known, or no host at all</returns>
    public static RemoteLinks? Of(string remote) => Address(remote) is not var (scheme, host, path) ? null
        : IsHost(host, "github") && path.Count == 2 ? new GitHubLinks($"{scheme}://{host}/{string.Join('/', path)}")
        : IsHost(host, "gitlab") && path.Count >= 2 ? new GitLabLinks($"{scheme}://{host}/{string.Join('/', path)}")
        : Azure(host, path) is { } azure ? azure
        : null;

    public abstract string Commit(string hash);

    public abstract string PullRequest(int number);

    public abstract string Issue(int number);

    /// <summary>What changed between two tags.</summary>
    public abstract string Compare(string from, string to);

    public abstract string Tag(string tag);

    private protected static string Escaped(string tag) => Uri.EscapeDataString(tag).Replace("%2F", "/", StringComparison.Ordinal);

    /// <summary><c>github.com</c>, or a server of one's own: <c>github.example.com</c>, <c>git.gitlab.example.com:8443</c>.</summary>
    private static bool IsHost(string host, string name) => host.Split(':')[0].Split('.').Contains(name, StringComparer.OrdinalIgnoreCase);

    private static AzureLinks? Azure(string host, IReadOnlyList<string> path) => (host, path) switch
    {
        ("ssh.dev.azure.com" or "vs-ssh.visualstudio.com", ["v3", var owner, var project, var name]) => new($"https://dev.azure.com/{owner}/{project}/_git/{name}"),
        ("dev.azure.com", [_, .., "_git", _]) => new($"https://{host}/{string.Join('/', path)}"),
        (_, [.., "_git", _]) when host.EndsWith(".visualstudio.com", StringComparison.Ordinal) => new($"https://{host}/{string.Join('/', path)}"),
        _ => null,
    };

    /// <summary>Of a URL, or of SSH's short form <c>git@host:path</c>.</summary>
    private static (string Scheme, string Host, IReadOnlyList<string> Path)? Address(string remote)
    {
        if (Uri.TryCreate(remote, UriKind.Absolute, out var address) && address.Host.Length > 0 && address.Scheme is "https" or "http" or "ssh" or "git")
        {
            var isWeb = address.Scheme is "https" or "http";
            return (isWeb ? address.Scheme : "https", isWeb ? address.Authority[(address.Authority.IndexOf('@', StringComparison.Ordinal) + 1)..] : address.Host, Segments(address.AbsolutePath));
        }

        return ShortForm().Match(remote) is { Success: true } match ? ("https", match.Groups["host"].Value.ToLowerInvariant(), Segments(match.Groups["path"].Value)) : null;
    }

    private static List<string> Segments(string path)
    {
        var trimmed = path.Trim('/');
        trimmed = trimmed.EndsWith(".git", StringComparison.Ordinal) ? trimmed[..^4] : trimmed;
        return [.. trimmed.Split('/', StringSplitOptions.RemoveEmptyEntries).Select(s => Uri.EscapeDataString(Uri.UnescapeDataString(s)))];
    }

    /// <summary>A host of one letter is a drive of Windows.</summary>
    [GeneratedRegex(@"^(?:[^@/\s]+@)?(?<host>[A-Za-z0-9.-]{2,}):(?<path>[^\s/].*)$")]
    private static partial Regex ShortForm();
}

internal sealed record GitHubLinks(string Repository) : RemoteLinks(Repository)
{
    public override string Commit(string hash) => $"{Repository}/commit/{hash}";

    public override string PullRequest(int number) => $"{Repository}/pull/{number}";

    public override string Issue(int number) => $"{Repository}/issues/{number}";

    public override string Compare(string from, string to) => $"{Repository}/compare/{Escaped(from)}...{Escaped(to)}";

    public override string Tag(string tag) => $"{Repository}/releases/tag/{Escaped(tag)}";
}

internal sealed record GitLabLinks(string Repository) : RemoteLinks(Repository)
{
    public override string Commit(string hash) => $"{Repository}/-/commit/{hash}";

    public override string PullRequest(int number) => $"{Repository}/-/merge_requests/{number}";

    public override string Issue(int number) => $"{Repository}/-/issues/{number}";

    public override string Compare(string from, string to) => $"{Repository}/-/compare/{Escaped(from)}...{Escaped(to)}";

    public override string Tag(string tag) => $"{Repository}/-/tags/{Escaped(tag)}";
}

/// <summary>Azure DevOps; its issues are the project's work items.</summary>
internal sealed record AzureLinks(string Repository) : RemoteLinks(Repository)
{
    public override string Commit(string hash) => $"{Repository}/commit/{hash}";

    public override string PullRequest(int number) => $"{Repository}/pullrequest/{number}";

    public override string Issue(int number) => $"{Repository[..Repository.IndexOf("/_git/", StringComparison.Ordinal)]}/_workitems/edit/{number}";

    public override string Compare(string from, string to) => $"{Repository}/branchCompare?baseVersion=GT{Uri.EscapeDataString(from)}&targetVersion=GT{Uri.EscapeDataString(to)}";

    public override string Tag(string tag) => $"{Repository}?version=GT{Uri.EscapeDataString(tag)}";
}
