using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Pipeline.Processes;

namespace Pipeline.Checks.Suites;

/// <summary>What pytest did, from the events that the plugin wrote.</summary>
/// <param name="HasEnded">it reached its end</param>
internal sealed partial record PytestEvents(TestReport Report, IReadOnlyList<Finding> Errors, IReadOnlyList<string> Unfinished, IReadOnlyList<SkippedTest> LeftOut, bool HasEnded)
{
    private static readonly string[] Phases = ["setup", "call", "teardown"];

    /// <param name="root">findings' files are relative to it</param>
    /// <param name="folder">where pytest ran: tracebacks are relative to it</param>
    public static async Task<PytestEvents> Read(string file, string root, string folder, CancellationToken cancel)
    {
        var lines = File.Exists(file) ? await File.ReadAllLinesAsync(file, cancel).ConfigureAwait(false) : [];
        var events = lines.Select(Parse).OfType<Event>().ToList();
        var ended = events.Where(e => e.Kind == "teardown").Select(e => e.Test).ToHashSet();
        var tests = events.Where(e => Phases.Contains(e.Kind) && ended.Contains(e.Test)).GroupBy(e => e.Test).Select(phases => Case([.. phases], root, folder)).ToList();
        return new PytestEvents(
            new TestReport(tests, null),
            [.. events.Where(e => e.Kind == "uncollected").Select(e => Uncollected(e, root, folder))],
            [.. events.Where(e => e.Kind == "start").Select(e => e.Test).Distinct().Where(t => !ended.Contains(t)).Select(NameOf)],
            [.. events.Where(e => e.Kind == "leftOut").DistinctBy(e => e.Test).Select(e => new SkippedTest(NameOf(e.Test), e.Message))],
            events.Exists(e => e.Kind == "end"));
    }

    /// <summary>The worst of its phases is the test's outcome: it has failed where only its teardown did.</summary>
    private static TestCase Case(IReadOnlyList<Event> phases, string root, string folder)
    {
        var worst = phases.FirstOrDefault(p => p.Outcome == "failed") ?? phases.FirstOrDefault(p => p.Outcome == "skipped") ?? phases[^1];
        var (file, line) = (Dotnet.Relative(root, worst.File), worst.Line);
        if (worst.Outcome == "failed" && PlaceIn(worst.Text, root, folder) is { } place)
        {
            (file, line) = place;
        }

        var (type, name) = Split(worst.Test);
        return new TestCase(
            type,
            name,
            worst.Outcome switch { "passed" => TestOutcome.Passed, "skipped" => TestOutcome.Skipped, _ => TestOutcome.Failed },
            TimeSpan.FromSeconds(phases.Sum(p => p.Seconds)),
            worst.Kind == "call" || worst.Outcome != "failed" ? worst.Message : $"{worst.Kind}: {worst.Message}",
            worst.Text)
        {
            File = file,
            Line = line,
        };
    }

    /// <summary><c>tests/test_a.py::TestB::test_c</c> is <c>tests.test_a.TestB</c> and <c>test_c</c>.</summary>
    private static (string Type, string Name) Split(string test)
    {
        var module = test.Split("::")[0];
        var parts = test[module.Length..].Split("::", StringSplitOptions.RemoveEmptyEntries);
        return (string.Join('.', [module.Replace(".py", "", StringComparison.Ordinal).Replace('/', '.'), .. parts.SkipLast(1)]), parts.LastOrDefault() ?? test);
    }

    private static string NameOf(string test)
    {
        var (type, name) = Split(test);
        return TerminalText.Echo($"{type}.{name}");
    }

    private static Finding Uncollected(Event error, string root, string folder)
    {
        var last = error.Text.Split('\n').Select(l => l.Trim()).LastOrDefault(l => l.StartsWith("E ", StringComparison.Ordinal)) ?? error.Text.Trim().Split('\n')[^1];
        var place = PlaceIn(error.Text, root, folder);
        return new Finding(error.Test, TerminalText.Echo(last.TrimStart('E', ' ')), place?.File ?? error.Test.Split("::")[0], place?.Line);
    }

    /// <summary>The last place of a traceback that is the repository's own.</summary>
    private static (string File, int Line)? PlaceIn(string text, string root, string folder) =>
        Place().Matches(text)
            .Select(m => (File: Dotnet.Relative(root, Path.GetFullPath(Path.Combine(folder, m.Groups["file"].Value))), Line: int.Parse(m.Groups["line"].Value, CultureInfo.InvariantCulture)))
            .Where(p => !Path.IsPathRooted(p.File) && !p.File.Contains("site-packages", StringComparison.Ordinal))
            .Select(p => ((string, int)?)p)
            .LastOrDefault();

    private static Event? Parse(string line)
    {
        try
        {
            return JsonSerializer.Deserialize<Event>(line, JsonSerializerOptions.Web) is { Kind: not null, Test: not null } known ? known : null;
        }
        catch (JsonException)
        {
            // The line on which pytest was stopped.
            return null;
        }
    }

    [GeneratedRegex("""^(?:E?\s*File "(?<file>[^"\n]+)", line |(?<file>[^\s:][^:\n]*\.py):)(?<line>[1-9]\d{0,8})\b""", RegexOptions.Multiline)]
    private static partial Regex Place();

    private sealed record Event([property: System.Text.Json.Serialization.JsonPropertyName("event")] string Kind, string Test)
    {
        public string Outcome { get; init; } = "";

        public double Seconds { get; init; }

        public string File { get; init; } = "";

        public int Line { get; init; }

        public string Message { get; init; } = "";

        public string Text { get; init; } = "";
    }
}
