namespace Pipeline.Processes;

/// <summary>Programs of this machine.</summary>
public static class Programs
{
    /// <summary>A program's full path, as the shell would find it; <c>null</c>: there is none on PATH.</summary>
    public static string? Find(string name) => All(name).FirstOrDefault();

    /// <summary>Every program of this name on PATH, the shell's first.</summary>
    public static IEnumerable<string> All(string name)
    {
        var names = OperatingSystem.IsWindows() ? new[] { $"{name}.exe", $"{name}.cmd", $"{name}.bat" } : [name];
        return (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .SelectMany(folder => names.Select(file => Path.Combine(folder, file)))
            .Where(IsProgram);
    }

    private static bool IsProgram(string file) =>
        File.Exists(file) && (OperatingSystem.IsWindows() || (File.GetUnixFileMode(file) & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) != 0);
}
