using System.Diagnostics;
using System.Runtime.Versioning;
using Pipeline.Configuration;
using Pipeline.Versions.Publishing;

namespace Pipeline.Tests.Versions;

/// <summary>A bare repository that everybody pushes to, with a first release: v1.2.3, api-v1.2.3. Clones of it are made as needed.</summary>
[UnsupportedOSPlatform("windows")]
internal sealed class ReleaseGround : IDisposable
{
    private readonly DirectoryInfo _home = Directory.CreateTempSubdirectory("release-");

    public ReleaseGround()
    {
        RealGit.Run(_home.FullName, "init", "--quiet", "--bare", "--initial-branch=main", "origin.git");
        Dora = Clone("dora");
        Dora.Write(".gitignore", "/artifacts/\n/.pipeline/\n");
        Dora.Write("api/main.py", "one\n");
        Dora.Write("web/main.py", "one\n");
        Dora.Commit("feat: begin");
        foreach (var tag in new[] { "v1.2.3", "api-v1.2.3", "web-v1.2.3" })
        {
            Dora.Git("tag", "--annotate", "--message", tag, tag);
        }

        Dora.Git("push", "--quiet", "origin", "HEAD:refs/heads/main", "--tags");
        Dora.Git("branch", "--quiet", "--set-upstream-to=origin/main");
    }

    /// <summary>The first clone.</summary>
    public ReleaseClone Dora { get; }

    public string Remote => Path.Combine(_home.FullName, "origin.git");

    public ReleaseClone Clone(string name)
    {
        RealGit.Run(_home.FullName, "clone", "--quiet", $"file://{Remote}", name);
        return new ReleaseClone(Path.Combine(_home.FullName, name));
    }

    /// <summary>Runs git in the bare repository.</summary>
    public string Git(params string[] arguments) => RealGit.Run(Remote, arguments);

    /// <summary>A hook over there.</summary>
    public void Hook(string name, string script) => RealGit.WriteProgram(Path.Combine(Remote, "hooks", name), script);

    public void Dispose() => _home.Delete(recursive: true);
}

/// <summary>Somebody's clone, with names of its own.</summary>
[UnsupportedOSPlatform("windows")]
internal sealed class ReleaseClone
{
    /// <param name="make">makes the folder; <c>null</c>: it is there</param>
    public ReleaseClone(string root, Action? make = null)
    {
        make?.Invoke();
        Root = root;
        Git("config", "user.name", Path.GetFileName(root));
        Git("config", "user.email", $"{Path.GetFileName(root)}@example.com");
        Git("config", "commit.gpgSign", "false");
    }

    public string Root { get; }

    public VersionSettings Versions { get; set; } = new() { PerService = true };

    /// <summary>What was said, a line a step.</summary>
    public List<string> Said { get; } = [];

    public string Git(params string[] arguments) => RealGit.Run(Root, arguments);

    public void Write(string file, string text)
    {
        var path = Path.Combine(Root, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    public string Read(string file) => File.ReadAllText(Path.Combine(Root, file));

    /// <summary>Commits everything, or nothing but a message.</summary>
    public string Commit(string message)
    {
        Git("add", "--all");
        Git("commit", "--quiet", "--allow-empty", "--no-verify", "--message", message);
        return Git("rev-parse", "HEAD");
    }

    /// <summary>A change of the api that asks for a minor version.</summary>
    public void AddFeature(string description = "add login")
    {
        Write("api/main.py", $"{description}\n");
        Commit($"feat(api): {description}");
    }

    public void Hook(string name, string script) => RealGit.WriteProgram(Path.Combine(Root, ".git", "hooks", name), script);

    public Task<ReleaseOutcome> Release(bool push = false, Func<ReleaseStage, CancellationToken, Task>? between = null, bool despite = false) =>
        Publisher(between, despite).Release(push, CancellationToken.None);

    public Publisher Publisher(Func<ReleaseStage, CancellationToken, Task>? between = null, bool despite = false) => new(Configuration, TimeProvider.System)
    {
        Between = between ?? ((_, _) => Task.CompletedTask),
        DespiteMessages = despite,
        Say = (label, text) => Said.Add($"{label}: {text}"),
    };

    /// <summary>What a release leaves, in a form to compare: HEAD's message, its parent's, the tags on it.</summary>
    public string Released() => $"{Git("log", "--format=%s", "--max-count=2").Replace("\n", " < ", StringComparison.Ordinal)} [{Git("tag", "--points-at", "HEAD").Replace('\n', ' ')}]";

    public PipelineConfiguration Configuration => new(Root, "shop", "team", "retail", [Service("api"), Service("web")], [new StackSettings("api", "infra/api.yaml", [], new Dictionary<string, string>())])
    {
        GlobalInputs = [],
        IgnoredInputs = [],
        Checks = new CheckSettings([]),
        LedgerBucket = "shop",
        LocalCloudPort = 4510,
        Versions = Versions,
        Environment = new EnvironmentSettings("dev", CloudKind.Local, "123456789012", "eu-central-1", new Dictionary<string, string>())
        {
            Gates = new GateSettings(0, WhenNotEvaluable.Allow),
            StackDeadline = TimeSpan.FromMinutes(1),
            VerifyDeadline = TimeSpan.FromMinutes(1),
        },
    };

    private static ServiceSettings Service(string name) => new(name, name, Builder.Files, "api", "team")
    {
        Toolchain = Toolchain.Python,
        Repository = $"shop/{name}",
        BaseImage = null,
        Inputs = [],
        DependsOn = [],
        UrlOutput = "Url",
        HealthPath = "/health",
        Smoke = [],
    };
}

/// <summary>The real git.</summary>
[UnsupportedOSPlatform("windows")]
internal static class RealGit
{
    public static string Run(string folder, params string[] arguments)
    {
        using var git = Process.Start(new ProcessStartInfo("git", arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = git.StandardError.ReadToEndAsync();
        var output = git.StandardOutput.ReadToEnd();
        git.WaitForExit();
        Assert.That(git.ExitCode, Is.Zero, $"git {string.Join(' ', arguments)}: {error.Result}");
        return output.TrimEnd();
    }

    public static void WriteProgram(string file, string script)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, $"#!/bin/sh\n{script}\n");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
