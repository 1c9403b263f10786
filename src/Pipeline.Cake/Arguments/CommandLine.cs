using Pipeline.Outcomes;

namespace Pipeline.Cake;

/// <summary>What may be typed: the targets, and the options beside Cake's own.</summary>
/// <param name="targets">all of them, in the order <c>--help</c> shows them</param>
/// <param name="options">ours, in the order <c>--help</c> shows them</param>
public sealed class CommandLine(IReadOnlyList<Target> targets, IReadOnlyList<Option> options)
{
    // Ours come first: a name that Cake has as a flag ("version") is ours when it has a value.
    private readonly IReadOnlyList<Option> _known = [.. options, .. CakeOptions.All];

    /// <summary>Reads a command line.</summary>
    /// <exception cref="UsageException">every mistake in it, one a line, with the nearest known name</exception>
    public Arguments Parse(IReadOnlyList<string> args)
    {
        ArgumentNullException.ThrowIfNull(args);
        var reader = new Reader(targets, _known);
        var given = reader.Read(args);
        return reader.Mistakes.Count == 0 ? new Arguments(given, _known) : throw new UsageException(Explain(reader.Mistakes));
    }

    /// <summary>The text of <c>--help</c>.</summary>
    public string Help()
    {
        var width = _known.Select(option => option.Usage.Length).Concat(targets.Select(target => target.Name.Length)).Where(length => length <= 30).Max() + 2;
        var lines = new List<string> { "Usage: ./build.sh [--target=NAME] [--option=value ...]", "", "Targets" };
        lines.AddRange(targets.Select(target => Row(target.Name, target.Description, width)));
        if (options.Count > 0)
        {
            lines.AddRange(["", "Options"]);
            lines.AddRange(options.Select(option => Row(option.Usage, Help(option), width)));
        }

        lines.AddRange(["", "Options of every target"]);
        lines.AddRange(CakeOptions.All.Select(option => Row(option.Usage, option.Help, width)));
        return string.Join('\n', lines);
    }

    private static string Help(Option option) =>
        option.Targets.Count == 0 ? option.Help : $"{option.Help} ({string.Join(", ", option.Targets)})";

    private static string Row(string name, string text, int width) =>
        name.Length <= width - 2 ? $"  {name.PadRight(width)}{text}".TrimEnd() : $"  {name}\n  {new string(' ', width)}{text}".TrimEnd();

    private static string Explain(List<string> mistakes) => mistakes.Count == 1
        ? $"{mistakes[0]} ./build.sh --help {(mistakes[0].StartsWith("Unknown", StringComparison.Ordinal) ? "lists them" : "tells more")}."
        : $"{string.Join('\n', mistakes)}\n{mistakes.Count} mistakes. Nothing was run. ./build.sh --help lists targets and options.";
}
