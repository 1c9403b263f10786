using Pipeline.Tests.Configuration;

namespace Pipeline.Tests.Ci;

/// <summary>A runner's variables and files as they are for one event, in <c>fixtures/PROVIDER/CASE</c>.</summary>
internal sealed class Fixture : IDisposable
{
    private readonly DirectoryInfo _copy = Directory.CreateTempSubdirectory("ci-event-");
    private readonly Dictionary<string, string> _variables;

    public Fixture(string name)
    {
        var file = Path.Combine(Repository.Root, "tests", "unit", "Ci", "fixtures", name);
        foreach (var from in Directory.EnumerateFiles(Path.GetDirectoryName(file)!, Path.GetFileName(file) + ".*"))
        {
            File.WriteAllText(Path.Combine(_copy.FullName, Path.GetFileName(from)), File.ReadAllText(from).Replace("@HERE@", _copy.FullName, StringComparison.Ordinal));
        }

        _variables = File.ReadLines(Path.Combine(_copy.FullName, Path.GetFileName(file) + ".env")).Select(l => l.Split('=', 2)).ToDictionary(l => l[0], l => Here(l[1]));
    }

    public string? this[string variable]
    {
        get => _variables.GetValueOrDefault(variable);
        set => _variables[variable] = value!;
    }

    public void Dispose() => _copy.Delete(recursive: true);

    /// <summary>The files stand beside the variables.</summary>
    private string Here(string value) => File.Exists(Path.Combine(_copy.FullName, value)) ? Path.Combine(_copy.FullName, value) : value;
}
