using Pipeline.Checks;
using Pipeline.Outcomes;

namespace Pipeline.Tests.Checks.Tools;

/// <summary>The real black, isort and flake8.</summary>
[Platform(Exclude = "Win")]
internal sealed class PythonLintTests
{
    [TestCase("black")]
    [TestCase("isort")]
    [TestCase("flake8")]
    public async Task Good_code_passes(string tool)
    {
        Requires.Program(tool, tool);
        using var repository = new PythonRepository();
        repository.Write("worker/venv/lib/bad.py", "import os,sys\nx = ( 1)\n");

        var part = await repository.Lint(tool);

        Assert.That(part.Verdict, Is.EqualTo(Verdict.Passed), part.Summary + string.Join("\n", part.Findings));
    }

    [TestCase("black", "import os\n\nx = {  'a':1 }\nprint(os, x)\n", "black", 3, "black worker")]
    [TestCase("isort", "import sys\nimport os\n\nprint(os, sys)\n", "isort", 1, "isort worker")]
    [TestCase("flake8", "import os\n\nprint(undefined)\n", "F401", 1, null)]
    public async Task A_mistake_is_found_with_file_and_line(string tool, string code, string rule, int line, string? fix)
    {
        Requires.Program(tool, tool);
        using var repository = new PythonRepository();
        repository.Write("worker/a folder/some file.py", code);
        repository.Write("worker/a folder/line\nend.py", code);

        var part = await repository.Lint(tool);

        Assert.That(part.Verdict, Is.EqualTo(Verdict.Failed), part.Summary);
        Assert.That(part.Findings.Where(f => f.Rule == rule).Select(f => (f.File, f.Line, f.Fix)), Is.EqualTo(new (string?, int?, string?)[] { ("worker/a folder/line\nend.py", line, fix), ("worker/a folder/some file.py", line, fix) }));
    }

    [Test]
    public async Task The_projects_own_configuration_counts()
    {
        Array.ForEach(["black", "isort", "flake8"], tool => Requires.Program(tool, tool));
        using var repository = new PythonRepository();
        var wide = $"x = '{new string('y', 120)}'\n";
        repository.Write("worker/pyproject.toml", "[tool.black]\nline-length = 200\nskip-string-normalization = true\nextend-exclude = 'generated'\n[tool.isort]\nforce_sort_within_sections = true\nskip = ['generated.py']\n");
        repository.Write("worker/setup.cfg", "[flake8]\nmax-line-length = 200\nexclude = generated.py\nshow-source = true\ncount = true\n");
        repository.Write("worker/wide.py", $"from a import b\nimport z\n\n{wide}print(b, z, x)\n");
        repository.Write("worker/generated.py", "import sys, os\nx = ( 1)\n");

        var result = await LintCheck.Run(repository.Configuration, PythonRepository.Worker, null, CancellationToken.None);

        Assert.That(result.Parts.Where(p => p.Name is "black" or "isort" or "flake8").Select(p => (p.Verdict, string.Concat(p.Findings))), Is.All.EqualTo((Verdict.Passed, "")));
    }

    [TestCase("black", 1)]
    [TestCase("flake8", 1)]
    public async Task Code_that_is_none_is_found_where_it_breaks(string tool, int line)
    {
        Requires.Program(tool, tool);
        using var repository = new PythonRepository();
        repository.Write("worker/broken.py", "def f(:\n");

        var part = await repository.Lint(tool);

        Assert.That((part.Verdict, part.Findings[0].File, part.Findings[0].Line), Is.EqualTo((Verdict.Failed, "worker/broken.py", line)), part.Summary);
    }

    [TestCase("black")]
    [TestCase("isort")]
    public async Task A_file_that_is_no_text_is_not_passed_over(string tool)
    {
        Requires.Program(tool, tool);
        using var repository = new PythonRepository();
        File.WriteAllBytes(Path.Combine(repository.Root, "worker/latin.py"), [.. "x = '"u8, 0xff, 0xfe, .. "'\n"u8]);

        var part = await repository.Lint(tool);

        Assert.That(part.Verdict, Is.EqualTo(Verdict.Failed), part.Summary);
        Assert.That(part.Findings.Select(f => f.File), Does.Contain("worker/latin.py"));
    }

    [Test]
    public async Task A_suite_elsewhere_is_looked_at_with_the_service_that_it_tests()
    {
        Requires.Program("flake8", "flake8");
        using var repository = new PythonRepository();
        repository.Write("elsewhere/test_worker.py", "import os\n");
        var configuration = repository.Configuration;
        configuration = configuration with
        {
            Checks = configuration.Checks with { Suites = [.. configuration.Checks.Suites.Select(s => s with { Path = "elsewhere", Services = ["worker"] })] },
        };

        var part = (await LintCheck.Run(configuration, PythonRepository.Worker, null, CancellationToken.None)).Parts.Single(p => p.Name == "flake8");

        Assert.That(part.Findings.Select(f => (f.Rule, f.File)), Is.EqualTo(new[] { ("F401", "elsewhere/test_worker.py") }));
    }

    [Test]
    public async Task Nothing_that_is_affected_is_skipped_with_its_reason()
    {
        using var repository = new PythonRepository();

        var result = await LintCheck.Run(repository.Configuration, new CheckScope([], WholeRepository: false), null, CancellationToken.None);

        Assert.That((result.Verdict, result.Parts.Single().Summary), Is.EqualTo((Verdict.Skipped, "no service is affected")));
    }
}
