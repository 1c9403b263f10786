using System.Diagnostics;

namespace Pipeline.Performance;

/// <summary>A generated repository: every second project is a service, the others are libraries that services and libraries reference.</summary>
internal static class ChangeDetectionRepository
{
    public static void Generate(string root, int projects, int files)
    {
        var perProject = Math.Max(2, files / projects);
        for (var i = 0; i < projects; i++)
        {
            var folder = Directory.CreateDirectory(Path.Combine(root, Folder(i))).FullName;
            // Each refers to up to three libraries with lower numbers: a graph of some depth without circles.
            var references = new[] { i / 2, i / 3, i - 1 }.Where(r => r < i && r % 2 == 1).Distinct().Select(r => $"<ProjectReference Include=\"../../{Folder(r)}/P{r}.csproj\" />");
            File.WriteAllText(Path.Combine(folder, $"P{i}.csproj"), $"<Project Sdk=\"Microsoft.NET.Sdk\">\n  <ItemGroup>{string.Concat(references)}</ItemGroup>\n</Project>\n");
            for (var f = 1; f < perProject; f++)
            {
                var sub = Directory.CreateDirectory(Path.Combine(folder, $"Area{f % 5}")).FullName;
                File.WriteAllText(Path.Combine(sub, $"Type{f}.cs"), $"namespace P{i};\npublic class Type{f}; // {new string('x', 900)}\n");
            }
        }

        File.WriteAllText(Path.Combine(root, "Directory.Build.props"), "<Project />\n");
        File.WriteAllText(Path.Combine(root, "global.json"), "{}\n");
        File.WriteAllText(Path.Combine(root, "stack.yaml"), "Resources: {}\n");
        File.WriteAllText(Path.Combine(root, "pipeline.yml"), Configuration(projects));
        Git(root, "init", "-q", "-b", "main");
        Commit(root, "base");
    }

    public static string Folder(int i) => i % 2 == 0 ? $"services/S{i}" : $"libraries/L{i}";

    public static void Commit(string root, string message)
    {
        Git(root, "add", "-A");
        Git(root, "-c", "user.name=Dora", "-c", "user.email=dora@example.com", "-c", "gc.auto=0", "commit", "-qm", message);
    }

    public static string Git(string root, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("git", arguments) { WorkingDirectory = root, RedirectStandardOutput = true })!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"git {string.Join(' ', arguments)} failed");
    }

    private static string Configuration(int projects) =>
        "system: large\nowner: team\ncostCentre: none\naccount: \"123456789012\"\nregion: eu-central-1\nenvironments: { staging: }\nstacks:\n"
        + string.Concat(Enumerable.Range(0, projects).Where(i => i % 2 == 0).Select(i => $"  s{i}: {{ template: stack.yaml }}\n"))
        + "services:\n"
        + string.Concat(Enumerable.Range(0, projects).Where(i => i % 2 == 0).Select(i => $"  s{i}: {{ path: {Folder(i)}, project: {Folder(i)}/P{i}.csproj, stack: s{i} }}\n"));
}
