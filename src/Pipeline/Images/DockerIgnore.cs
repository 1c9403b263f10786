using System.Text;
using System.Text.RegularExpressions;

namespace Pipeline.Images;

/// <summary>The rules of a <c>.dockerignore</c>: a pattern leaves out what it matches and all below, <c>!</c> takes back, the last that matches decides.</summary>
internal static class DockerIgnore
{
    /// <summary>Nothing stays behind: Docker reads the file itself.</summary>
    public static Func<string, bool> LeftToDocker(string text) => _ => false;

    /// <returns>whether a path, relative to the file's folder, is left out</returns>
    public static Func<string, bool> In(string text)
    {
        var rules = text.Split('\n').Select(l => l.Trim()).Where(l => l.Length > 0 && l[0] != '#')
            .Select(l => (Keeps: l[0] == '!', Pattern: Relative(l.TrimStart('!').Trim()).Trim('/')))
            .Select(r => (r.Keeps, Pattern: new Regex(Expression(r.Pattern), RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1))))
            .ToList();
        return path => rules.FindLast(r => r.Pattern.IsMatch(path)) is { Pattern: not null, Keeps: false };
    }

    private static string Relative(string pattern) => pattern.StartsWith("./", StringComparison.Ordinal) ? pattern[2..] : pattern;

    private static string Expression(string pattern)
    {
        var text = new StringBuilder("^");
        for (var at = 0; at < pattern.Length; at++)
        {
            text.Append(pattern[at] switch
            {
                '*' when pattern.AsSpan(at).StartsWith("**/") => Take(2, "(?:.*/)?"),
                '*' when pattern.AsSpan(at).StartsWith("**") => Take(1, ".*"),
                '*' => "[^/]*",
                '?' => "[^/]",
                '[' when pattern.IndexOf(']', at) is var end and > 0 => Take(end - at, pattern[at..(end + 1)]),
                '\\' when at + 1 < pattern.Length => Take(1, Regex.Escape(pattern[(at + 1)..(at + 2)])),
                var other => Regex.Escape(other.ToString()),
            });

            string Take(int more, string expression)
            {
                at += more;
                return expression;
            }
        }

        return text.Append("(?:/.*)?$").ToString();
    }
}
