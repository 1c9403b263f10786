namespace Pipeline.Tests.EndToEnd;

/// <summary>What is wrong in the work tree is found before anything is deployed.</summary>
public sealed class RefusalTests
{
    private Storefront _store = null!;

    [OneTimeSetUp]
    public async Task Clone() => _store = await Storefront.Copy();

    [OneTimeTearDown]
    public async Task Delete() => await _store.DisposeAsync();

    [TearDown]
    public Task Restore() => _store.Restore();

    [Test]
    public async Task A_format_error_is_named_with_its_file_and_its_fix()
    {
        _store.Edit(BadMain.File, "        var builder", "            var builder");

        await Refused("samples/storefront/api/Program.cs", "dotnet format");
    }

    [Test]
    public async Task A_failing_test_is_named()
    {
        var tests = Directory.EnumerateFiles(Path.Combine(_store.Root, "samples/storefront/tests/unit"), "*.cs").Order().First();
        await File.WriteAllTextAsync(tests, (await File.ReadAllTextAsync(tests)).TrimEnd() + """


            public sealed class Doomed
            {
                [NUnit.Framework.Test]
                public void It_fails() => NUnit.Framework.Assert.Fail("on purpose");
            }

            """);

        await Refused("It_fails", "on purpose");
    }

    [Test]
    public async Task A_committed_aws_key_is_named_but_not_shown()
    {
        // Put together here, so that this repository's own scan has nothing to find.
        var key = "AKIA" + "Q3EGRLK7ZTWX2MVD";
        await File.WriteAllTextAsync(Path.Combine(_store.Root, "samples/storefront/api/settings.txt"), $"key = {key}\n");
        await _store.Git("add", "--all");

        var run = await Refused("samples/storefront/api/settings.txt:1");

        await _store.Git("rm", "-f", "--quiet", "samples/storefront/api/settings.txt");
        Assert.That(run.All, Does.Not.Contain(key));
    }

    [Test]
    public async Task A_mistyped_option_is_refused_with_the_nearest_name()
    {
        var run = await _store.Build("--taget=DeployStaging");

        Assert.That(run.ExitCode, Is.EqualTo(2), run.All);
        Assert.That(run.Error, Does.Contain("Unknown option --taget. Did you mean --target? ./build.sh --help lists them."));
    }

    [Test]
    public async Task An_unknown_environment_is_refused()
    {
        var run = await _store.Build("--target=DetectChanges", "--environment=stagging");

        Assert.That(run.ExitCode, Is.EqualTo(2), run.All);
        Assert.That(run.Error, Does.Contain("stagging").And.Contain("staging"));
    }

    [Test]
    public async Task Every_mistake_in_the_configuration_is_named_at_once_with_its_line()
    {
        _store.Edit("pipeline.yml", "    stack: web\n", "    stack: wbe\n");
        _store.Edit("pipeline.yml", "    path: samples/storefront/api\n", "    pth: samples/storefront/api\n");

        var run = await _store.Build("--target=DeployStaging");

        Assert.That(run.ExitCode, Is.EqualTo(2), run.All);
        Assert.That(run.Error, Does.Match(@"pipeline\.yml:\d+  services\.web\.stack").And.Match(@"pipeline\.yml:\d+  services\.api\.pth").And.Contain("Nothing was run"));
        Assert.That(run.Error, Does.Not.Contain("   at "), "no stack trace for a user's mistake");
    }

    private async Task<Run> Refused(params string[] said)
    {
        var run = await _store.Build("--target=DeployStaging");

        Assert.That(run.ExitCode, Is.EqualTo(1), run.All);
        Assert.That(run.Error, Does.Contain("FAILED").And.Contain("nothing was deployed"), run.All);
        foreach (var text in said)
        {
            Assert.That(run.All, Does.Contain(text));
        }

        return run;
    }
}
