using System.Text.RegularExpressions;
using Pipeline.Tests.Configuration;

namespace Pipeline.Tests.Ci;

/// <summary>Whether a line of a workflow is a call of build.sh as it can be typed, and nothing else.</summary>
internal static partial class Commands
{
    private static readonly string[] Targets = [.. Directory.EnumerateFiles(Path.Combine(Repository.Root, "build"), "*.cs", SearchOption.AllDirectories).SelectMany(f => TaskName().Matches(File.ReadAllText(f))).Select(m => m.Groups[1].Value)];
    private static readonly string[] Options = [.. OptionName().Matches(File.ReadAllText(Path.Combine(Repository.Root, "build", "Options.cs"))).Select(m => m.Groups[1].Value), "target"];

    /// <returns>what is wrong with it; <c>null</c>: nothing</returns>
    public static string? Mistake(string line)
    {
        var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return words is not ["./build.sh", .. var arguments] ? $"is no call of ./build.sh: {line}"
            : arguments.Select(a => Mistake(Option().Match(a))).FirstOrDefault(m => m is not null) is { } mistake ? $"{mistake}: {line}"
            : null;
    }

    private static string? Mistake(Match option) => option switch
    {
        { Success: false } => "is more than options",
        _ when !Options.Contains(option.Groups["name"].Value) => $"there is no option --{option.Groups["name"].Value}",
        _ when option.Groups["name"].Value == "target" && !Targets.Contains(option.Groups["value"].Value) => $"there is no target {option.Groups["value"].Value}",
        _ => null,
    };

    [GeneratedRegex("""\[TaskName\("(\w+)"\)\]""")]
    private static partial Regex TaskName();

    [GeneratedRegex("""public const string \w+ = "([a-z-]+)";""")]
    private static partial Regex OptionName();

    [GeneratedRegex(@"\A--(?<name>[a-z-]+)(=(?<value>[A-Za-z0-9.,_-]+))?\z")]
    private static partial Regex Option();
}
