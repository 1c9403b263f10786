using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Pipeline.Ci;

/// <summary>GitHub's workflow commands and its files for summaries and outputs.</summary>
internal sealed class GitHubLanguage(Func<string, string?> variable) : CiLanguage
{
    /// <summary>GitHub shows ten errors and ten warnings of a step.</summary>
    private const int Shown = 10;

    /// <summary>GitHub refuses a step's summary that is larger than 1 MiB.</summary>
    private const int LargestSummary = 1000 * 1024;

    public override IEnumerable<string> GroupStart(string name, DateTimeOffset at) => [$"::group::{Data(name)}"];

    public override IEnumerable<string> GroupEnd(string name, DateTimeOffset at) => ["::endgroup::"];

    public override IEnumerable<string> Annotations(IReadOnlyList<Annotation> all) =>
        all.GroupBy(a => a.IsError).SelectMany(level => level.Take(Shown)).Select(Command);

    public override IEnumerable<string> Mask(string value) => [$"::add-mask::{Data(value)}"];

    public override IEnumerable<string> Summary(string file)
    {
        if (variable("GITHUB_STEP_SUMMARY") is { Length: > 0 } page)
        {
            var text = File.ReadAllText(file);
            File.AppendAllText(page, Encoding.UTF8.GetByteCount(text) <= LargestSummary ? text : $"{text[..(LargestSummary / 4)]}\n\n… the rest is in artifacts/\n");
        }

        return [];
    }

    public override IEnumerable<string> Outputs(IReadOnlyDictionary<string, string> values)
    {
        if (variable("GITHUB_OUTPUT") is { Length: > 0 } file)
        {
            File.AppendAllText(file, string.Concat(values.Select(v => Assignment(v.Key, v.Value))));
        }

        return [];
    }

    private static string Command(Annotation annotation)
    {
        string?[] properties =
        [
            annotation.File is { } file ? $"file={Property(file)}" : null,
            annotation.Line is { } line ? string.Create(CultureInfo.InvariantCulture, $"line={line}") : null,
            $"title={Property(annotation.Title)}",
        ];
        return $"::{(annotation.IsError ? "error" : "warning")} {string.Join(',', properties.OfType<string>())}::{Data(annotation.Message)}";
    }

    /// <summary>A delimiter that nobody can guess ends the value, so that no value can end itself and set another.</summary>
    private static string Assignment(string name, string value)
    {
        var end = $"end-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16))}";
        return $"{name}<<{end}\n{value}\n{end}\n";
    }

    private static string Data(string text) =>
        text.Replace("%", "%25", StringComparison.Ordinal).Replace("\r", "%0D", StringComparison.Ordinal).Replace("\n", "%0A", StringComparison.Ordinal);

    private static string Property(string text) => Data(text).Replace(":", "%3A", StringComparison.Ordinal).Replace(",", "%2C", StringComparison.Ordinal);
}
