using System.Diagnostics;
using Pipeline.Configuration;

namespace Pipeline.Tests.Images;

/// <summary>A git repository with one service that is no .NET project.</summary>
internal sealed class SmallRepository : IDisposable
{
    public SmallRepository()
    {
        Git("init", "-q");
        Write(".gitignore", "*.secret\n__pycache__/\n");
        Write("worker/worker.py", "print('hello')\n");
        Write("worker/run.sh", "#!/bin/sh\nexec python3 worker.py\n");
        Write("worker/lib/text.py", "TEXT = 'hello'\n");
        MakeRunnable("worker/run.sh");
        File.CreateSymbolicLink(Path.Combine(Root, "worker/link.py"), "lib/text.py");
    }

    public string Root { get; } = Directory.CreateTempSubdirectory("small-").FullName;

    public IReadOnlyList<string> Ignored { get; init; } = [];

    public PipelineConfiguration Configuration => new(Root, "shop", "team", "retail", [Service], [])
    {
        GlobalInputs = [],
        IgnoredInputs = Ignored,
        LedgerBucket = "shop-ledger",
        LocalCloudPort = 4510,
        Checks = new CheckSettings([]),
        Environment = new EnvironmentSettings("staging", CloudKind.Local, "123456789012", "eu-central-1", new Dictionary<string, string>())
        {
            Gates = new GateSettings(0, WhenNotEvaluable.Allow),
            StackDeadline = TimeSpan.FromMinutes(1),
            VerifyDeadline = TimeSpan.FromMinutes(1),
        },
    };

    public ServiceSettings Service { get; set; } = new("worker", "worker", Builder.Files, "worker", "team")
    {
        EntryPoint = ["python3", "worker.py"],
        Repository = "shop/worker",
        BaseImage = null,
        Inputs = [],
        DependsOn = [],
        UrlOutput = "Url",
        HealthPath = "/health",
        Smoke = [],
    };

    public void Write(string file, string content)
    {
        var path = Path.Combine(Root, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content.ReplaceLineEndings("\n"));
    }

    public void Copy(string program, string file)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(Root, file))!);
        File.Copy(program, Path.Combine(Root, file));
        MakeRunnable(file);
    }

    public void MakeRunnable(string file)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(Path.Combine(Root, file), File.GetUnixFileMode(Path.Combine(Root, file)) | UnixFileMode.UserExecute);
        }
    }

    public void Commit(string subject)
    {
        Git("add", "-A");
        Git("commit", "-q", "-m", subject);
    }

    public void Git(params string[] arguments)
    {
        using var git = Process.Start(new ProcessStartInfo("git", ["-c", "user.name=T", "-c", "user.email=t@example.test", "-c", "init.defaultBranch=main", .. arguments])
        {
            WorkingDirectory = Root,
            RedirectStandardOutput = true,
        })!;
        git.StandardOutput.ReadToEnd();
        git.WaitForExit();
        Assert.That(git.ExitCode, Is.Zero, string.Join(' ', arguments));
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
