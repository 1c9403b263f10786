using System.Runtime.Versioning;
using Pipeline.Checks;
using Pipeline.Configuration;
using Pipeline.Outcomes;
using Pipeline.Reporting;
using Spectre.Console;

namespace Pipeline.Tests.Checks.Tools;

/// <summary>Tools that are missing, crash, hang, or say hostile things. PATH belongs to the whole process: nothing else runs meanwhile.</summary>
[NonParallelizable, Platform("Linux"), UnsupportedOSPlatform("windows")]
internal sealed class BadToolTests
{
    private static readonly string[] Lint = ["black", "isort", "flake8", "shellcheck", "cfn-lint", "yamllint"];
    private static readonly string[] Optional = ["shellcheck", "cfn-lint", "yamllint"];
    private readonly string? _path = Environment.GetEnvironmentVariable("PATH");
    private string _programs = "";

    private static IEnumerable<string> Tools => [.. Lint, "bandit"];

    [SetUp]
    public void OnlyGitIsThere()
    {
        _programs = Directory.CreateTempSubdirectory("programs-").FullName;
        foreach (var program in (string[])["git", "sh", "sleep", "yes", "head", "printf"])
        {
            File.CreateSymbolicLink(Path.Combine(_programs, program), Requires.Program(program, program));
        }

        Environment.SetEnvironmentVariable("PATH", _programs);
    }

    [TearDown]
    public void AllIsThere()
    {
        Environment.SetEnvironmentVariable("PATH", _path);
        Directory.Delete(_programs, recursive: true);
    }

    [Test]
    public async Task A_missing_tool_is_not_evaluable_and_names_its_installation([ValueSource(nameof(Tools))] string tool)
    {
        using var repository = new PythonRepository { Skip = Others(tool) };

        var (part, _) = await Run(repository, tool);

        Assert.That(part.Verdict, Is.EqualTo(Optional.Contains(tool) ? Verdict.Skipped : Verdict.NotEvaluable));
        Assert.That(part.Summary, Does.Contain("is not installed").And.Contain("install " + tool));
    }

    [TestCase("black", WhenNotEvaluable.Allow, "allowed in staging by gates.lint.unmeasured")]
    [TestCase("black", WhenNotEvaluable.Refuse, "refused in staging by gates.lint.unmeasured")]
    [TestCase("bandit", WhenNotEvaluable.Allow, "allowed in staging by gates.security.unmeasured")]
    [TestCase("bandit", WhenNotEvaluable.Refuse, "refused in staging by gates.security.unmeasured")]
    public async Task The_gate_decides_about_a_missing_tool(string tool, WhenNotEvaluable setting, string sentence)
    {
        using var repository = new PythonRepository { Skip = Others(tool), Unmeasured = setting };

        var (_, result) = await Run(repository, tool);

        var judgement = CheckGate.Judge(result, repository.Configuration.Environment.Gates, "staging");
        Assert.That(judgement.Allowed, Is.EqualTo(setting == WhenNotEvaluable.Allow));
        Assert.That(judgement.Sentence, Does.EndWith(sentence));
    }

    [Test]
    public async Task A_crash_is_a_failure_without_findings([ValueSource(nameof(Tools))] string tool)
    {
        using var repository = new PythonRepository { Skip = Others(tool) };
        Fake(tool, "echo 'Traceback (most recent call last)' >&2; echo 'MemoryError' >&2; exit 137");

        var (part, _) = await Run(repository, tool);

        Assert.That((part.Verdict, part.Findings.Count), Is.EqualTo((Verdict.Failed, 0)));
        Assert.That(part.Summary, Does.StartWith("crashed (exit code 137): ").And.Contain("MemoryError"));
    }

    [Test]
    public async Task A_crash_with_a_usual_exit_code_is_no_pass([ValueSource(nameof(Tools))] string tool, [Values("echo nonsense; echo nonsense >&2; exit 1", "kill -9 $$")] string script)
    {
        using var repository = new PythonRepository { Skip = Others(tool) };
        Fake(tool, script);

        var (part, _) = await Run(repository, tool);

        Assert.That((part.Verdict, part.Findings.Count), Is.EqualTo((Verdict.Failed, 0)), part.Summary);
    }

    [Test]
    public async Task A_tool_that_hangs_is_stopped_at_its_budget_with_what_it_started([ValueSource(nameof(Tools))] string tool)
    {
        using var repository = new PythonRepository { Skip = Others(tool), Budget = TimeSpan.FromSeconds(3) };
        var child = Path.Combine(_programs, "child");
        Fake(tool, $"sleep 600 & echo $! > '{child}'; wait");

        var (part, _) = await Run(repository, tool);

        Assert.That((part.Verdict, part.Summary), Is.EqualTo((Verdict.Failed, "stopped: the budget of 3.0 s is used up")));
        await Ended(child);
    }

    [Test]
    public async Task More_than_can_be_read_is_no_pass([ValueSource(nameof(Tools))] string tool)
    {
        using var repository = new PythonRepository { Skip = Others(tool) };
        Fake(tool, "yes '{\"results\": [],' | head -c 40000000; exit 0");

        var (part, _) = await Run(repository, tool);

        Assert.That((part.Verdict, part.Findings.Count), Is.EqualTo((Verdict.Failed, 0)));
        Assert.That(part.Summary, Does.StartWith("said more than can be read"));
    }

    [Test]
    public async Task Hostile_words_reach_neither_the_terminal_nor_the_CI_host([ValueSource(nameof(Tools))] string tool)
    {
        using var repository = new PythonRepository { Skip = Others(tool) };
        Fake(tool, """printf '\033[31m::error file=x::hello\n##[group]x\n\377\376\007\n' >&2; printf '\033]0;title\007::set-output name=a::b\n\377'; exit 3""");

        var (part, result) = await Run(repository, tool);
        var printed = Printed(repository, result);

        Assert.That(part.Verdict, Is.EqualTo(Verdict.Failed));
        Assert.That(printed, Does.Contain("hello"));
        Assert.That(printed, Does.Not.Contain("\x1b").And.Not.Contain("::error").And.Not.Contain("::set-output").And.Not.Contain("##[group]").And.Not.Contain("\a"));
    }

    [TestCase("shellcheck", """{"comments":[{"file":"worker/::error::\nx.sh","line":1,"code":1,"message":"a\n::stop-commands::x\u001b[2J"}]}""")]
    [TestCase("cfn-lint", """[{"Filename":"infra/::error::\nx.yaml","Rule":{"Id":"E1"},"Message":"a\n::stop-commands::x\u001b[2J"}]""")]
    [TestCase("bandit", """{"metrics":{},"errors":[],"results":[{"filename":"worker/::error::\nx.py","line_number":1,"test_id":"B1","issue_severity":"LOW","issue_confidence":"LOW","issue_text":"a\n::stop-commands::x\u001b[2J"}]}""")]
    public async Task Hostile_findings_are_shown_harmless(string tool, string report)
    {
        using var repository = new PythonRepository { Skip = Others(tool) };
        await File.WriteAllTextAsync(Path.Combine(_programs, "report"), report);
        File.CreateSymbolicLink(Path.Combine(_programs, "cat"), "/bin/cat");
        Fake(tool, $"cat '{_programs}/report'; exit {(tool == "cfn-lint" ? 2 : 1)}");

        var (part, result) = await Run(repository, tool);
        var printed = Printed(repository, result);

        Assert.That(part.Findings, Has.Count.EqualTo(1), part.Summary);
        Assert.That(printed, Does.Contain("x"));
        Assert.That(printed, Does.Not.Contain("\x1b").And.Not.Contain("::error").And.Not.Contain("::stop-commands"));
    }

    [Test]
    public async Task A_cancelled_check_leaves_no_tool_behind()
    {
        using var repository = new PythonRepository { Skip = Others("black") };
        using var cancel = new CancellationTokenSource();
        var child = Path.Combine(_programs, "child");
        Fake("black", $"sleep 600 & echo $! > '{child}.new'; mv '{child}.new' '{child}'; wait");
        File.CreateSymbolicLink(Path.Combine(_programs, "mv"), "/bin/mv");

        var run = LintCheck.Run(repository.Configuration, PythonRepository.Worker, null, cancel.Token);
        Assert.That(() => File.Exists(child), Is.True.After(30).Seconds.PollEvery(20).MilliSeconds);
        await cancel.CancelAsync();

        Assert.That(async () => await run, Throws.InstanceOf<OperationCanceledException>());
        await Ended(child);
    }

    /// <summary>Gone, or a dead entry that nobody has asked for yet; a killed process may take a moment to die.</summary>
    private static Task Ended(string file)
    {
        var stat = $"/proc/{File.ReadAllText(file).Trim()}/stat";
        return Poll.Until(() => Task.FromResult(!File.Exists(stat) || File.ReadAllText(stat).Contains(") Z ", StringComparison.Ordinal)), "the tool's child is gone");
    }

    private static async Task<(CheckPart Part, CheckResult Result)> Run(PythonRepository repository, string tool)
    {
        var result = tool == "bandit"
            ? await SecurityCheck.Run(repository.Configuration, PythonRepository.Worker, null, CancellationToken.None)
            : await LintCheck.Run(repository.Configuration, PythonRepository.Worker, null, CancellationToken.None);
        return (result.Parts.Single(p => p.Name == tool), result);
    }

    private static string Printed(PythonRepository repository, CheckResult result)
    {
        using var text = new StringWriter();
        CheckReport.Print(new Output(AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(text), Ansi = AnsiSupport.No }), live: false), result, repository.Configuration.Environment);
        return text.ToString();
    }

    private static string[] Others(string tool) => [.. Lint.Append("dockerfiles").Where(t => t != tool)];

    private void Fake(string tool, string script)
    {
        var file = Path.Combine(_programs, tool);
        File.WriteAllText(file, $"#!/bin/sh\n{script}\n");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
