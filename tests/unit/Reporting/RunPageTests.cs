using Pipeline.Checks;
using Pipeline.Outcomes;
using Pipeline.Processes;
using Pipeline.Reporting;

namespace Pipeline.Tests.Reporting;

public sealed class RunPageTests
{
    private static readonly RunJson Deployed = new()
    {
        Target = "DeployStaging",
        Environment = "staging",
        Outcome = "done",
        ExitCode = 0,
        Seconds = 38.2,
        Deployment = "staging-20261123-094100-3f2c1ab",
        Ci = new RunCi("GitHub Actions", "push to main", "DeployStaging", "main goes to staging"),
        Services = [new RunService("api", true, ["samples/api/Program.cs changed", "through Storefront.Contracts"], "sha256:91be", "v1.2.0", "http://127.0.0.1:18081"), new RunService("web", false, ["equal"], null, null, null)],
        Gates = [new RunGate("coverage", Verdict.Passed, "coverage 91.2 %"), new RunGate("soak", Verdict.Failed, "| ran 2 m of 30 m")],
    };

    [Test]
    public void A_good_run_tells_what_runs_where_why_and_what_comes_next() =>
        Assert.That(RunPage.Text(Deployed, [new CheckResult("Test", Verdict.Passed, TimeSpan.Zero, [new CheckPart("unit", Verdict.Passed, "84 tests")])], []), Is.EqualTo("""
            # DeployStaging in staging: done

            GitHub Actions, push to main → DeployStaging: main goes to staging

            Release staging-20261123-094100-3f2c1ab, 38 s

            ## Services

            | service |  | why | version | address |
            |---|---|---|---|---|
            | api | due | samples/api/Program.cs changed<br>through Storefront.Contracts | v1.2.0 | http://127.0.0.1:18081 |
            | web | not due | equal |  |  |

            ## Gates

            | gate |  | evidence |
            |---|---|---|
            | coverage | passed | coverage 91.2 % |
            | soak | **FAILED** | \| ran 2 m of 30 m |

            ## Checks

            | check | part | result | |
            |---|---|---|---|
            | Test | unit | passed | 84 tests |

            ## Next

            - ./build.sh --target=DeployProd, or in CI a run that is started by hand

            """));

    [Test]
    public void A_refused_run_tells_why_and_what_to_type_and_nothing_in_it_is_markup_or_a_command()
    {
        var refused = new RunJson { Target = "DeployProd", Environment = "prod", Outcome = "refused", ExitCode = 3, Seconds = 1, Error = "REFUSED: <b>`x`" };

        var page = RunPage.Text(refused, [], [new Detail("why", "feat: ::error::x\n![y](z)"), new Detail("next", "./build.sh --target=Plan --environment=prod")]);

        Assert.That(page, Is.EqualTo("# DeployProd in prod: refused\n\n**REFUSED: &lt;b>\\`x\\`**\n\n- why: feat: :\u200b:error:\u200b:x<br>\\!\\[y\\](z)\n\n## Next\n\n- ./build.sh --target=Plan --environment=prod\n"));
    }

    [Test]
    public void A_run_that_has_nothing_to_tell_has_no_page_and_no_secret_is_on_one()
    {
        using var folder = new Temporary();
        var file = Path.Combine(folder.Path, "artifacts", "summary.md");

        Assert.That(RunPage.Write(file, Deployed with { Error = "it is hunter_2_EXAMPLE." }, [], [], new SecretMask(["hunter_2_EXAMPLE"])), Is.True);
        Assert.That(File.ReadAllText(file), Does.Contain("**it is ***.**").And.Not.Contain("hunter"));
        Assert.That(RunPage.Write(file, new RunJson { Target = "Status", Outcome = "done", ExitCode = 0, Seconds = 1 }, [], [], SecretMask.None), Is.False);
        Assert.That(File.Exists(file), Is.False, "what a run before it left is gone");
    }

    [Test]
    public void Outputs_are_on_one_line_each()
    {
        var outputs = RunOutputs.Of(Deployed);

        Assert.That(outputs, Is.EqualTo(new Dictionary<string, string>
        {
            ["target"] = "DeployStaging",
            ["environment"] = "staging",
            ["outcome"] = "done",
            ["deployment"] = "staging-20261123-094100-3f2c1ab",
            ["versions"] = """{"api":"v1.2.0"}""",
            ["urls"] = """{"api":"http://127.0.0.1:18081"}""",
        }));
    }

    private sealed class Temporary : IDisposable
    {
        private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("run-page-");

        public string Path => _folder.FullName;

        public void Dispose() => _folder.Delete(recursive: true);
    }
}
