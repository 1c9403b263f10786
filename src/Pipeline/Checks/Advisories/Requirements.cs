using System.Text.RegularExpressions;

namespace Pipeline.Checks.Advisories;

/// <summary>Reads pip's requirements files with all that they include. Only an exact pin (<c>==</c>) says what is installed.</summary>
internal sealed partial class Requirements
{
    private readonly string _root;
    private readonly HashSet<string> _read = [];
    private readonly List<Requirement> _wanted = [];
    private readonly Dictionary<string, string> _constraints = [];
    private readonly List<Gap> _gaps = [];

    private Requirements(string root) => _root = root;

    /// <param name="file">relative to the root</param>
    public static Inventory Read(string root, string file)
    {
        var all = new Requirements(root);
        all.ReadFile(file, isConstraint: false);
        var packages = new List<InstalledPackage>();
        foreach (var wanted in all._wanted)
        {
            // A constraint pins what the requirement leaves open.
            if ((wanted.Version ?? all._constraints.GetValueOrDefault(Ecosystem.PyPI.Normal(wanted.Name))) is { } version)
            {
                packages.Add(new(Ecosystem.PyPI, wanted.Name, version, wanted.File, wanted.Line) { Marker = wanted.Marker });
            }
            else
            {
                all._gaps.Add(new(Ecosystem.PyPI, wanted.File, $"{wanted.Name} (line {wanted.Line}) has no exact version"));
            }
        }

        return new(packages, all._gaps);
    }

    private void ReadFile(string file, bool isConstraint)
    {
        if (!_read.Add($"{file} {isConstraint}"))
        {
            return;
        }

        string text;
        try
        {
            text = File.ReadAllText(Path.Combine(_root, file));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _gaps.Add(new(Ecosystem.PyPI, file, "cannot be read"));
            return;
        }

        foreach (var (line, content) in Lines(text))
        {
            if (Include().Match(content) is { Success: true } include)
            {
                var other = include.Groups["file"].Value.Trim('"', '\'');
                if (other.Contains("://", StringComparison.Ordinal) || other.Contains("${", StringComparison.Ordinal))
                {
                    // The address may hold a password.
                    _gaps.Add(new(Ecosystem.PyPI, file, $"line {line} includes what is not in the repository"));
                    continue;
                }

                var path = Path.GetRelativePath(_root, Path.Combine(_root, Path.GetDirectoryName(file) ?? "", other)).Replace('\\', '/');
                ReadFile(path, isConstraint || include.Groups["constraint"].Success);
            }
            else if (!Option().IsMatch(content))
            {
                ReadRequirement(file, line, content, isConstraint);
            }
        }
    }

    private void ReadRequirement(string file, int line, string content, bool isConstraint)
    {
        var match = Requires().Match(content);
        var version = match.Success ? Pin(match.Groups["specifiers"].Value) : null;
        if (!match.Success)
        {
            if (!isConstraint)
            {
                _gaps.Add(new(Ecosystem.PyPI, file, $"line {line} names no package with a version"));
            }
        }
        else if (!isConstraint)
        {
            _wanted.Add(new(match.Groups["name"].Value, version, match.Groups["marker"] is { Success: true } marker ? marker.Value.Trim() : null, file, line));
        }
        else if (version is not null)
        {
            _constraints[Ecosystem.PyPI.Normal(match.Groups["name"].Value)] = version;
        }
    }

    private static string? Pin(string specifiers) => specifiers.Trim().Trim('(', ')').Split(',')
        .Select(s => Exactly().Match(s.Trim())).FirstOrDefault(m => m.Success)?.Groups["version"].Value;

    /// <summary>As pip reads them: a backslash at a line's end joins it with the next one, unless it is a comment.</summary>
    private static IEnumerable<(int Line, string Content)> Lines(string text)
    {
        var (first, joined) = (0, "");
        var lines = text.Split('\n').Append("").Select(l => l.TrimEnd('\r')).ToList();
        for (var i = 0; i < lines.Count; i++)
        {
            var isComment = lines[i].TrimStart().StartsWith('#');
            first = joined.Length == 0 ? i + 1 : first;
            joined += isComment ? " " + lines[i] : lines[i].TrimEnd('\\') + (lines[i].EndsWith('\\') ? " " : "");
            if (lines[i].EndsWith('\\') && !isComment && i < lines.Count - 1)
            {
                continue;
            }

            if (Comment().Replace(joined, "").Trim() is { Length: > 0 } content)
            {
                yield return (first, content);
            }

            joined = "";
        }
    }

    private sealed record Requirement(string Name, string? Version, string? Marker, string File, int Line);

    [GeneratedRegex(@"(^|\s+)#.*$")]
    private static partial Regex Comment();

    [GeneratedRegex(@"^(-r\s*|--requirement[\s=]+|(?<constraint>-c\s*|--constraint[\s=]+))(?<file>.+)$")]
    private static partial Regex Include();

    /// <summary>Options of pip; what <c>-e</c> names is a requirement, though one without a version.</summary>
    [GeneratedRegex(@"^-(?!e\b|-editable\b)")]
    private static partial Regex Option();

    [GeneratedRegex(@"^(?<name>[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(\[[^\]]*\])?\s*(?<specifiers>(\(?\s*(===?|~=|!=|<=?|>=?)[^;@]*?)?|@\s*\S+)\s*(;\s*(?<marker>.*?))?(\s+--.*)?$")]
    private static partial Regex Requires();

    [GeneratedRegex(@"^===?\s*(?<version>[^*\s]+)$")]
    private static partial Regex Exactly();
}
