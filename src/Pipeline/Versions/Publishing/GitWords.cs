using System.Text.RegularExpressions;
using Pipeline.Changes;
using Pipeline.Processes;

namespace Pipeline.Versions.Publishing;

/// <summary>What git, a hook or a server said, as it may be shown.</summary>
internal static partial class GitWords
{
    private const int Shown = 12;

    public static string Of(GitAnswer answer)
    {
        var lines = $"{answer.Error}\n{System.Text.Encoding.UTF8.GetString(answer.Output)}".Split('\n')
            .Select(l => TerminalText.Echo(WithoutLogin(l)).TrimEnd()).Where(l => l.Length > 0 && !l.StartsWith("hint:", StringComparison.Ordinal)).ToList();
        return lines.Count == 0 ? $"exit code {answer.ExitCode}" : string.Join('\n', lines.Take(Shown)) + (lines.Count > Shown ? $"\n… {lines.Count - Shown} lines more" : "");
    }

    /// <summary>Addresses of remotes may hold a token.</summary>
    public static string WithoutLogin(string text) => Login().Replace(text, "://");

    [GeneratedRegex(@"://[^/\s@]*@")]
    private static partial Regex Login();
}
