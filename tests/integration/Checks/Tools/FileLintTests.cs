using System.Text.Json.Nodes;
using Pipeline.Checks;
using Pipeline.Outcomes;

namespace Pipeline.Tests.Checks.Tools;

/// <summary>The real shellcheck, cfn-lint and yamllint, and our own look at Dockerfiles.</summary>
[Platform(Exclude = "Win")]
internal sealed class FileLintTests
{
    [TestCase("shellcheck")]
    [TestCase("cfn-lint")]
    [TestCase("yamllint")]
    [TestCase("dockerfiles")]
    public async Task Good_files_pass(string tool)
    {
        Present(tool);
        using var repository = new PythonRepository { Skip = Others(tool) };

        var part = await repository.Lint(tool);

        Assert.That(part.Verdict, Is.EqualTo(Verdict.Passed), part.Summary + string.Join("\n", part.Findings));
    }

    [TestCase("shellcheck", "worker/a b/line\nend.sh", "#!/bin/sh\n\necho $1\n", "SC2086", 3)]
    [TestCase("shellcheck", "worker/no-suffix", "#!/usr/bin/env bash\ncd $1 || exit\n", "SC2086", 2)]
    [TestCase("cfn-lint", "infra/worker.yaml", "AWSTemplateFormatVersion: '2010-09-09'\nResources:\n  Queue:\n    Type: AWS::SQS::Queue\n    Properties:\n      Nonsense: 1\n", "E3002", 6)]
    [TestCase("yamllint", "worker/a b.yml", "---\na: 1\na: 2\n", "key-duplicates", 3)]
    [TestCase("dockerfiles", "worker/Dockerfile", "FROM scratch\nUSER 10001\nADD https://example.test/x /x\n", "add-url", 3)]
    public async Task A_mistake_is_found_with_file_and_line(string tool, string file, string content, string rule, int line)
    {
        Present(tool);
        using var repository = new PythonRepository { Skip = Others(tool) };
        repository.Write(file, content);

        var part = await repository.Lint(tool);

        Assert.That(part.Verdict, Is.EqualTo(Verdict.Failed), part.Summary);
        Assert.That(part.Findings.Select(f => (f.Rule, f.File, f.Line)), Is.EqualTo(new (string, string?, int?)[] { (rule, file, line) }));
    }

    [Test]
    public async Task Only_the_affected_services_files_are_looked_at_unless_all_are()
    {
        using var repository = new PythonRepository { Skip = Others("dockerfiles") };
        repository.Write("other/Dockerfile", "FROM debian\n");
        repository.Write("venv/Dockerfile", "FROM debian\n");

        var affected = await repository.Lint("dockerfiles");
        var all = await repository.Lint("dockerfiles", new CheckScope([], WholeRepository: true));

        Assert.That(affected.Verdict, Is.EqualTo(Verdict.Passed));
        Assert.That(all.Findings.Select(f => (f.Rule, f.File)), Is.EqualTo(new[] { ("unpinned", "other/Dockerfile"), ("root-user", "other/Dockerfile") }));
    }

    [Test]
    public async Task Without_rules_of_its_own_a_repository_gets_no_yamllint()
    {
        using var repository = new PythonRepository { Skip = Others("yamllint") };
        File.Delete(Path.Combine(repository.Root, ".yamllint"));

        var result = await LintCheck.Run(repository.Configuration, PythonRepository.Worker, null, CancellationToken.None);

        Assert.That(result.Parts.Select(p => p.Name), Does.Not.Contain("yamllint"));
    }

    [Test]
    public async Task All_findings_are_in_one_report_by_tool_and_in_a_stable_order()
    {
        Present("flake8");
        Present("shellcheck");
        using var repository = new PythonRepository { Skip = ["black", "isort", "cfn-lint", "yamllint"] };
        repository.Write("worker/ü x.py", "import os\n");
        repository.Write("worker/run.sh", "#!/bin/sh\necho $1\n");

        var result = await LintCheck.Run(repository.Configuration, PythonRepository.Worker, null, CancellationToken.None);

        Assert.That(result.Parts.Select(p => p.Name), Is.EqualTo(new[] { "black", "isort", "flake8", "shellcheck", "cfn-lint", "yamllint", "dockerfiles" }));
        var runs = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(repository.Root, "artifacts/lint/lint.sarif")))!["runs"]!.AsArray();
        Assert.That(runs.Select(r => $"{r!["tool"]!["driver"]!["name"]} {r["results"]!.AsArray().Count}"), Is.EqualTo(new[] { "flake8 1", "shellcheck 1", "dockerfiles 0" }));
        Assert.That((string?)runs[0]!["results"]![0]!["locations"]![0]!["physicalLocation"]!["artifactLocation"]!["uri"], Is.EqualTo("worker/%C3%BC%20x.py"));
    }

    private static void Present(string tool)
    {
        if (tool != "dockerfiles")
        {
            Requires.Program(tool, tool);
        }
    }

    private static string[] Others(string tool) => [.. ((string[])["black", "isort", "flake8", "shellcheck", "cfn-lint", "yamllint", "dockerfiles"]).Where(t => t != tool)];
}
