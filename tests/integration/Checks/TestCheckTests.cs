using System.Xml.Linq;
using Pipeline.Checks;
using Pipeline.Outcomes;

namespace Pipeline.Tests.Checks;

/// <summary>Real test runs of a small repository.</summary>
internal sealed class TestCheckTests
{
    private static readonly CheckScope Api = new(["api"], WholeRepository: false);

    [Test]
    public async Task A_failing_and_a_skipped_test_are_counted_placed_and_explained()
    {
        using var repository = new DotnetRepository();
        repository.Write("tests/MoneyTests.cs", DotnetRepository.Tests("""
            [Test]
                public void Adds() => Assert.That(Money.Add(1, 2), Is.EqualTo(3));

                [Test]
                public void Fails() => Assert.That(Money.Add(1, 2), Is.EqualTo(4));

                [Test, Ignore("needs rain")]
                public void Waits() { }
            """));

        var result = await TestCheck.Run(repository.Configuration, Api, new TestOptions(), null, CancellationToken.None);

        var unit = result.Parts[0];
        Assert.That(result.Verdict, Is.EqualTo(Verdict.Failed));
        Assert.That(TestCheck.Counts(result), Is.EqualTo(new TestCounts(1, 1, 1)), unit.Summary);
        Assert.That((unit.Findings[0].Rule, unit.Findings[0].File, unit.Findings[0].Line), Is.EqualTo(("Tests.MoneyTests.Fails", "tests/MoneyTests.cs", 12)));
        Assert.That(unit.Skipped.Single(), Is.EqualTo(new SkippedTest("Tests.MoneyTests.Waits", "needs rain")));
        Assert.That(XDocument.Load(Path.Combine(repository.Root, "artifacts/test/unit.junit.xml")).Descendants("testcase").Count(), Is.EqualTo(3));
        Assert.That(result.Parts[1].Summary, Is.EqualTo("not measured: suite unit failed"));
    }

    [Test]
    public async Task Coverage_is_of_the_services_own_code_and_compared_with_the_minimum()
    {
        using var repository = new DotnetRepository { CoverageMinimum = 80m };
        repository.Write("tests/MoneyTests.cs", DotnetRepository.Tests("[Test]\n    public void Adds()\n    {\n        Api.Discount.Of(1);\n        Assert.That(Money.Add(1, 2), Is.EqualTo(3));\n    }"));
        repository.Write("api/Discount.cs", "namespace Api;\n\npublic static class Discount\n{\n    public static int Of(int a) => a;\n\n    public static int Never(int a) => a;\n}\n");

        var result = await TestCheck.Run(repository.Configuration, Api, new TestOptions(), null, CancellationToken.None);

        // Money 1 of 1, Discount 1 of 2, Program 0 of 4.
        var coverage = result.Parts.Single(p => p.Name == "coverage");
        Assert.That(result.Parts[0].Verdict, Is.EqualTo(Verdict.Passed), result.Parts[0].Summary);
        Assert.That(coverage.Summary, Is.EqualTo("coverage 28.5 % (minimum 80 %), 2 of 7 lines"));
        Assert.That(coverage.Verdict, Is.EqualTo(Verdict.Failed));
        Assert.That(coverage.Findings.Select(f => (f.File, f.Line)), Is.EqualTo(new (string?, int?)[] { ("api/Program.cs", 1), ("api/Discount.cs", 7) }));
    }

    [Test]
    public async Task A_suite_that_does_not_end_is_stopped_and_names_the_test()
    {
        using var repository = new DotnetRepository();
        repository.Write("tests/MoneyTests.cs", DotnetRepository.Tests("[Test]\n    public void Adds() => Assert.That(Money.Add(1, 2), Is.EqualTo(3));"));
        // Built first, so that the budget is spent on the test.
        await TestCheck.Run(repository.Configuration, Api, new TestOptions(), null, CancellationToken.None);
        repository.Write("tests/MoneyTests.cs", DotnetRepository.Tests("[Test]\n    public void Hangs() => new ManualResetEvent(false).WaitOne();"));
        var configuration = repository.Configuration;
        configuration = configuration with { Checks = new([configuration.Checks.Suites[0] with { Budget = TimeSpan.FromSeconds(90) }]) };

        var result = await TestCheck.Run(configuration, Api, new TestOptions(), null, CancellationToken.None);

        Assert.That(result.Verdict, Is.EqualTo(Verdict.Failed));
        Assert.That(result.Parts[0].Summary, Does.StartWith("stopped after its budget of 1.5 min"));
        Assert.That(result.Parts[0].Summary, OperatingSystem.IsLinux() ? Does.Contain("still running: Tests.MoneyTests.Hangs") : Does.Contain("still running"));
    }

    [Test]
    public async Task No_test_and_no_build_are_failures_and_an_old_report_is_no_help()
    {
        using var repository = new DotnetRepository();
        repository.Write("tests/MoneyTests.cs", DotnetRepository.Tests("public static int Nothing => 0;"));
        repository.Write("artifacts/test/unit/result.trx", "<TestRun><Results><UnitTestResult testName=\"Old\" outcome=\"Passed\" /></Results></TestRun>");
        repository.Write("artifacts/coverage/unit.cobertura.xml", "<coverage />");

        var none = await TestCheck.Run(repository.Configuration, Api, new TestOptions(), null, CancellationToken.None);
        repository.Write("tests/MoneyTests.cs", DotnetRepository.Tests("public static int Nothing => nothing;"));
        var broken = await TestCheck.Run(repository.Configuration, Api, new TestOptions(), null, CancellationToken.None);

        Assert.That((none.Parts[0].Verdict, none.Parts[0].Tests), Is.EqualTo((Verdict.Failed, new TestCounts(0, 0, 0))), none.Parts[0].Summary);
        Assert.That((broken.Parts[0].Verdict, broken.Parts[0].Summary), Is.EqualTo((Verdict.Failed, "does not build: 1 error")));
        Assert.That((broken.Parts[0].Findings[0].Rule, broken.Parts[0].Findings[0].File), Is.EqualTo(("CS0103", "tests/MoneyTests.cs")));
    }
}
