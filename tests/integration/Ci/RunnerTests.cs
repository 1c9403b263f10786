using System.Text.Json;
using Pipeline.Processes;

namespace Pipeline.Tests.Ci;

/// <summary>The compiled host on runners: what they are told, and where their events lead.</summary>
[TestFixture, NonParallelizable]
public sealed class RunnerTests
{
    private const string Fork = """{"action":"opened","pull_request":{"number":42,"head":{"ref":"$(id)","sha":"77ab01c","repo":{"full_name":"mallory/storefront"}},"base":{"ref":"main","repo":{"full_name":"acme/storefront"}}}}""";
    private const string Hostile = "feat: ##[error]boom ##vso[task.setvariable]x";
    private RunnerGround _ground = null!;

    [SetUp]
    public async Task Start() => _ground = await RunnerGround.Start(Hostile);

    [TearDown]
    public async Task Stop() => await _ground.DisposeAsync();

    [Test]
    public async Task A_forks_pull_request_is_checked_and_GitHub_hears_it_in_its_own_words()
    {
        var run = await _ground.OnGitHub("pull_request", Fork, "--target=CI");

        var lines = run.Output.Split('\n');
        Assert.Multiple(() =>
        {
            Assert.That(run.ExitCode, Is.EqualTo(1), run.Output + run.Error);
            Assert.That(lines, Has.Some.StartsWith("CI           GitHub Actions, pull request 42 from $(id) of a fork → Default --cloud=local   the pull request comes from a fork"));
            Assert.That(lines.Where(l => l.StartsWith("::group::", StringComparison.Ordinal)), Is.EqualTo(new[] { "::group::DetectChanges", "::group::Lint" }));
            Assert.That(Balance(lines), Is.EqualTo((0, 0)));
            Assert.That(lines, Has.One.StartsWith("::error file=web/Dockerfile,line=2,title=unpinned::the base image evil:##\u200b[add-mask]x"));
            Assert.That(lines.Where(l => l.StartsWith("::", StringComparison.Ordinal) && !l.StartsWith("::add-mask::", StringComparison.Ordinal)), Is.All.Match("^::(group|endgroup|error )"));
            Assert.That(run.Output + run.Error, Does.Not.Contain("##[").And.Not.Contain("\x1b"));
            Assert.That(_ground.Read("runner/summary"), Does.StartWith("# Default in dev: failed\n\nGitHub Actions, pull request 42 from $(id) of a fork → Default:").And.Contain("## Services").And.Contain("web/Dockerfile:2").And.Contain("## Next"));
            Assert.That(_ground.Read("runner/summary"), Is.EqualTo(_ground.Read("artifacts/summary.md")));
            Assert.That(_ground.Read("runner/output"), Does.Match("^target<<(end-[0-9a-f]{32})\nDefault\n\\1\n").And.Match("outcome<<(end-.*)\nfailed\n\\1\n"));
            Assert.That((string?)_ground.RunJson()["target"], Is.EqualTo("Default"));
            Assert.That((string?)_ground.RunJson()["ci"]!["route"], Is.EqualTo("Default"));
            Assert.That((string?)_ground.RunJson()["ci"]!["branch"], Is.EqualTo("$(id)"));
        });
    }

    [Test]
    public async Task A_secret_is_told_to_the_runner_so_that_it_is_hidden_and_to_nobody_else()
    {
        var run = await _ground.OnGitHub("pull_request", Fork, "--target=CI");

        var telling = run.Output.Split('\n').Where(l => l.Contains(RunnerGround.Secret, StringComparison.Ordinal));
        Assert.That(telling, Is.EqualTo(new[] { $"::add-mask::{RunnerGround.Secret}" }));
        Assert.That(run.Output, Does.Contain("::add-mask::wJalrXUtnFEMI%252FEXAMPLE%252BKEY"), "as it is in an address");
        Assert.That(run.Error + _ground.Read("runner/summary") + _ground.Read("runner/output") + _ground.Read("artifacts/run.json"), Does.Not.Contain(RunnerGround.Secret));
    }

    [TestCase("DeployDev")]
    [TestCase("Rollback")]
    public async Task A_target_that_deploys_is_refused_to_a_fork_before_anything_is_asked(string target)
    {
        var run = await _ground.OnGitHub("pull_request", Fork, $"--target={target}");

        Assert.That(run.ExitCode, Is.EqualTo(3), run.Output + run.Error);
        Assert.That(run.Error, Does.StartWith($"REFUSED: {target} in a pull request from a fork.").And.Contain("--cloud=local rehearses it"));
        Assert.That(run.Output, Does.Contain($"::error title={target}::REFUSED"));
        Assert.That(_ground.Read("runner/summary"), Does.Contain($"**REFUSED: {target} in a pull request from a fork.**"));
        Assert.That((string?)_ground.RunJson()["outcome"], Is.EqualTo("refused"));
        Assert.That(_ground.Calls, Is.Empty);
    }

    [TestCase("push", """{"ref":"refs/heads/main","head_commit":{"message":"x"}}""", "push to main → DeployStaging", "DeployStaging")]
    [TestCase("push", """{"ref":"refs/heads/x;id","head_commit":{"message":"x"}}""", "push to x;id → DeployDev", "DeployDev")]
    [TestCase("workflow_dispatch", """{"inputs":{"rollback_version":"v1.75.0"}}""", "started by hand → Rollback --version=v1.75.0", "Rollback")]
    [TestCase("workflow_dispatch", """{"inputs":{"emergency_deploy":"true","reason":"it burns"}}""", "started by hand → DeployProd --emergency --reason=it burns", "DeployProd")]
    [TestCase("workflow_dispatch", """{"inputs":{"staging_run_id":"staging-20261123-094100-3f2c1ab"}}""", "started by hand → DeployProd --promote=staging-20261123-094100-3f2c1ab", "DeployProd")]
    [TestCase("schedule", "{}", "schedule → Monitor", "Monitor")]
    public async Task A_dry_run_shows_the_route_and_its_tasks_and_does_nothing(string @event, string payload, string route, string task)
    {
        var run = await _ground.OnGitHub(@event, payload, "--target=CI", "--dry-run");

        Assert.That(run.ExitCode, Is.Zero, run.Output + run.Error);
        // The list of tasks is Cake's, in its colours.
        Assert.That(TerminalText.WithoutSequences(run.Output), Does.Contain(route).And.Match($@"\d+\. {task}"));
        Assert.That(_ground.Read("artifacts/run.json") + _ground.Read("runner/summary"), Is.Empty);
        Assert.That(_ground.Calls, Is.Empty);
    }

    [Test]
    public async Task Where_nothing_is_to_do_it_says_so_and_ends_well()
    {
        var run = await _ground.OnGitHub("push", """{"ref":"refs/tags/v1.0.0"}""", "--target=CI");

        Assert.That((run.ExitCode, run.Error), Is.EqualTo((0, "")), run.Output);
        Assert.That(run.Output, Does.Contain("Nothing to do: a tag deploys nothing"));
        Assert.That((string?)_ground.RunJson()["ci"]!["route"], Is.EqualTo("nothing"));
        Assert.That(_ground.Calls, Is.Empty);
    }

    [TestCase("pull_request_target", "{}", 3, "REFUSED: pull_request_target")]
    [TestCase("workflow_dispatch", """{"inputs":{"emergency_deploy":"true"}}""", 2, "needs a reason")]
    [TestCase("workflow_dispatch", """{"inputs":{"rollback_version":"v1\n--emergency"}}""", 2, "can not be one")]
    [TestCase("workflow_dispatch", "no JSON", 2, "inputs of this run can not be read")]
    [TestCase("push", """{"ref":"refs/heads/main"}""", 2, "--environment=prod: push to main goes to staging", "--environment=prod")]
    [TestCase("pull_request", Fork, 2, "--cloud=aws: pull request 42", "--cloud=aws")]
    public async Task An_event_without_a_route_is_refused_where_everybody_hears_it(string @event, string payload, int code, string said, params string[] more)
    {
        var run = await _ground.OnGitHub(@event, payload, ["--target=CI", .. more]);

        Assert.That(run.ExitCode, Is.EqualTo(code), run.Output + run.Error);
        Assert.That(run.Error, Does.Contain(said).And.Contain("next").And.Not.Contain("   at "));
        Assert.That((string?)_ground.RunJson()["ci"]!["route"], Is.EqualTo("refused"));
        Assert.That(_ground.Read("runner/summary"), Does.Contain("→ refused"));
        Assert.That(_ground.Calls, Is.Empty);
    }

    [Test]
    public async Task CI_goes_with_no_other_target() =>
        Assert.That((await _ground.OnGitHub("push", "{}", "--target=CI", "--target=Lint")).Error, Does.StartWith("CI chooses the target by the runner's event; it goes with no other."));

    [Test]
    public async Task What_another_program_reads_holds_no_word_to_the_runner_and_no_command_in_its_values()
    {
        var run = await _ground.OnGitHub("push", "{}", "--target=DetectChanges", "--cloud=local", "--format=json");

        Assert.That(run.ExitCode, Is.Zero, run.Output + run.Error);
        using var document = JsonDocument.Parse(run.Output);
        Assert.That(document.RootElement.GetProperty("subject").GetString(), Is.EqualTo(Hostile));
        Assert.That(run.Output, Does.Not.Contain("##[").And.Not.Contain("##vso["));
    }

    [Test]
    public async Task Tests_are_left_out_where_the_commit_asks_and_the_configuration_allows_and_that_is_no_pass()
    {
        _ground.Write("web/Dockerfile", "FROM scratch\nUSER nobody\n");
        // Put together here, so that this repository's own scan has nothing to find: it ends the run after the tests.
        _ground.Write("web/settings.txt", "key = AKIA" + "Q3EGRLK7ZTWX2MVD\n");
        await _ground.Commit("wip: try it [skip tests]");

        var run = await _ground.Run(new() { ["JENKINS_URL"] = "https://ci.example.invalid/", ["BRANCH_NAME"] = "feature/x", ["GIT_COMMIT"] = await _ground.Head() }, "--target=CI");

        Assert.That(run.ExitCode, Is.EqualTo(1), run.Output + run.Error);
        Assert.That(run.Output, Does.Match(@"(?m)^Test +skipped +tests +.*\[skip tests\], as ci\.skip\.tests allows for dev"));
        Assert.That(_ground.RunJson()["gates"]!.AsArray().Select(g => ((string?)g!["name"], (string?)g["verdict"])), Does.Contain(("tests", "skipped")));
        Assert.That(run.Output, Does.Not.Contain("::").And.Not.Contain("##"), "Jenkins has no words of its own");
    }

    [Test]
    public async Task GitLab_and_Azure_are_told_in_theirs()
    {
        var gitLab = await _ground.Run(new() { ["GITLAB_CI"] = "true", ["CI_PIPELINE_SOURCE"] = "merge_request_event", ["CI_MERGE_REQUEST_IID"] = "42" }, "--target=CI");
        Assert.That(gitLab.Output, Does.Match("\x1b\\[0Ksection_start:\\d+:Lint\\[collapsed=true\\]\r\x1b\\[0KLint\n").And.Match("\x1b\\[0Ksection_end:\\d+:Lint\r\x1b\\[0K\n"), gitLab.Error);
        Assert.That(_ground.Read("artifacts/gl-code-quality.json"), Does.Contain("web/Dockerfile"));
        Assert.That(_ground.Read("artifacts/ci.env"), Does.Contain("PIPELINE_OUTCOME=failed\n"));

        var azure = await _ground.Run(new() { ["TF_BUILD"] = "True", ["BUILD_REASON"] = "PullRequest", ["SYSTEM_PULLREQUEST_ISFORK"] = "True" }, "--target=CI");
        Assert.That(azure.Output, Does.Contain("##[group]Lint\n").And.Contain("##vso[task.logissue type=error;sourcepath=web/Dockerfile;linenumber=2;code=unpinned]")
            .And.Contain($"##vso[task.uploadsummary]{_ground.PathOf("artifacts/summary.md")}\n").And.Contain("##vso[task.setvariable variable=outcome;isOutput=true]failed\n"), azure.Error);
    }

    private static (int Open, int Lowest) Balance(IEnumerable<string> lines)
    {
        var (open, lowest) = (0, 0);
        foreach (var line in lines)
        {
            open += line.StartsWith("::group::", StringComparison.Ordinal) ? 1 : line == "::endgroup::" ? -1 : 0;
            lowest = Math.Min(lowest, open);
        }

        return (open, lowest);
    }
}
