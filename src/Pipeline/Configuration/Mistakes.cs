using Pipeline.Outcomes;

namespace Pipeline.Configuration;

/// <summary>Collects every mistake of the file, to show them all at once.</summary>
/// <param name="file">as the lines call it</param>
internal sealed class Mistakes(string file)
{
    private readonly List<(int Line, string Path, string Sentence)> found = [];

    public bool Any => found.Count > 0;

    public void Add(int line, string path, string sentence) => found.Add((line, path, sentence));

    /// <exception cref="UsageException">there are mistakes; one line each, in the file's order</exception>
    public void ThrowIfAny()
    {
        if (!Any)
        {
            return;
        }

        var lines = found.Distinct().OrderBy(m => m.Line)
            .Select(m => $"{file}:{m.Line}  {(m.Path.Length == 0 ? "" : m.Path + ": ")}{m.Sentence}").ToList();
        throw new UsageException($"{string.Join('\n', lines)}\n{Reporting.Words.Count(lines.Count, "error")}. Nothing was run.");
    }
}

/// <summary>Dotted paths into the file, as people read them.</summary>
internal static class Paths
{
    public static string Join(string path, string key) => path.Length == 0 ? key : $"{path}.{key}";
}
