using System.Diagnostics;
using Pipeline.Checks;
using Pipeline.Configuration;

namespace Pipeline.Tests.Checks.Tools;

/// <summary>A small repository, in a folder of its own, with a Python service, its tests, a script, a template and a Dockerfile; nothing is wrong with it.</summary>
internal sealed class PythonRepository : IDisposable
{
    public static readonly CheckScope Worker = new(["worker"], WholeRepository: false);

    public PythonRepository()
    {
        Write("worker/requirements.txt", "");
        Write("worker/app.py", App);
        Write("worker/tests/test_app.py", "from app import double\n\n\ndef test_doubles():\n    assert double(2) == 4\n");
        Write("worker/run.sh", "#!/bin/sh\nexec python3 app.py \"$@\"\n");
        Write("worker/settings.yml", "---\nqueue: orders\n");
        Write("worker/Dockerfile", "FROM scratch\nCOPY app.py /app.py\nUSER 10001\n");
        Write("infra/worker.yaml", "AWSTemplateFormatVersion: '2010-09-09'\nResources:\n  Queue:\n    Type: AWS::SQS::Queue\n");
        Write(".yamllint", "extends: default\n");
        Write(".gitignore", "/artifacts/\n/.pipeline/\nvenv/\n");
        Git("init", "-q");
    }

    public const string App = "import os\nimport sys\n\n\ndef double(number):\n    return number * 2\n\n\nprint(os.name, sys.argv)\n";

    public string Root { get; } = Directory.CreateTempSubdirectory("python repository-").FullName;

    public IReadOnlyList<string> Skip { get; init; } = [];

    public TimeSpan Budget { get; init; } = TimeSpan.FromMinutes(5);

    public BanditSettings Bandit { get; init; } = new(FindingLevel.Low, FindingLevel.Low);

    public WhenNotEvaluable Unmeasured { get; init; } = WhenNotEvaluable.Refuse;

    public PipelineConfiguration Configuration => new(Root, "shop", "team", "retail", [Service], [new StackSettings("worker", "infra/worker.yaml", [], new Dictionary<string, string>())])
    {
        GlobalInputs = [],
        IgnoredInputs = [],
        LedgerBucket = "shop-ledger",
        LocalCloudPort = 4510,
        Checks = new CheckSettings([new SuiteSettings("worker-unit", SuiteKind.Unit, "worker/tests", Budget) { Tool = SuiteTool.Pytest }])
        {
            Skip = Skip,
            LintBudget = Budget,
            SecurityBudget = Budget,
            Bandit = Bandit,
        },
        Environment = new EnvironmentSettings("staging", CloudKind.Local, "123456789012", "eu-central-1", new Dictionary<string, string>())
        {
            Gates = new GateSettings(0, WhenNotEvaluable.Allow) { Lint = Unmeasured, Security = Unmeasured },
            StackDeadline = TimeSpan.FromMinutes(1),
            VerifyDeadline = TimeSpan.FromMinutes(1),
        },
    };

    private static ServiceSettings Service { get; } = new("worker", "worker", Builder.Files, "worker", "team")
    {
        Toolchain = Toolchain.Python,
        Repository = "shop/worker",
        BaseImage = null,
        Inputs = [],
        DependsOn = [],
        UrlOutput = "Url",
        HealthPath = "/health",
        Smoke = [],
    };

    /// <summary>Runs the check and answers one part of it.</summary>
    public async Task<CheckPart> Lint(string part, CheckScope? scope = null) => (await LintCheck.Run(Configuration, scope ?? Worker, null, CancellationToken.None)).Parts.Single(p => p.Name == part);

    /// <summary>Runs the check and answers one part of it.</summary>
    public async Task<CheckPart> Security(string part, CheckScope? scope = null) => (await SecurityCheck.Run(Configuration, scope ?? Worker, null, CancellationToken.None)).Parts.Single(p => p.Name == part);

    public void Write(string file, string content)
    {
        var path = Path.Combine(Root, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
    }

    public string Git(params string[] arguments)
    {
        using var git = Process.Start(new ProcessStartInfo("git", ["-c", "user.name=T", "-c", "user.email=t@example.test", "-c", "init.defaultBranch=main", .. arguments])
        {
            WorkingDirectory = Root,
            RedirectStandardOutput = true,
        })!;
        var output = git.StandardOutput.ReadToEnd();
        git.WaitForExit();
        Assert.That(git.ExitCode, Is.Zero, string.Join(' ', arguments));
        return output.Trim();
    }

    /// <summary>Commits everything and answers the commit's hash.</summary>
    public string Commit(string message)
    {
        Git("add", "-A");
        Git("commit", "-q", "-m", message);
        return Git("rev-parse", "HEAD");
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
