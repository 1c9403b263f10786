using System.Runtime.Versioning;
using Pipeline.Configuration;

namespace Pipeline.Tests.Checks;

/// <summary>A small repository with two Python services and their tests, in a folder of its own.</summary>
internal sealed class PytestRepository : IDisposable
{
    public PytestRepository()
    {
        Requires.Program("pytest", "pytest");
        Write("worker/requirements.txt", "");
        Write("worker/pytest.ini", "[pytest]\npythonpath = .\n");
        Write("worker/money.py", Money);
        Write("worker/tests/test_money.py", "from money import add\n\n\ndef test_adds():\n    assert add(1, 2) == 3\n");
        Write("mailer/requirements.txt", "");
        Write("mailer/pytest.ini", "[pytest]\npythonpath = .\n");
        Write("mailer/mail.py", "def send(to):\n    return to\n");
        Write("mailer/tests/test_mail.py", "from mail import send\n\n\ndef test_sends():\n    assert send(1) == 1\n");
    }

    /// <summary>Six lines, of which adding runs three.</summary>
    public const string Money = "def add(a, b):\n    return a + b\n\n\ndef never(a):\n    if a:\n        return 1\n    return 2\n";

    public string Root { get; } = Directory.CreateTempSubdirectory("python-").FullName;

    public decimal CoverageMinimum { get; init; }

    public string Environment { get; init; } = "staging";

    public TimeSpan Budget { get; init; } = TimeSpan.FromMinutes(5);

    public bool ReadOnlyTests { get; init; }

    public SuiteKind Kind { get; init; } = SuiteKind.Unit;

    public PipelineConfiguration Configuration => new(Root, "shop", "team", "retail", [Service("worker"), Service("mailer")], [])
    {
        GlobalInputs = [],
        IgnoredInputs = [],
        LedgerBucket = "shop-ledger",
        LocalCloudPort = 4510,
        Checks = new CheckSettings([Suite("worker"), Suite("mailer")]),
        Environment = new EnvironmentSettings(Environment, CloudKind.Local, "123456789012", "eu-central-1", new Dictionary<string, string>())
        {
            Gates = new GateSettings(CoverageMinimum, WhenNotEvaluable.Allow),
            StackDeadline = TimeSpan.FromMinutes(1),
            VerifyDeadline = TimeSpan.FromMinutes(1),
            ReadOnlyTests = ReadOnlyTests,
        },
    };

    public void Write(string file, string content)
    {
        var path = Path.Combine(Root, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content.ReplaceLineEndings("\n"));
    }

    public string Read(string file) => File.ReadAllText(Path.Combine(Root, file));

    /// <summary>Puts a virtual environment into the worker's folder whose Python is a script.</summary>
    [UnsupportedOSPlatform("windows")]
    public void WritePython(string script)
    {
        Write("worker/.venv/bin/python", "#!/bin/sh\n" + script + "\n");
        File.SetUnixFileMode(Path.Combine(Root, "worker/.venv/bin/python"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);

    private SuiteSettings Suite(string service) => new($"{service}-tests", Kind, $"{service}/tests", Budget) { Tool = SuiteTool.Pytest, AgainstDeployment = Kind != SuiteKind.Unit };

    private static ServiceSettings Service(string name) => new(name, name, Builder.Files, name, "team")
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
