using System.Text.RegularExpressions;
using Pipeline.Processes;

namespace Pipeline.Checks;

/// <summary>The .NET command line, as the checks call it.</summary>
internal static partial class Dotnet
{
    private const string Profiles = "DOTNET_TieredPGO";

    /// <summary>Messages in one language, no banners, no build node left behind that would hold our pipes, and no profiles, unless somebody wants them.</summary>
    public static readonly IReadOnlyDictionary<string, string?> Environment = new Dictionary<string, string?>
    {
        ["DOTNET_CLI_UI_LANGUAGE"] = "en",
        ["DOTNET_NOLOGO"] = "true",
        ["DOTNET_CLI_TELEMETRY_OPTOUT"] = "true",
        ["MSBUILDDISABLENODEREUSE"] = "1",
        ["MSBUILDTERMINALLOGGER"] = "off",
        // A compiler is done before its profile pays: without, it takes 40 % less of the processor (docs/performance.md).
        [Profiles] = System.Environment.GetEnvironmentVariable(Profiles) ?? "0",
    };

    public static Command Command(string root, params IReadOnlyList<string> arguments) =>
        new("dotnet", arguments, root) { Environment = Environment, KeepCharacters = 4 * 1024 * 1024, PlainText = true };

    /// <summary>A value on MSBuild's command line, where <c>;</c>, <c>,</c> and <c>%</c> would mean something else.</summary>
    public static string Property(string name, string value) =>
        $"-p:{name}={value.Replace("%", "%25", StringComparison.Ordinal).Replace(";", "%3B", StringComparison.Ordinal).Replace(",", "%2C", StringComparison.Ordinal)}";

    /// <summary>The compiler's and MSBuild's errors, each once, with the file relative to the root.</summary>
    public static IReadOnlyList<Finding> Errors(string root, string output) =>
        [.. output.Split('\n').Select(l => Error().Match(l.Trim())).Where(m => m.Success).Select(m => ToFinding(root, m)).Distinct()];

    /// <summary>Relative to the root with <c>/</c>; unchanged where the file lies elsewhere.</summary>
    public static string Relative(string root, string file)
    {
        var relative = Path.GetRelativePath(root, Path.Combine(root, file));
        return relative.StartsWith("..", StringComparison.Ordinal) ? file : relative.Replace('\\', '/');
    }

    /// <summary>The last lines of an output that explains nothing else.</summary>
    public static string Tail(CommandResult result)
    {
        var lines = (result.Output + "\n" + result.Error).Split('\n').Select(TerminalText.Echo).Where(l => l.Trim().Length > 0).ToList();
        return string.Join(" | ", lines.TakeLast(3).Select(l => l.Trim()));
    }

    private static Finding ToFinding(string root, Match match)
    {
        var file = match.Groups["file"].Value;
        int? line = int.TryParse(match.Groups["line"].Value, out var number) && number > 0 ? number : null;
        var known = file.Length > 0 && (file.Contains('/', StringComparison.Ordinal) || file.Contains('\\', StringComparison.Ordinal));
        return new Finding(match.Groups["code"].Value, match.Groups["message"].Value.Trim(), known ? Relative(root, file) : null, line);
    }

    [GeneratedRegex(@"^(?<file>[^\s(][^(]*?)?(\((?<line>\d+)(,\d+){0,3}\))?\s*:\s+error\s+(?<code>[A-Za-z]+[A-Za-z0-9]*)\s*:\s*(?<message>.*?)(\s+\[[^\]]*\])?$")]
    private static partial Regex Error();
}
