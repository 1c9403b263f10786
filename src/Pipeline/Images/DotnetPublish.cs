using System.Text.Json;
using System.Text.Json.Nodes;
using Pipeline.Checks;
using Pipeline.Outcomes;
using Pipeline.Processes;

namespace Pipeline.Images;

/// <summary>Publishes a project so that equal sources give equal files, wherever the repository lies and whatever commit it is at.</summary>
internal sealed class DotnetPublish(string root, string work, IProgress<string>? progress)
{
    /// <returns>the folder with the published files</returns>
    /// <exception cref="PipelineException">it does not build</exception>
    public async Task<string> Run(string service, string project, CancellationToken cancel)
    {
        var output = Path.Combine(work, "publish");
        var arguments = new[]
        {
            "publish", project, "-c", "Release", "-o", output, "--nologo", "-v", "quiet",
            // Nothing that an earlier build left can get into an image.
            "--artifacts-path", Path.Combine(work, "artifacts"),
            "-p:Deterministic=true",
            "-p:ContinuousIntegrationBuild=true",
            Dotnet.Property("PathMap", $"{root}=/_,{work}=/_build"),
            // The commit would be written into the assembly's version and, as a link to the sources, into its symbols.
            "-p:IncludeSourceRevisionInInformationalVersion=false",
            "-p:EnableSourceControlManagerQueries=false",
            "-p:EnableSourceLink=false",
            "-p:UseAppHost=false",
            "-p:NuGetAudit=false",
        };
        var command = Dotnet.Command(root, arguments);
        var result = await ChildProcess.Run(command with { OnLine = progress is null ? null : progress.Report }, cancel).ConfigureAwait(false);
        if (result.ExitCode != 0)
        {
            var errors = Dotnet.Errors(root, result.Output + "\n" + result.Error).Select(e => $"{e.File}{(e.Line is { } l ? $":{l}" : "")} {e.Rule}: {e.Message}".TrimStart());
            var text = string.Join('\n', errors.Take(10));
            throw new PipelineException(
                ExitCode.Failed, $"The image of '{service}' cannot be built: dotnet publish of '{project}' failed", new Detail("log", text.Length > 0 ? text : Dotnet.Tail(result)));
        }

        await RemoveTimes(output, cancel).ConfigureAwait(false);
        return output;
    }

    /// <summary>The assembly that <c>dotnet</c> starts: the one with a runtime configuration.</summary>
    /// <exception cref="PipelineException">there is none, or more than one</exception>
    public static string EntryPoint(string service, string output)
    {
        const string suffix = ".runtimeconfig.json";
        var found = Directory.EnumerateFiles(output, "*" + suffix).Select(f => Path.GetFileName(f)[..^suffix.Length]).Order(StringComparer.Ordinal).ToList();
        return found.Count == 1
            ? found[0] + ".dll"
            : throw new PipelineException(
                ExitCode.Failed,
                $"The image of '{service}' cannot be built: " + (found.Count == 0 ? "its project publishes no program" : $"its project publishes {found.Count} programs ({string.Join(", ", found)})"),
                new Detail("why", "the container starts the one assembly that has a runtimeconfig.json"));
    }

    /// <summary>The list of static files repeats each one's time on this machine's disk; the ETags beside them say what changed.</summary>
    private static async Task RemoveTimes(string output, CancellationToken cancel)
    {
        foreach (var file in Directory.EnumerateFiles(output, "*.staticwebassets.endpoints.json"))
        {
            var list = JsonNode.Parse(await File.ReadAllTextAsync(file, cancel).ConfigureAwait(false))!;
            foreach (var endpoint in list["Endpoints"] as JsonArray ?? [])
            {
                if (endpoint?["ResponseHeaders"] is JsonArray headers)
                {
                    headers.RemoveAll(h => (string?)h?["Name"] == "Last-Modified");
                }
            }

            await File.WriteAllTextAsync(file, list.ToJsonString(JsonSerializerOptions.Default), cancel).ConfigureAwait(false);
        }
    }
}
