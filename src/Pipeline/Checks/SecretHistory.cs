using System.Text;
using Pipeline.Changes;
using Pipeline.Outcomes;
using Pipeline.Reporting;

namespace Pipeline.Checks;

/// <summary>
/// Looks for secrets in the lines that the commits to be deployed or pushed have added: one that was taken out again by a later commit is in the
/// repository for ever.
/// </summary>
internal static class SecretHistory
{
    public const string Name = "secrets in history";

    /// <summary>git takes larger files for binary, and shows no lines of them.</summary>
    private const string Largest = "core.bigFileThreshold=16m";

    /// <summary>What a user's configuration would change about the form of a diff.</summary>
    private static readonly string[] Plain = ["-c", Largest, "-c", "core.quotePath=false", "-c", "diff.noprefix=false", "-c", "diff.mnemonicPrefix=false", "-c", "log.showSignature=false"];

    /// <param name="since">commits that were looked at before: what the environment runs; empty: none is known</param>
    /// <param name="inWorkTree">secrets that are judged where they stand now</param>
    public static async Task<CheckPart> Run(string root, IReadOnlyList<string> since, IReadOnlySet<string> inWorkTree, CancellationToken cancel)
    {
        var git = new Git(root);
        if (await git.Commit("HEAD", cancel).ConfigureAwait(false) is null)
        {
            return new CheckPart(Name, Verdict.Skipped, "there is no commit");
        }

        var range = await HistoryRange.Of(git, since, cancel).ConfigureAwait(false);
        if (range.IsCut)
        {
            return new CheckPart(Name, Verdict.NotEvaluable, $"this clone is shallow and lacks commits {range.Words}: git fetch --unshallow") { Gate = "security.unmeasured" };
        }

        if (range.Commits == 0)
        {
            return new CheckPart(Name, Verdict.Skipped, $"no commit {range.Words}");
        }

        var findings = await Scan(git, range, new AllowedSecrets(root), inWorkTree, cancel).ConfigureAwait(false);
        var commits = $"{Words.Count(range.Commits, "commit")} {range.Words}";
        return findings.Count == 0
            ? new CheckPart(Name, Verdict.Passed, $"secrets 0 in {commits}")
            : new CheckPart(Name, Verdict.Failed, $"secrets {findings.Count} in {commits}") { Findings = findings };
    }

    private static async Task<IReadOnlyList<Finding>> Scan(Git git, HistoryRange range, AllowedSecrets allowed, IReadOnlySet<string> inWorkTree, CancellationToken cancel)
    {
        var findings = new List<Finding>();
        var seen = new HashSet<(string File, string Secret)>();
        string[] log = [.. Plain, "log", "--reverse", "--patch", "--cc", "--unified=0", "--no-color", "--no-ext-diff", "--no-textconv", "--no-renames", "--submodule=short", $"--format={AddedLines.CommitMark}%H", .. range.Revisions, "--"];
        await foreach (var added in AddedLines.Read(git, log, cancel).ConfigureAwait(false))
        {
            foreach (var secret in SecretScan.Find(added.File, added.Text).Where(s => !s.Allowed && !inWorkTree.Contains(s.Value)))
            {
                var line = added.FirstLine + secret.Line - 1;
                // The earliest commit with it is the one to name.
                if (seen.Add((added.File, secret.Value)) && !allowed.Contains(added.Commit, added.File, line))
                {
                    findings.Add(ToFinding(secret, added, line));
                }
            }
        }

        return findings;
    }

    private static Finding ToFinding(FoundSecret secret, AddedText added, int line) => new(
        secret.Rule.Name,
        $"{secret.Shown}, added by commit {added.Commit[..12]} and not there any more",
        added.File,
        line,
        $"revoke it and make a new one; then either rewrite the commit (as long as nobody has it), or say so in {AllowedSecrets.FileName}: '{AllowedSecrets.Place(added.Commit, added.File, line)} <reason>'");
}

/// <summary>The commits that are about to be deployed or pushed.</summary>
/// <param name="Revisions">for git's arguments</param>
/// <param name="Commits">how many</param>
/// <param name="Words">since when: <c>since what dev runs</c></param>
/// <param name="IsCut">the clone lacks some of them</param>
internal sealed record HistoryRange(IReadOnlyList<string> Revisions, int Commits, string Words, bool IsCut)
{
    private static readonly string[] Upstreams = ["@{upstream}", "refs/remotes/origin/HEAD"];

    /// <summary>Since what runs; where that is unknown, since what the upstream has; without one, all of them.</summary>
    public static async Task<HistoryRange> Of(Git git, IReadOnlyList<string> since, CancellationToken cancel)
    {
        var known = await Existing(git, since, cancel).ConfigureAwait(false);
        var upstream = known.Count == 0 ? await Existing(git, Upstreams, cancel).ConfigureAwait(false) : [];
        var words = known.Count > 0 ? $"since what runs ({string.Join(", ", known.Select(c => c[..7]))})" : upstream.Count > 0 ? $"since the upstream's {upstream[0][..7]}" : "in the history";
        string[] revisions = ["HEAD", "--not", .. known.Count > 0 ? known : upstream.Take(1)];
        var commits = (await Lines(git, ["rev-list", .. revisions, "--"], cancel).ConfigureAwait(false)).ToHashSet();
        // A commit that runs but is not in a shallow clone lies beyond its edge, like what follows it.
        var edge = await Edge(git, cancel).ConfigureAwait(false);
        return new HistoryRange(revisions, commits.Count, words, edge.Count > 0 && edge.Any(commits.Contains));
    }

    private static async Task<List<string>> Existing(Git git, IReadOnlyList<string> names, CancellationToken cancel)
    {
        var commits = new List<string>();
        foreach (var name in names.Distinct())
        {
            if (await git.Commit(name, cancel).ConfigureAwait(false) is { } commit)
            {
                commits.Add(commit);
            }
        }

        return commits;
    }

    /// <summary>The commits of a shallow clone whose parents it lacks.</summary>
    private static async Task<IReadOnlyList<string>> Edge(Git git, CancellationToken cancel)
    {
        var path = Path.Combine(git.Root, string.Concat(await Lines(git, ["rev-parse", "--git-path", "shallow"], cancel).ConfigureAwait(false)));
        return File.Exists(path) ? await File.ReadAllLinesAsync(path, cancel).ConfigureAwait(false) : [];
    }

    private static async Task<IReadOnlyList<string>> Lines(Git git, IReadOnlyList<string> arguments, CancellationToken cancel) =>
        Encoding.UTF8.GetString(await git.Run(arguments, cancel).ConfigureAwait(false)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
}

/// <summary>
/// The secrets of the history that cannot be a danger any more, each with a reason: no comment can be added to a commit. One a line:
/// <c>COMMIT:FILE:LINE reason</c>.
/// </summary>
internal sealed class AllowedSecrets(string root)
{
    public const string FileName = ".allowed-secrets";

    private const int Digits = 12;
    private readonly string[] _lines = File.Exists(Path.Combine(root, FileName)) ? File.ReadAllLines(Path.Combine(root, FileName)) : [];

    public static string Place(string commit, string file, int line) => $"{commit[..Digits]}:{file}:{line}";

    public bool Contains(string commit, string file, int line)
    {
        var place = Place(commit, file, line) + ' ';
        return _lines.Any(l => l.StartsWith(place, StringComparison.Ordinal) && l[place.Length..].Trim().Length > 0);
    }
}
