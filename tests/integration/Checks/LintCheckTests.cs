using Pipeline.Checks;
using Pipeline.Outcomes;

namespace Pipeline.Tests.Checks;

/// <summary>Real lint and security runs of a small repository.</summary>
internal sealed class LintCheckTests
{
    private static readonly CheckScope Api = new(["api"], WholeRepository: false);

    [Test]
    public async Task Bad_format_and_a_warning_are_found_and_found_again()
    {
        using var repository = new DotnetRepository();
        repository.Write("shared/Money.cs", DotnetRepository.Money.Replace("a + b", "a+b", StringComparison.Ordinal));
        repository.Write("api/Old.cs", "namespace Api;\n\npublic static class Old\n{\n    [Obsolete(\"no\")]\n    public static int One => 1;\n\n    public static int Two => One;\n}\n");

        foreach (var round in new[] { "first", "again, with nothing changed" })
        {
            var result = await LintCheck.Run(repository.Configuration, Api, null, CancellationToken.None);

            var format = result.Parts.Single(p => p.Name == "format");
            var build = result.Parts.Single(p => p.Name == "build");
            Assert.That((format.Verdict, build.Verdict), Is.EqualTo((Verdict.Failed, Verdict.Failed)), $"{round}: {format.Summary}; {build.Summary}");
            Assert.That((format.Findings[0].File, format.Findings[0].Line, format.Findings[0].Fix), Is.EqualTo(("shared/Money.cs", 5, "dotnet format shared/Shared.csproj")), round);
            Assert.That(build.Findings.Select(f => (f.Rule, f.File, f.Line)), Is.EqualTo(new (string, string?, int?)[] { ("CS0618", "api/Old.cs", 8) }), round);
        }

        Assert.That(File.Exists(Path.Combine(repository.Root, "artifacts/lint/lint.sarif")), Is.True);
    }

    [Test]
    public async Task Clean_code_passes_and_leaves_the_projects_own_build_folders_alone()
    {
        using var repository = new DotnetRepository();
        repository.Git("init", "-q");

        var result = await LintCheck.Run(repository.Configuration, Api, null, CancellationToken.None);

        Assert.That(result.Parts.Select(p => p.Name), Is.EqualTo(new[] { "format", "build" }));
        Assert.That(result.Verdict, Is.EqualTo(Verdict.Passed), string.Join("; ", result.Parts.Select(p => p.Summary)));
        Assert.That(Directory.Exists(Path.Combine(repository.Root, "api/obj")), Is.False);
    }

    [Test]
    public async Task Secrets_are_looked_for_in_every_text_file_that_git_does_not_ignore()
    {
        using var repository = new DotnetRepository();
        var secret = "key = " + "AKIA" + "QYLPMN5HHHFPZAM2";
        repository.Write("a file ü.txt", $"one\n{secret}\n");
        repository.Write("untracked.txt", secret);
        repository.Write("ignored.txt", secret);
        repository.Write(".gitignore", "ignored.txt\n");
        repository.Write("large.txt", new string('x', 1024 * 1024) + secret);
        repository.Write("binary.bin", "\0\0" + secret);
        repository.Git("init", "-q");
        repository.Git("add", "a file ü.txt", "large.txt", "binary.bin");

        var part = await SecretScan.Run(repository.Root, CancellationToken.None);

        Assert.That(part.Verdict, Is.EqualTo(Verdict.Failed));
        Assert.That(part.Findings.Select(f => (f.Rule, f.File, f.Line)), Is.EqualTo(new (string, string?, int?)[]
        {
            ("aws-access-key", "a file ü.txt", 2), ("aws-access-key", "large.txt", 1), ("aws-access-key", "untracked.txt", 1),
        }));
    }

    [Test]
    public async Task Without_git_the_secrets_are_not_evaluable()
    {
        using var repository = new DotnetRepository();

        Assert.That((await SecretScan.Run(repository.Root, CancellationToken.None)).Verdict, Is.EqualTo(Verdict.NotEvaluable));
    }
}
