using Pipeline.Processes;

namespace Pipeline.Checks.Suites;

/// <summary>A Python that has pytest.</summary>
/// <param name="Program">its path</param>
/// <param name="Measures">it has pytest-cov, too</param>
internal sealed record Python(string Program, bool Measures)
{
    private const string Probe = "import importlib.util as u; print(*[m for m in ('pytest', 'pytest_cov') if u.find_spec(m)])";
    private static readonly TimeSpan ProbeDeadline = TimeSpan.FromSeconds(30);

    /// <summary>What to type to add a package to it.</summary>
    public string Install(string package) => $"{Program} -m pip install {package}";

    /// <summary>The virtual environment <c>.venv</c> of the first folder that has one; else the first Python on PATH that has pytest.</summary>
    /// <returns>either it, or half a sentence that says why there is none</returns>
    public static async Task<(Python? Found, string? Missing)> Find(IReadOnlyList<string> folders, CancellationToken cancel)
    {
        var inside = OperatingSystem.IsWindows() ? Path.Combine(".venv", "Scripts", "python.exe") : Path.Combine(".venv", "bin", "python");
        var own = folders.Select(f => Path.Combine(f, inside)).FirstOrDefault(File.Exists);
        IReadOnlyList<string> programs = own is not null ? [own] : [.. Programs.All("python3").Concat(Programs.All("python"))];
        foreach (var program in programs)
        {
            if (await Ask(program, folders[0], cancel).ConfigureAwait(false) is { } found)
            {
                return (found, null);
            }
        }

        return (null, programs.Count == 0 ? "python3 is not on PATH: install Python, then python3 -m pip install pytest pytest-cov" : $"pytest is not installed: {own ?? "python3"} -m pip install pytest pytest-cov");
    }

    private static async Task<Python?> Ask(string program, string folder, CancellationToken cancel)
    {
        var result = await ChildProcess.Run(new Command(program, ["-c", Probe], folder) { Timeout = ProbeDeadline }, cancel).ConfigureAwait(false);
        var modules = result.Output.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return result.ExitCode == 0 && modules.Contains("pytest") ? new Python(program, modules.Contains("pytest_cov")) : null;
    }
}
