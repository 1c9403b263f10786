using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using Pipeline.Processes;

namespace Pipeline.Checks.Tools;

/// <summary>ShellCheck: mistakes in shell scripts.</summary>
internal static partial class ShellCheck
{
    public static readonly Tool Tool = new("shellcheck", "lint.unmeasured", "apt-get install shellcheck") { Optional = true };

    private const int AtOnce = 500;

    public static IEnumerable<ToolUse> Uses(string root, IEnumerable<string> scripts) => scripts.Chunk(AtOnce).Select(files => new ToolUse(
        Tool, ["--format=json1", "--external-sources", "--source-path=SCRIPTDIR", "--", .. files.Select(f => $"./{f}")], result => Read(root, result), ""));

    /// <summary>A script by its name or its first line, in a language that ShellCheck knows.</summary>
    public static bool IsScript(string root, string file) => Path.GetExtension(file) switch
    {
        ".sh" or ".bash" or ".ksh" or ".dash" => true,
        "" => FirstLine().IsMatch(Head(Path.Combine(root, file))),
        _ => Path.GetFileName(file) == Path.GetExtension(file) && FirstLine().IsMatch(Head(Path.Combine(root, file))),
    };

    public static IReadOnlyList<Finding>? Read(string root, CommandResult result) => JsonSerializer.Deserialize<Report>(result.Output) is { Comments: { } comments }
        ? [.. comments.Select(c => new Finding($"SC{c.Code}", c.Message, Dotnet.Relative(root, Path.GetFullPath(Path.Combine(root, c.File))), Math.Max(1, c.Line), $"https://www.shellcheck.net/wiki/SC{c.Code}"))]
        : null;

    private static string Head(string path)
    {
        try
        {
            using var stream = File.OpenRead(path);
            var head = new byte[128];
            return System.Text.Encoding.Latin1.GetString(head, 0, stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    [GeneratedRegex(@"^#!\s*\S*[/ ](ba|da|k)?sh\b(?![.\w])")]
    private static partial Regex FirstLine();

    private sealed record Report([property: JsonPropertyName("comments")] IReadOnlyList<Comment>? Comments);

    private sealed record Comment(
        [property: JsonPropertyName("file"), JsonRequired] string File,
        [property: JsonPropertyName("line"), JsonRequired] int Line,
        [property: JsonPropertyName("code"), JsonRequired] int Code,
        [property: JsonPropertyName("message"), JsonRequired] string Message);
}
