using System.Globalization;
using System.Text.RegularExpressions;
using Pipeline.Outcomes;
using Pipeline.Processes;

namespace Pipeline.Images.Docker;

/// <summary>Where a build failed, from what Docker said.</summary>
internal static partial class BuildFailure
{
    private const int LastLines = 12;

    /// <param name="file">the Dockerfile as people know it, relative to the root</param>
    /// <param name="dockerfile">its text</param>
    public static PipelineException Of(string service, string file, string dockerfile, CommandResult result)
    {
        var lines = (result.Output + "\n" + result.Error).Split('\n').Select(TerminalText.Echo).Where(l => l.Trim().Length > 0 && !IsNoise(l)).ToList();
        var why = result.TimedOut ? $"docker build was stopped after {result.Duration.TotalMinutes:0} minutes" : "docker build failed";
        var log = new Detail("log", string.Join('\n', lines.TakeLast(LastLines)));
        return Place(file, dockerfile, lines) is { } place
            ? new PipelineException(ExitCode.Failed, $"The image of '{service}' cannot be built: {why}", new Detail("line", place), log)
            : new PipelineException(ExitCode.Failed, $"The image of '{service}' cannot be built: {why}", log);
    }

    private static string? Place(string file, string dockerfile, List<string> said)
    {
        var source = dockerfile.Split('\n');
        if (said.Select(l => Numbered().Match(l)).LastOrDefault(m => m.Success) is { } named && int.Parse(named.Groups["line"].Value, CultureInfo.InvariantCulture) is var number && number >= 1 && number <= source.Length)
        {
            return $"{file}:{number} {source[number - 1].Trim()}";
        }

        // The last step that was begun, or the one that BuildKit repeats at the end, is the one that failed.
        if (said.Select(l => Step().Match(l)).LastOrDefault(m => m.Success) is not { } step)
        {
            return null;
        }

        var instruction = step.Groups["text"].Value.Trim();
        return Array.FindIndex(source, l => Begins(l, instruction)) is var index and >= 0 ? $"{file}:{index + 1} {source[index].Trim()}" : $"{file}: {instruction}";
    }

    /// <summary>An instruction may go on on further lines; Docker shows it as one.</summary>
    private static bool Begins(string line, string instruction)
    {
        var start = Spaces().Replace(line.Trim().TrimEnd('\\', '`'), " ").Trim();
        return start.Contains(' ', StringComparison.Ordinal) && Spaces().Replace(instruction, " ").StartsWith(start, StringComparison.OrdinalIgnoreCase);
    }

    private static bool IsNoise(string line) => line.StartsWith("DEPRECATED: The legacy builder", StringComparison.Ordinal) || line.Contains("enable it by removing the DOCKER_BUILDKIT=0", StringComparison.Ordinal) || line.Trim() == "environment-variable.";

    [GeneratedRegex(@"(?:parse error(?: on)? line |^Dockerfile[^\s:]*:)(?<line>\d{1,6})\b")]
    private static partial Regex Numbered();

    [GeneratedRegex(@"^(?: > \[(?:[^\]]* )?\d+/\d+\] (?<text>.*?):?|Step \d+/\d+ : (?<text>.*))$")]
    private static partial Regex Step();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
