using System.Text;

namespace Pipeline.Changes;

/// <summary>The branch, and what is not committed.</summary>
internal static class Status
{
    public static async Task<(string Branch, IReadOnlyList<string> Uncommitted)> Read(Git git, CancellationToken cancel)
    {
        // Everything that a user's settings could change is said explicitly.
        var output = await git.Run(
            ["status", "--porcelain=v2", "--branch", "-z", "--untracked-files=normal", "--ignore-submodules=dirty", "--no-renames", "--no-ahead-behind"], cancel).ConfigureAwait(false);
        var branch = "(detached)";
        var uncommitted = new List<string>();
        foreach (var row in Encoding.UTF8.GetString(output).Split('\0', StringSplitOptions.RemoveEmptyEntries))
        {
            if (row.StartsWith("# branch.head ", StringComparison.Ordinal))
            {
                branch = row["# branch.head ".Length..];
            }
            else if (row[0] is '1' or 'u' or '?')
            {
                // The path follows a fixed number of fields and may itself hold spaces.
                uncommitted.Add(row.Split(' ', row[0] switch { '1' => 9, 'u' => 11, _ => 2 })[^1]);
            }
        }

        return (branch, uncommitted);
    }
}
