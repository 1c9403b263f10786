using System.Runtime.Versioning;
using System.Xml.Linq;
using Pipeline.Checks;
using Pipeline.Configuration;
using Pipeline.Outcomes;
using Doctor = Pipeline.Preflight.Doctor;
using Look = Pipeline.Preflight.Finding;
using Standing = Pipeline.Preflight.Standing;

namespace Pipeline.Tests.Checks;

/// <summary>pytest as it really is, on small projects.</summary>
[Platform(Exclude = "Win")]
[UnsupportedOSPlatform("windows")]
internal sealed class PytestTests
{
    private static readonly CheckScope Worker = new(["worker"], WholeRepository: false);

    [Test]
    public async Task A_passing_suite_is_counted_reported_and_measured_to_the_line()
    {
        using var repository = new PytestRepository { CoverageMinimum = 50 };

        var result = await Run(repository);

        // money.py: the two 'def's and add's body run, the three lines in never do not.
        var (suite, coverage) = (result.Parts[0], result.Parts[1]);
        Assert.Multiple(() =>
        {
            Assert.That(result.Verdict, Is.EqualTo(Verdict.Passed), suite.Summary + coverage.Summary);
            Assert.That((suite.Name, suite.Summary, suite.Tests), Is.EqualTo(("worker-tests", "1 test", new TestCounts(1, 0, 0))));
            Assert.That(suite.Slowest.Select(t => (t.Name, t.File)), Is.EqualTo(new[] { ("tests.test_money.test_adds", (string?)"worker/tests/test_money.py") }));
            Assert.That(coverage.Summary, Is.EqualTo("coverage 50.0 % (minimum 50 %), 3 of 6 lines"));
            Assert.That(coverage.Notes, Is.EqualTo(new[] { "worker  50.0 %, 3 of 6 lines", "mailer  not measured, not part of the sum" }));
            Assert.That(XDocument.Parse(repository.Read("artifacts/coverage/coverage.cobertura.xml")).Descendants("class").Select(c => (string?)c.Attribute("filename")), Is.EqualTo(new[] { "worker/money.py" }));
            var test = XDocument.Parse(repository.Read("artifacts/test/worker-tests.junit.xml")).Descendants("testcase").Single();
            Assert.That(((string?)test.Attribute("classname"), (string?)test.Attribute("name"), (string?)test.Attribute("file"), (string?)test.Attribute("line")), Is.EqualTo(("tests.test_money", "test_adds", "worker/tests/test_money.py", "4")));
            Assert.That(Directory.EnumerateFileSystemEntries(Path.Combine(repository.Root, "worker")).Select(Path.GetFileName), Is.EquivalentTo(new[] { "requirements.txt", "pytest.ini", "money.py", "tests" }), "it leaves nothing in the project");
        });
    }

    [Test]
    public async Task Failures_have_their_place_and_every_outcome_is_counted()
    {
        using var repository = new PytestRepository();
        repository.Write("worker/broken.py", "import json\n\n\ndef read():\n    return json.loads('{')\n");
        repository.Write("worker/tests/test_money.py", """
            import pytest
            import broken


            @pytest.fixture
            def chair():
                yield 1
                raise ValueError("left the chair")


            def test_fails():
                assert 1 + 1 == 3, "sum"


            def test_deep():
                broken.read()


            def test_leaves(chair):
                pass


            @pytest.mark.skip(reason="needs rain")
            def test_waits():
                pass


            @pytest.mark.xfail(reason="known")
            def test_known():
                assert False


            @pytest.mark.parametrize("n", [1, 2])
            def test_each(n):
                assert n
            """);

        var suite = (await Run(repository)).Parts[0];

        Assert.Multiple(() =>
        {
            Assert.That((suite.Verdict, suite.Tests, suite.Summary), Is.EqualTo((Verdict.Failed, new TestCounts(2, 3, 2), "7 tests, 3 failed, 2 skipped")));
            Assert.That(suite.Findings.Select(f => (f.Rule, f.File, f.Line)), Is.EqualTo(new (string, string?, int?)[]
            {
                ("tests.test_money.test_fails", "worker/tests/test_money.py", 12),
                ("tests.test_money.test_deep", "worker/broken.py", 5),
                ("tests.test_money.test_leaves", "worker/tests/test_money.py", 8),
            }));
            Assert.That(suite.Findings.Select(f => f.Message), Has.One.StartsWith("AssertionError: sum").And.One.StartsWith("json.decoder.JSONDecodeError").And.One.StartsWith("teardown: ValueError: left the chair"));
            Assert.That(suite.Skipped, Is.EqualTo(new[] { new SkippedTest("tests.test_money.test_waits", "needs rain"), new SkippedTest("tests.test_money.test_known", "expected to fail: known") }));
        });
    }

    [TestCase("import nothing_of_this_name\n", 1, "ModuleNotFoundError")]
    [TestCase("def test_a():\n    pass\n\ndef test_b(:\n    pass\n", 4, "SyntaxError")]
    public async Task A_file_that_can_not_be_collected_is_a_finding_with_its_place(string content, int line, string message)
    {
        using var repository = new PytestRepository();
        repository.Write("worker/tests/test_broken.py", content);

        var suite = (await Run(repository)).Parts[0];

        Assert.That((suite.Verdict, suite.Summary), Is.EqualTo((Verdict.Failed, "could not collect its tests: 1 error")));
        Assert.That((suite.Findings.Single().File, suite.Findings.Single().Line), Is.EqualTo(("worker/tests/test_broken.py", line)));
        Assert.That(suite.Findings.Single().Message, Does.StartWith(message));
    }

    [TestCase("[pytest]\naddopts = --no-such-option\n", "pytest can not be used so, see its configuration: ")]
    [TestCase("[pytest]\npython_files = nothing_*.py\n", "pytest found no tests")]
    public async Task What_pytest_says_with_its_exit_code_is_said(string configuration, string said)
    {
        using var repository = new PytestRepository();
        repository.Write("worker/pytest.ini", configuration);

        var suite = (await Run(repository)).Parts[0];

        Assert.That(suite.Verdict, Is.EqualTo(Verdict.Failed));
        Assert.That(suite.Summary, Does.Contain(said));
    }

    [Test]
    public async Task An_internal_error_and_an_interruption_are_failures()
    {
        using var repository = new PytestRepository();
        repository.Write("worker/conftest.py", "def pytest_runtest_protocol(item):\n    raise RuntimeError('inside')\n");
        var inside = (await Run(repository)).Parts[0];
        repository.Write("worker/conftest.py", "def pytest_runtest_call(item):\n    raise KeyboardInterrupt\n");
        var interrupted = (await Run(repository)).Parts[0];

        Assert.That((inside.Verdict, interrupted.Verdict), Is.EqualTo((Verdict.Failed, Verdict.Failed)));
        Assert.That(inside.Summary, Does.Contain("an internal error"));
        Assert.That(interrupted.Summary, Does.Contain("interrupted"));
    }

    [Test]
    public async Task The_projects_own_configuration_holds()
    {
        using var repository = new PytestRepository();
        repository.Write("worker/pytest.ini", "[pytest]\npythonpath = .\npython_functions = check_*\naddopts = -q --strict-markers --tb=no --cov=. --cov-fail-under=100 -m 'not night'\nmarkers =\n    night: at night\n");
        repository.Write("worker/tests/test_money.py", "import pytest\nfrom money import add\n\n\ndef check_adds():\n    assert add(1, 2) == 4\n\n\n@pytest.mark.night\ndef check_night():\n    pass\n\n\n@pytest.mark.slow\ndef check_long():\n    pass\n");

        var suite = (await Run(repository)).Parts[0];

        Assert.That((suite.Summary, suite.Findings.Single().Line), Is.EqualTo(("1 test, 1 failed, 1 left out", 6)));
    }

    [Test]
    public async Task Without_pytest_nothing_is_evaluated_and_without_pytest_cov_nothing_is_measured()
    {
        using var repository = new PytestRepository();
        var python = Path.Combine(repository.Root, "worker/.venv/bin/python");
        repository.WritePython("exit 0");
        var missing = await Run(repository);
        repository.WritePython("case \"$1\" in -c) echo pytest;; *) PATH=${PATH#*:}; for p in /usr/bin/python3 python3; do $p -c 'import pytest' 2> /dev/null && exec $p \"$@\"; done;; esac");
        var uncovered = await Run(repository);

        Assert.Multiple(() =>
        {
            Assert.That(missing.Parts.Select(p => p.Verdict), Is.EqualTo(new[] { Verdict.NotEvaluable, Verdict.NotEvaluable }));
            Assert.That(missing.Parts[0].Summary, Is.EqualTo($"pytest is not installed: {python} -m pip install pytest pytest-cov"));
            Assert.That(CheckGate.Judge(missing, repository.Configuration.Environment.Gates, "staging").Allowed, Is.False);
            Assert.That(uncovered.Parts.Select(p => p.Verdict), Is.EqualTo(new[] { Verdict.Passed, Verdict.NotEvaluable }), uncovered.Parts[0].Summary);
            Assert.That(uncovered.Parts[0].Notes, Is.EqualTo(new[] { $"coverage is not measured: pytest-cov is not installed: {python} -m pip install pytest-cov" }));
            Assert.That(CheckGate.Judge(uncovered, repository.Configuration.Environment.Gates, "staging").Allowed, Is.False);
        });
    }

    [Test]
    public async Task A_crash_names_the_test_that_was_running_and_keeps_the_results_before_it()
    {
        using var repository = new PytestRepository();
        repository.Write("worker/tests/test_money.py", "import os\n\n\ndef test_good():\n    pass\n\n\ndef test_crashes():\n    os.abort()\n");

        var suite = (await Run(repository)).Parts[0];

        Assert.That((suite.Verdict, suite.Tests), Is.EqualTo((Verdict.Failed, new TestCounts(1, 0, 0))));
        Assert.That(suite.Summary, Does.StartWith("aborted: pytest ended with 134"));
        Assert.That(suite.Findings.Single(), Is.EqualTo(new Finding("tests.test_money.test_crashes", "was running when the test process ended")));
    }

    [Test]
    public async Task A_suite_that_hangs_is_stopped_with_all_that_it_started()
    {
        using var repository = new PytestRepository { Budget = TimeSpan.FromSeconds(20) };
        repository.Write("worker/tests/test_money.py", "import subprocess\nimport threading\n\n\ndef test_good():\n    pass\n\n\ndef test_hangs():\n    child = subprocess.Popen(['sleep', '1000'], start_new_session=True)\n    open('child', 'w').write(str(child.pid))\n    threading.Event().wait()\n");

        var result = await Run(repository);

        Assert.That(result.Parts[0].Summary, Is.EqualTo("stopped after its budget of 20 s; still running: tests.test_money.test_hangs; 1 test"));
        Assert.That(result.Parts[1].Summary, Is.EqualTo("not measured: suite worker-tests failed"));
        Assert.That(XDocument.Parse(repository.Read("artifacts/test/worker-tests.junit.xml")).Descendants("testcase").Count(), Is.EqualTo(1));
        await Gone(repository.Read("worker/child"));
    }

    [Test]
    public async Task Nothing_that_a_test_prints_disturbs()
    {
        using var repository = new PytestRepository();
        repository.Write("worker/pytest.ini", "[pytest]\npythonpath = .\naddopts = -s\n");
        repository.Write("worker/tests/test_money.py", """
            import os
            import sys


            def test_prints():
                os.write(1, b"\xff\xfe\x00 ::error file=a::boom\n##[error]boom\n\x1b[2J\x1b]0;title\x07")
                for _ in range(100):
                    sys.stdout.write("x" * 100_000 + "\n")
                print('{"event": "call", "test": "tests/test_money.py::test_invented", "outcome": "failed"}')


            def test_fails():
                raise ValueError("\x1b[31m::error::red\x07 \udcff " + "y" * 1_000_000)
            """);
        var lines = new List<string>();

        var suite = (await TestCheck.Run(repository.Configuration, Worker, new TestOptions(), new Lines(lines), CancellationToken.None)).Parts[0];

        Assert.Multiple(() =>
        {
            Assert.That(suite.Tests, Is.EqualTo(new TestCounts(1, 1, 0)), suite.Summary);
            Assert.That(suite.Findings.Single().Message, Does.Contain("red").And.Not.Contain('\x1b').And.Not.Contain("::error").And.Length.LessThan(5000));
            Assert.That(lines, Has.All.Not.Contain('\x1b').And.All.Not.Contain("::error").And.All.Not.Contain("##[").And.All.Length.LessThan(5000));
            Assert.That(lines, Has.All.StartWith("worker-tests  "), "side by side with others");
            Assert.That(new FileInfo(Path.Combine(repository.Root, "artifacts/test/worker-tests.log")).Length, Is.LessThan(20_000_000));
            Assert.That(() => XDocument.Parse(repository.Read("artifacts/test/worker-tests.junit.xml")), Throws.Nothing);
        });
    }

    [Test]
    public async Task Markers_decide_what_runs_and_what_was_left_out_is_shown()
    {
        const string tests = "import pytest\n\n\n@pytest.mark.slow\n@pytest.mark.readonly\ndef test_long():\n    pass\n\n\n@pytest.mark.readonly\ndef test_looks():\n    pass\n\n\n@pytest.mark.destructive\n@pytest.mark.readonly\ndef test_breaks():\n    pass\n\n\ndef test_writes():\n    pass\n";
        using var staging = new PytestRepository { Kind = SuiteKind.Integration };
        using var prod = new PytestRepository { Kind = SuiteKind.Integration, Environment = "prod", ReadOnlyTests = true };
        staging.Write("worker/tests/test_money.py", tests);
        prod.Write("worker/tests/test_money.py", tests);

        var inStaging = await Against(staging, slow: false);
        var inProd = await Against(prod, slow: false);
        prod.Write("worker/tests/test_money.py", "def test_writes():\n    pass\n");
        var nothing = await Against(prod, slow: true);

        Assert.Multiple(() =>
        {
            Assert.That((inStaging.Summary, inStaging.Notes.Single()), Is.EqualTo(("3 tests, 1 left out", "left out (slow): tests.test_money.test_long")));
            Assert.That(inProd.Summary, Is.EqualTo("1 test, 3 left out"));
            Assert.That(inProd.Notes, Is.EqualTo(new[] { "left out (destructive): tests.test_money.test_breaks", "left out (not readonly): tests.test_money.test_writes", "left out (slow): tests.test_money.test_long" }));
            Assert.That((nothing.Verdict, nothing.Summary), Is.EqualTo((Verdict.Skipped, "every test was left out; 0 tests, 1 left out")));
        });
    }

    [Test]
    public async Task An_untouched_service_keeps_its_lines_and_a_changed_one_loses_them()
    {
        using var repository = new PytestRepository { CoverageMinimum = 50 };
        var before = new Dictionary<string, string> { ["worker"] = new('a', 64), ["mailer"] = new('b', 64) };
        await TestCheck.Run(repository.Configuration, new(["worker", "mailer"], false) { Inputs = before }, new TestOptions(), null, CancellationToken.None);

        var untouched = await TestCheck.Run(repository.Configuration, Worker with { Inputs = before }, new TestOptions(), null, CancellationToken.None);
        var changed = await TestCheck.Run(repository.Configuration, Worker with { Inputs = new Dictionary<string, string>(before) { ["mailer"] = new('c', 64) } }, new TestOptions(), null, CancellationToken.None);

        // worker 3 of 6, mailer 2 of 2.
        Assert.Multiple(() =>
        {
            Assert.That(untouched.Parts.Select(p => p.Name), Is.EqualTo(new[] { "worker-tests", "coverage" }), "the other one was not tested");
            Assert.That(untouched.Parts[1].Summary, Is.EqualTo("coverage 62.5 % (minimum 50 %), 5 of 8 lines, carried forward: mailer"));
            Assert.That(untouched.Parts[1].Notes, Is.EqualTo(new[] { "worker  50.0 %, 3 of 6 lines", "mailer  100.0 %, 2 of 2 lines, carried forward from inputs bbbbbbbb" }));
            Assert.That(untouched.Parts[1].Measured, Is.EqualTo(new Measured(62.5m, 50)));
            Assert.That(changed.Parts[1].Notes, Has.Member("mailer  not measured, not part of the sum"));
        });
    }

    [Test]
    public async Task A_report_of_other_code_is_refused()
    {
        using var repository = new PytestRepository();
        repository.Write("worker/conftest.py", """
            import pathlib, sys


            def pytest_unconfigure(config):
                report = next(a for a in sys.argv if a.startswith("--cov-report=xml:")).split(":", 1)[1]
                pathlib.Path(report).write_text('<coverage><class filename="mailer/mail.py"><lines><line number="1" hits="1"/></lines></class></coverage>')
            """);

        var coverage = (await Run(repository)).Parts[1];

        Assert.That((coverage.Verdict, coverage.Summary), Is.EqualTo((Verdict.Failed, "not measured: suite worker-tests's coverage report is refused: it is of other code than worker")));
    }

    [Test]
    public async Task Suites_run_side_by_side_and_the_first_that_fails_stops_no_other()
    {
        Assume.That(System.Environment.ProcessorCount, Is.GreaterThan(1));
        using var repository = new PytestRepository();
        // Each waits for the other: one after the other, both would fail.
        foreach (var (me, other, end) in new[] { ("worker", "mailer", "assert False"), ("mailer", "worker", "assert True") })
        {
            repository.Write($"{me}/tests/test_{(me == "worker" ? "money" : "mail")}.py", $"import pathlib\nimport time\n\n\ndef test_meets():\n    pathlib.Path('../{me}.here').touch()\n    until = time.monotonic() + 60\n    while not pathlib.Path('../{other}.here').exists():\n        assert time.monotonic() < until\n        time.sleep(0.01)\n    {end}\n");
        }

        var result = await TestCheck.Run(repository.Configuration, new(["worker", "mailer"], false), new TestOptions(), null, CancellationToken.None);

        Assert.That(result.Parts.Take(2).Select(p => (p.Name, p.Verdict)), Is.EqualTo(new[] { ("worker-tests", Verdict.Failed), ("mailer-tests", Verdict.Passed) }));
        Assert.That(result.Parts[0].Findings.Single().Line, Is.EqualTo(11));
    }

    [Test]
    public async Task Cancelling_ends_every_suite_with_all_that_it_started()
    {
        using var repository = new PytestRepository();
        using var cancel = new CancellationTokenSource();
        foreach (var service in new[] { "worker/tests/test_money.py", "mailer/tests/test_mail.py" })
        {
            repository.Write(service, "import subprocess\nimport threading\nimport sys\n\n\ndef test_hangs(capfd):\n    child = subprocess.Popen(['sleep', '1000'], start_new_session=True)\n    open('child', 'w').write(str(child.pid))\n    with capfd.disabled():\n        print('hanging now', flush=True)\n    threading.Event().wait()\n");
        }

        var waiting = Environment.ProcessorCount > 1 ? 2 : 1;
        var progress = new Lines([]) { Seen = line => { if (line.Contains("hanging now", StringComparison.Ordinal) && Interlocked.Decrement(ref waiting) == 0) { cancel.Cancel(); } } };

        Assert.CatchAsync<OperationCanceledException>(() => TestCheck.Run(repository.Configuration, new(["worker", "mailer"], false), new TestOptions(), progress, cancel.Token));

        foreach (var child in Directory.EnumerateFiles(repository.Root, "child", SearchOption.AllDirectories))
        {
            await Gone(File.ReadAllText(child));
        }
    }

    [Test]
    public async Task The_doctor_says_which_python_runs_a_suite_and_what_is_missing()
    {
        using var repository = new PytestRepository();
        repository.WritePython("exit 0");

        var groups = await Doctor.Examine(repository.Configuration, null, new Pipeline.Aws.EmbeddedCloud(repository.Root, 1), CancellationToken.None);

        var tools = groups.Single(g => g.Name == "tools").Findings;
        Assert.Multiple(() =>
        {
            Assert.That(tools, Has.Some.Matches<Look>(f => f.Subject == "mailer-tests" && f.Standing == Standing.Ok && f.Text.EndsWith(" has pytest", StringComparison.Ordinal)));
            Assert.That(tools.Single(f => f.Subject == "worker-tests"), Is.EqualTo(Look.Ng("worker-tests", "no Python of this machine can run it", $"pytest is not installed: {Path.Combine(repository.Root, "worker/.venv/bin/python")} -m pip install pytest pytest-cov")));
        });
    }

    private static Task<CheckResult> Run(PytestRepository repository) => TestCheck.Run(repository.Configuration, Worker, new TestOptions(), null, CancellationToken.None);

    private static async Task<CheckPart> Against(PytestRepository repository, bool slow)
    {
        var suites = new DeploymentSuites(repository.Configuration) { Slow = slow };
        return (await suites.Run([.. suites.Of(SuiteKind.Integration, null).Take(1)], null, new Dictionary<string, string?> { ["PIPELINE_ENVIRONMENT"] = repository.Environment }, null, CancellationToken.None)).Single();
    }

    /// <summary>An ended process stays in the table until its parent, or init, asks for it.</summary>
    private static Task Gone(string id) => Poll.Until(() =>
    {
        var status = $"/proc/{id.Trim()}/stat";
        return Task.FromResult(!File.Exists(status) || File.ReadAllText(status).Contains(") Z ", StringComparison.Ordinal));
    }, $"process {id} is gone");

    private sealed class Lines(List<string> lines) : IProgress<string>
    {
        public Action<string>? Seen { get; init; }

        public void Report(string value)
        {
            lock (lines)
            {
                lines.Add(value);
            }

            Seen?.Invoke(value);
        }
    }
}
