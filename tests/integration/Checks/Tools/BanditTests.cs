using Pipeline.Configuration;
using Pipeline.Outcomes;

namespace Pipeline.Tests.Checks.Tools;

/// <summary>The real Bandit.</summary>
[Platform(Exclude = "Win")]
internal sealed class BanditTests
{
    private const string Dangerous = "import subprocess\n\n\ndef run(text):\n    subprocess.call('ls ' + text, shell=True)\n";

    [SetUp]
    public void Bandit() => Requires.Program("bandit", "bandit");

    [Test]
    public async Task Good_code_passes_and_its_tests_may_assert()
    {
        using var repository = new PythonRepository();

        var part = await repository.Security("bandit");

        Assert.That((part.Verdict, part.Summary), Is.EqualTo((Verdict.Passed, "1 Python file")));
    }

    [Test]
    public async Task Dangerous_code_is_found_with_file_and_line()
    {
        using var repository = new PythonRepository();
        repository.Write("worker/a b/run\nthis.py", Dangerous);

        var part = await repository.Security("bandit");

        Assert.That(part.Verdict, Is.EqualTo(Verdict.Failed), part.Summary);
        Assert.That(part.Findings.Select(f => (f.Rule, f.File, f.Line)), Is.EqualTo(new (string, string?, int?)[] { ("B404", "worker/a b/run\nthis.py", 1), ("B602", "worker/a b/run\nthis.py", 5) }));
    }

    [TestCase(FindingLevel.Medium, FindingLevel.Low, "B602")]
    [TestCase(FindingLevel.High, FindingLevel.High, "B602")]
    [TestCase(FindingLevel.Low, FindingLevel.High, "B404 B602")]
    public async Task The_thresholds_say_what_counts(FindingLevel severity, FindingLevel confidence, string rules)
    {
        using var repository = new PythonRepository { Bandit = new BanditSettings(severity, confidence) };
        repository.Write("worker/run.py", Dangerous);

        Assert.That(string.Join(' ', (await repository.Security("bandit")).Findings.Select(f => f.Rule)), Is.EqualTo(rules));
    }

    [Test]
    public async Task A_file_that_it_could_not_read_is_not_passed_over()
    {
        using var repository = new PythonRepository();
        repository.Write("worker/broken.py", "def f(:\n");

        var part = await repository.Security("bandit");

        Assert.That((part.Verdict, part.Findings.Single().Rule, part.Findings.Single().File), Is.EqualTo((Verdict.Failed, "unreadable", "worker/broken.py")));
    }
}
