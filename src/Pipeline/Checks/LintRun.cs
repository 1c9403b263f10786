using System.Text.Json;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using Pipeline.Checks.Tools;
using Pipeline.Outcomes;
using Pipeline.Processes;

namespace Pipeline.Checks;

/// <summary>One restore, then formatting and build side by side.</summary>
/// <param name="skip">names of the parts that are not to run</param>
internal sealed class LintRun(string root, IReadOnlyList<string> projects, IReadOnlyList<string> skip, Budget budget)
{
    /// <summary>What the tools print meanwhile.</summary>
    public IProgress<string>? Progress { get; init; }

    private readonly string _folder = Path.Combine(root, ".pipeline", "lint");

    /// <summary>A shared build folder tells projects apart by name; where two have the same, each keeps its own and everything is compiled anew.</summary>
    private readonly bool _ownFolders = projects.Select(Path.GetFileNameWithoutExtension).Distinct(StringComparer.OrdinalIgnoreCase).Count() == projects.Count;

    public async Task<IReadOnlyList<CheckPart>> Check(CancellationToken cancel)
    {
        if (skip.Contains("format") && skip.Contains("build"))
        {
            return [LeftOut("format"), LeftOut("build")];
        }

        var solution = WriteSolution();
        // Advisories are the security check's business.
        var restore = await Run(cancel, "restore", solution, "-v", "quiet", "-p:NuGetAudit=false").ConfigureAwait(false);
        if (restore.TimedOut)
        {
            return [budget.Stopped("build")];
        }

        if (restore.ExitCode != 0)
        {
            return [Failed("build", "packages cannot be restored", restore)];
        }

        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var format = skip.Contains("format") ? Task.FromResult(LeftOut("format")) : Format(solution, both.Token);
        var build = skip.Contains("build") ? Task.FromResult(LeftOut("build")) : Build(solution, both.Token);
        try
        {
            return await Task.WhenAll(format, build).ConfigureAwait(false);
        }
        catch
        {
            await both.CancelAsync().ConfigureAwait(false);
            await Task.WhenAny(Task.WhenAll(format, build)).ConfigureAwait(false);
            throw;
        }
    }

    private async Task<CheckPart> Format(string solution, CancellationToken cancel)
    {
        var report = Path.Combine(root, "artifacts", "lint", "format.json");
        Directory.CreateDirectory(Path.GetDirectoryName(report)!);
        File.Delete(report);
        var result = await Run(cancel, "format", solution, "--verify-no-changes", "--no-restore", "--report", report).ConfigureAwait(false);
        if (result.TimedOut)
        {
            return budget.Stopped("format");
        }

        var findings = FormatReport.Read(root, report, projects);
        // With a project that it cannot load it finds nothing and says all is well.
        if (findings is null || (result.Output + result.Error).Contains("Warnings were encountered while loading the workspace", StringComparison.Ordinal)
            || (result.ExitCode != 0 && findings.Count == 0))
        {
            return Failed("format", "dotnet format could not look at every project", result);
        }

        var files = findings.Select(f => f.File).Distinct().Count();
        return findings.Count == 0
            ? new CheckPart("format", Verdict.Passed, $"{projects.Count} projects")
            : new CheckPart("format", Verdict.Failed, $"{findings.Count} findings in {files} files") { Findings = findings };
    }

    private async Task<CheckPart> Build(string solution, CancellationToken cancel)
    {
        IReadOnlyList<string> arguments =
        [
            "build", solution, "--no-restore", "--nologo", "-v", "quiet", "-p:TreatWarningsAsErrors=true", "-p:MSBuildTreatWarningsAsErrors=true",
            .. _ownFolders ? Array.Empty<string>() : ["--no-incremental"],
        ];
        var result = await Run(cancel, [.. arguments]).ConfigureAwait(false);
        if (result.TimedOut)
        {
            return budget.Stopped("build");
        }

        if (result.ExitCode == 0)
        {
            return new CheckPart("build", Verdict.Passed, "no warnings");
        }

        var findings = Dotnet.Errors(root, result.Output + "\n" + result.Error);
        return findings.Count == 0
            ? Failed("build", "the build failed", result)
            : new CheckPart("build", Verdict.Failed, $"{findings.Count} warnings or errors") { Findings = findings };
    }

    private static CheckPart LeftOut(string part) => new(part, Verdict.Skipped, "left out by checks.skip");

    private CheckPart Failed(string part, string what, CommandResult result) =>
        new(part, Verdict.Failed, $"{what}: {Dotnet.Tail(result)}") { Findings = Dotnet.Errors(root, result.Output + "\n" + result.Error) };

    private Task<CommandResult> Run(CancellationToken cancel, params string[] arguments)
    {
        var command = Dotnet.Command(root, arguments);
        // As variables, not as arguments: dotnet format takes no properties.
        var variables = new Dictionary<string, string?>(command.Environment);
        if (_ownFolders)
        {
            variables["UseArtifactsOutput"] = "true";
            variables["ArtifactsPath"] = _folder;
        }

        return ChildProcess.Run(command with { Environment = variables, Timeout = budget.Left, OnLine = Progress is null ? null : Progress.Report }, cancel);
    }

    private string WriteSolution()
    {
        var file = Path.Combine(_folder, "affected.slnx");
        Directory.CreateDirectory(_folder);
        new XElement("Solution", projects.Select(p => new XElement("Project", new XAttribute("Path", $"../../{p}")))).Save(file);
        return file;
    }
}

/// <summary>Reads the report of <c>dotnet format</c>.</summary>
internal static class FormatReport
{
    /// <returns><c>null</c> where there is none that can be read</returns>
    public static IReadOnlyList<Finding>? Read(string root, string report, IReadOnlyList<string> projects)
    {
        try
        {
            var documents = JsonNode.Parse(File.ReadAllText(report))!.AsArray();
            return [.. documents.SelectMany(d => Findings(root, d!, projects)).Distinct().OrderBy(f => f.File, StringComparer.Ordinal).ThenBy(f => f.Line)];
        }
        catch (Exception e) when (e is IOException or JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static IEnumerable<Finding> Findings(string root, JsonNode document, IReadOnlyList<string> projects)
    {
        var file = Dotnet.Relative(root, (string)document["FilePath"]!);
        var project = projects.Where(p => file.StartsWith(Folder(p), StringComparison.Ordinal)).MaxBy(p => Folder(p).Length);
        var fix = project is null ? "dotnet format" : $"dotnet format {project}";
        return document["FileChanges"]!.AsArray().Select(c => new Finding(
            (string)c!["DiagnosticId"]!, (string)c["FormatDescription"]!, file, (int)c["LineNumber"]!, fix));
    }

    private static string Folder(string project) => Path.GetDirectoryName(project) is { Length: > 0 } folder ? folder.Replace('\\', '/') + "/" : "";
}
