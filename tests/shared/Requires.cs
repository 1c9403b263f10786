namespace Pipeline.Tests;

/// <summary>What a test needs beyond the repository. Absent: the test is ignored, or fails where PIPELINE_TESTS_REQUIRE (a comma list) names it.</summary>
internal static class Requires
{
    /// <summary>A program on PATH.</summary>
    /// <param name="name">as in PIPELINE_TESTS_REQUIRE</param>
    /// <param name="file">as it is called</param>
    /// <returns>its full path</returns>
    public static string Program(string name, string file)
    {
        var found = (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .SelectMany(folder => OperatingSystem.IsWindows() ? [Path.Combine(folder, file + ".exe"), Path.Combine(folder, file + ".cmd")] : new[] { Path.Combine(folder, file) })
            .FirstOrDefault(File.Exists);
        return found ?? Absent(name, $"'{file}' is not on PATH");
    }

    /// <summary>Anything else.</summary>
    /// <param name="name">as in PIPELINE_TESTS_REQUIRE</param>
    public static void That(bool present, string name, string why)
    {
        if (!present)
        {
            Absent(name, why);
        }
    }

    private static string Absent(string name, string why)
    {
        var required = (Environment.GetEnvironmentVariable("PIPELINE_TESTS_REQUIRE") ?? "").Split(',', StringSplitOptions.TrimEntries);
        if (required.Contains(name, StringComparer.OrdinalIgnoreCase))
        {
            Assert.Fail($"PIPELINE_TESTS_REQUIRE names {name}, but {why}.");
        }

        Assert.Ignore($"Needs {name}: {why}.");
        return "";
    }
}
