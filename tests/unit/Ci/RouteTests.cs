using Pipeline.Ci;
using Pipeline.Outcomes;

namespace Pipeline.Tests.Ci;

/// <summary>Each provider's events lead where design and documentation say.</summary>
public sealed class RouteTests
{
    private static readonly CiSettings Plain = new("main");

    [TestCase("github/push-main", "DeployStaging", "main goes to staging")]
    [TestCase("github/push-branch", "DeployDev", "a branch that is not main goes to dev")]
    [TestCase("github/push-tag", "nothing", "a tag deploys nothing")]
    [TestCase("github/push-deleted", "nothing", "deleted")]
    [TestCase("github/delete", "nothing", "deleted")]
    [TestCase("github/pull-request", "DeployDev", "from this repository")]
    [TestCase("github/pull-request-fork", "Default --cloud=local", "from a fork")]
    [TestCase("github/pull-request-fork-gone", "Default --cloud=local", "not known where")]
    [TestCase("github/pull-request-no-payload", "Default --cloud=local", "not known where")]
    [TestCase("github/pull-request-dependabot", "Default --cloud=local", "without credentials")]
    [TestCase("github/pull-request-closed", "nothing", "closed")]
    [TestCase("github/manual", "DeployProd", "by hand")]
    [TestCase("github/manual-emergency", "DeployProd --emergency --reason=orders are lost; see #99 now", "emergency_deploy")]
    [TestCase("github/manual-rollback", "Rollback --version=v1.75.0 --reason=slow since noon", "rollback_version")]
    [TestCase("github/manual-staging-run", "DeployProd --promote=staging-20261123-094100-3f2c1ab", "that deployment")]
    [TestCase("github/manual-request", "DeployProd --deployment=prod-20261123-100200-77ab01c", "that deployment")]
    [TestCase("github/schedule", "Monitor", "watch")]
    [TestCase("github/issue-comment", "Default --cloud=local", "'issue_comment' chooses no route")]
    [TestCase("gitlab/push-main", "DeployStaging", "main goes to staging")]
    [TestCase("gitlab/push-branch", "DeployDev", "goes to dev")]
    [TestCase("gitlab/tag", "nothing", "a tag")]
    [TestCase("gitlab/merge-request", "DeployDev", "from this repository")]
    [TestCase("gitlab/merge-request-fork", "Default --cloud=local", "from a fork")]
    [TestCase("gitlab/merged-results", "DeployDev", "from this repository")]
    [TestCase("gitlab/web", "DeployProd", "by hand")]
    [TestCase("gitlab/web-rollback", "Rollback --version=v1.75.0", "by hand")]
    [TestCase("gitlab/schedule", "Monitor", "watch")]
    [TestCase("gitlab/child", "Default --cloud=local", "'parent_pipeline' chooses no route")]
    [TestCase("azure/push-main", "DeployStaging", "main goes to staging")]
    [TestCase("azure/push-branch", "DeployDev", "goes to dev")]
    [TestCase("azure/tag", "nothing", "a tag")]
    [TestCase("azure/pull-request", "DeployDev", "from this repository")]
    [TestCase("azure/pull-request-fork", "Default --cloud=local", "from a fork")]
    [TestCase("azure/manual", "DeployProd", "by hand")]
    [TestCase("azure/manual-emergency", "DeployProd --emergency --reason=orders are lost", "emergency_deploy")]
    [TestCase("azure/schedule", "Monitor", "watch")]
    [TestCase("jenkins/push-main", "DeployStaging", "main goes to staging")]
    [TestCase("jenkins/push-branch", "DeployDev", "goes to dev")]
    [TestCase("jenkins/pull-request", "DeployDev", "from this repository")]
    [TestCase("jenkins/pull-request-fork", "Default --cloud=local", "from a fork")]
    [TestCase("jenkins/tag", "nothing", "a tag")]
    [TestCase("jenkins/manual", "DeployProd", "by hand")]
    [TestCase("jenkins/schedule", "Monitor", "watch")]
    [TestCase("jenkins/slip", "Default --cloud=local", "chooses no route")]
    [TestCase("jenkins/no-branch", "Default --cloud=local", "chooses no route")]
    [TestCase("teamcity/push-main", "DeployStaging", "main goes to staging")]
    [TestCase("teamcity/push-branch", "DeployDev", "goes to dev")]
    [TestCase("teamcity/pull-request", "Default --cloud=local", "not known where")]
    [TestCase("teamcity/manual", "Rollback --version=v1.75.0", "by hand")]
    [TestCase("teamcity/schedule", "Monitor", "watch")]
    public void An_event_leads_to_its_route(string fixture, string route, string reason)
    {
        var found = Route(fixture, Plain);

        Assert.That(Words(found), Is.EqualTo(route));
        Assert.That(found.Reason, Does.Contain(reason));
    }

    [TestCase("github/push-main", "staging")]
    [TestCase("github/push-branch", "dev")]
    [TestCase("github/pull-request-fork", "dev")]
    [TestCase("github/manual", "prod")]
    [TestCase("github/manual-rollback", "prod")]
    [TestCase("github/schedule", "prod")]
    public void A_route_is_about_one_environment(string fixture, string environment) =>
        Assert.That(Route(fixture, Plain).Environment, Is.EqualTo(environment));

    [Test]
    public void At_a_desk_and_on_an_unknown_runner_there_are_checks_and_no_deployment()
    {
        var route = CiRouter.Of(CiEvent.Current(name => name == "CI" ? "true" : null), Plain);

        Assert.That(Words(route), Is.EqualTo("Default --cloud=local"));
        Assert.That(route.Reason, Does.Contain("no CI runner that is known").And.Contain("nothing is deployed"));
    }

    [TestCase("trunk", "github/push-main", "DeployDev")]
    [TestCase("feature/orders-by-day", "github/push-branch", "DeployStaging")]
    public void Which_branch_is_main_is_configured(string main, string fixture, string route) =>
        Assert.That(Words(Route(fixture, new CiSettings(main))), Is.EqualTo(route));

    [Test]
    public void A_copy_of_the_repository_deploys_nothing_of_its_own()
    {
        var route = Route("github/push-in-a-fork", Plain with { Repository = "Acme/Storefront" });

        Assert.That(Words(route), Is.EqualTo("Default --cloud=local"));
        Assert.That(route.Reason, Does.Contain("this is not Acme/Storefront"));
        Assert.That(Words(Route("github/push-main", Plain with { Repository = "Acme/Storefront" })), Is.EqualTo("DeployStaging"), "letter case is GitHub's affair");
    }

    [TestCase("github/pull-request-target", ExitCode.Refused, "code of strangers")]
    [TestCase("github/manual-emergency-no-reason", ExitCode.Usage, "needs a reason")]
    [TestCase("github/manual-run-number", ExitCode.Usage, "a number of the runner's")]
    [TestCase("github/manual-both", ExitCode.Usage, "both given")]
    [TestCase("github/manual-hostile", ExitCode.Usage, "rollback_version: 'v1 --emergency' can not be one")]
    [TestCase("github/manual-no-payload", ExitCode.Usage, "can not be read")]
    public void What_cannot_be_understood_is_refused_with_what_to_do(string fixture, ExitCode code, string message)
    {
        var refused = Assert.Catch<PipelineException>(() => Route(fixture, Plain))!;

        Assert.That(refused.ExitCode, Is.EqualTo(code));
        Assert.That(refused.Message, Does.Contain(message));
        Assert.That(refused.Details.Select(d => d.Label), Does.Contain("next"));
    }

    [TestCase("EMERGENCY_DEPLOY", "perhaps", "neither true nor false")]
    [TestCase("ROLLBACK_VERSION", "--target=DeployProd", "can not be one")]
    [TestCase("ROLLBACK_VERSION", "v1\n--emergency", "can not be one")]
    [TestCase("DEPLOYMENT_ID", "$(id)", "can not be one")]
    public void A_hostile_input_is_refused(string variable, string value, string message)
    {
        using var runner = new Fixture("gitlab/web") { [variable] = value };

        Assert.That(() => CiRouter.Of(CiEvent.Current(name => runner[name]), Plain), Throws.TypeOf<UsageException>().With.Message.Contains(message));
    }

    [Test]
    public void A_hostile_reason_is_one_word_on_one_line()
    {
        using var runner = new Fixture("gitlab/web") { ["EMERGENCY_DEPLOY"] = "1", ["REASON"] = "x --cloud=local\r\n::error::boom \x1b[31m$(id)" };

        Assert.That(CiRouter.Of(CiEvent.Current(name => runner[name]), Plain).Options, Is.EqualTo(new[] { "--emergency", "--reason=x --cloud=local :\u200b:error:\u200b:boom $(id)" }));
    }

    [Test]
    public void A_hostile_branch_name_is_a_branch_like_any_other_and_obeyed_by_nobody()
    {
        using var runner = new Fixture("github/push-hostile");
        var @event = CiEvent.Current(name => runner[name]);

        Assert.That(Words(CiRouter.Of(@event, Plain)), Is.EqualTo("DeployDev"));
        Assert.That(CiRouter.Describe(@event with { Branch = "a\r\n::error::boom ##[add-mask]x\x1b[31m" }), Is.EqualTo("push to a :\u200b:error:\u200b:boom ##\u200b[add-mask]x"));
    }

    [TestCase("Default", false, false)]
    [TestCase("Test", false, false)]
    [TestCase("DeployDev", false, true)]
    [TestCase("DeployProd", false, true)]
    [TestCase("Rollback", false, true)]
    [TestCase("Approve", false, true)]
    [TestCase("Monitor", false, true)]
    [TestCase("Bootstrap", false, true)]
    [TestCase("AnythingNew", false, true)]
    [TestCase("DeployStaging", true, false)]
    public void In_a_forks_pull_request_a_target_that_is_named_by_hand_is_refused_unless_all_of_it_stays_on_the_runner(string target, bool local, bool refused)
    {
        foreach (var fixture in (string[])["github/pull-request-fork", "github/pull-request-no-payload", "github/pull-request-target", "gitlab/merge-request-fork", "azure/pull-request-fork", "jenkins/pull-request-fork", "teamcity/pull-request"])
        {
            using var runner = new Fixture(fixture);
            var @event = CiEvent.Current(name => runner[name]);
            if (refused)
            {
                Assert.That(() => CiRouter.Demand(@event, ["Lint", target], local), Throws.TypeOf<PipelineException>().With.Message.EqualTo($"REFUSED: {target} in a pull request from a fork."), fixture);
            }
            else
            {
                Assert.That(() => CiRouter.Demand(@event, ["Lint", target], local), Throws.Nothing, fixture);
            }
        }
    }

    [TestCase("github/pull-request")]
    [TestCase("github/push-branch")]
    [TestCase("azure/pull-request")]
    public void Elsewhere_any_target_may_be_named(string fixture)
    {
        using var runner = new Fixture(fixture);

        Assert.That(() => CiRouter.Demand(CiEvent.Current(name => runner[name]), ["DeployDev"], local: false), Throws.Nothing);
    }

    [Test]
    public void Skip_ci_counts_only_where_the_configuration_allows_it()
    {
        Assert.That(Words(Route("github/push-skip-ci", Plain)), Is.EqualTo("DeployStaging"));
        Assert.That(Route("github/push-skip-ci", Plain).Reason, Does.Contain("[skip ci] is not honoured: ci.skip.ci does not name staging"));
        Assert.That(Words(Route("github/push-skip-ci", Plain with { SkipCi = ["dev"] })), Is.EqualTo("DeployStaging"));
        Assert.That(Words(Route("github/push-skip-ci", Plain with { SkipCi = ["staging"] })), Is.EqualTo("nothing"));
    }

    [Test]
    public void Skip_tests_counts_only_where_the_configuration_allows_it()
    {
        Assert.That(Route("github/push-skip-tests", Plain), Has.Property("SkipsTests").False.And.Property("Reason").Contains("[skip tests] is not honoured"));
        Assert.That(Route("github/push-skip-tests", Plain with { SkipTests = ["staging"] }).SkipsTests, Is.False);
        var skipping = Route("github/push-skip-tests", Plain with { SkipTests = ["dev"] });
        Assert.That(Words(skipping), Is.EqualTo("DeployDev"));
        Assert.That(skipping, Has.Property("SkipsTests").True.And.Property("Reason").Contains("as ci.skip.tests allows for dev"));
    }

    [TestCase("github/manual")]
    [TestCase("github/manual-rollback")]
    [TestCase("github/schedule")]
    [TestCase("github/pull-request-fork")]
    public void No_marker_counts_on_the_way_to_production_or_for_a_fork(string fixture)
    {
        using var runner = new Fixture(fixture);
        var allowed = Plain with { SkipCi = ["dev", "staging"], SkipTests = ["dev", "staging"] };
        var marked = CiEvent.Current(name => runner[name]) with { Message = "fix [skip ci] [skip tests]" };

        var route = CiRouter.Of(marked, allowed);

        Assert.That((Words(route), route.SkipsTests), Is.EqualTo((Words(CiRouter.Of(marked with { Message = "fix" }, allowed)), false)));
    }

    [TestCase("github/push-main", "3f2c1ab7d0c64c5a9a9c6b2d5f4e8a1b7c0d9e2f", "feat(api): orders by day\n\nCloses #12")]
    [TestCase("github/pull-request", "77ab01c2d3e4f5061728394a5b6c7d8e9f001122", null)]
    [TestCase("gitlab/merged-results", "77ab01c2d3e4f5061728394a5b6c7d8e9f001122", null)]
    [TestCase("azure/pull-request", "77ab01c2d3e4f5061728394a5b6c7d8e9f001122", null)]
    [TestCase("azure/push-main", "3f2c1ab7d0c64c5a9a9c6b2d5f4e8a1b7c0d9e2f", "feat(api): orders by day")]
    public void The_head_commit_is_the_authors_never_that_of_a_trial_merge(string fixture, string commit, string? message)
    {
        using var runner = new Fixture(fixture);
        var @event = CiEvent.Current(name => runner[name]);

        Assert.That((@event.Commit, @event.Message), Is.EqualTo((commit, message)));
    }

    [TestCase("github/push-main", "push to main")]
    [TestCase("github/pull-request", "pull request 42 from feature/orders-by-day")]
    [TestCase("github/pull-request-fork", "pull request 42 from main of a fork")]
    [TestCase("github/pull-request-no-payload", "pull request from feature/orders-by-day")]
    [TestCase("github/manual", "started by hand")]
    [TestCase("teamcity/push-branch", "push to feature/orders-by-day")]
    [TestCase("jenkins/push-branch", "push to feature/orders-by-day")]
    public void An_event_is_told_in_a_few_words(string fixture, string text)
    {
        using var runner = new Fixture(fixture);

        Assert.That(CiRouter.Describe(CiEvent.Current(name => runner[name])), Is.EqualTo(text));
    }

    private static CiRoute Route(string fixture, CiSettings settings)
    {
        using var runner = new Fixture(fixture);
        return CiRouter.Of(CiEvent.Current(name => runner[name]), settings);
    }

    private static string Words(CiRoute route) => route.Target is null ? "nothing" : string.Join(' ', [route.Target, .. route.Options]);
}
