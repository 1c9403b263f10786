using Pipeline.Approvals;
using Pipeline.Tests.Aws;

namespace Pipeline.Tests.Approvals;

/// <summary>Recorded answers of GitHub's API, served on this machine.</summary>
public sealed class GitHubApprovalsTests
{
    private const string Token = "a-token"; // pipeline:allow-secret opens nothing

    /// <summary>As <c>GET /repos/{owner}/{repo}/actions/runs/{run_id}/approvals</c> answers, less what nobody reads.</summary>
    private const string Reviews = """
        [
          {
            "state": "approved", "comment": "Ship it!",
            "environments": [{ "id": 161088068, "node_id": "MDExOkVudmlyb25tZW50MTYxMDg4MDY4", "name": "prod", "url": "https://api.github.com/repos/shop/storefront/environments/prod", "html_url": "https://github.com/shop/storefront/deployments/activity_log?environments_filter=prod", "created_at": "2026-11-23T15:51:46Z", "updated_at": "2026-11-23T15:51:46Z" }],
            "user": { "login": "octocat", "id": 1, "type": "User", "site_admin": false }
          },
          { "state": "rejected", "comment": "", "environments": [{ "name": "staging" }, { "name": "prod" }], "user": { "login": "hubot", "id": 2, "type": "User" } }
        ]
        """;

    private const string Run = """{ "id": 30433642, "name": "Deploy", "run_attempt": 2, "status": "in_progress", "actor": { "login": "monalisa" }, "triggering_actor": { "login": "otto", "id": 3 } }""";

    private static readonly GitHubRun Asking = new("shop", "storefront", 30433642);

    [Test]
    public async Task Reviews_are_read_with_their_person_their_state_and_their_environments()
    {
        await using var api = await CannedEndpoint.Start(new CannedEndpoint.Answer(200, Reviews));

        var answer = await Api(api).Reviews(Asking, CancellationToken.None);

        Assert.That(answer.NotEvaluable, Is.Null);
        Assert.That(answer.Value!.Select(r => (r.Login, r.State, string.Join(',', r.Environments), r.Comment)), Is.EqualTo(new[] { ("octocat", "approved", "prod", "Ship it!"), ("hubot", "rejected", "staging,prod", "") }));
        Assert.That(api.Requests.Single().Authorization, Is.EqualTo($"Bearer {Token}"));
    }

    [Test]
    public async Task Of_a_run_that_was_run_again_the_one_who_did_so_has_triggered_it()
    {
        await using var api = await CannedEndpoint.Start(new CannedEndpoint.Answer(200, Run));

        Assert.That((await Api(api).TriggeredBy(Asking, CancellationToken.None)).Value, Is.EqualTo("otto"));
    }

    [TestCase(401, """{"message":"Bad credentials"}""", "token")]
    [TestCase(403, """{"message":"Resource not accessible by integration"}""", "actions: read")]
    [TestCase(404, """{"message":"Not Found"}""", "knows no such run")]
    [TestCase(429, """{"message":"API rate limit exceeded"}""", "too often")]
    [TestCase(500, "", "answered 500")]
    [TestCase(302, "", "answered 302")]
    [TestCase(200, "<html>", "can not be understood")]
    [TestCase(200, "{}", "can not be understood")]
    [TestCase(200, """[{"state":"approved","environments":[{"name":"prod"}]}]""", "can not be understood", Description = "by nobody")]
    [TestCase(200, """[{"state":"approved","environments":[{"name":"prod"}],"user":null}]""", "can not be understood")]
    [TestCase(200, """[{"state":true,"environments":[{"name":"prod"}],"user":{"login":"octocat"}}]""", "can not be understood")]
    [TestCase(200, """[{"state":"approved","environments":"prod","user":{"login":"octocat"}}]""", "can not be understood")]
    public async Task Whatever_is_not_clear_is_not_evaluable(int status, string body, string why)
    {
        await using var api = await CannedEndpoint.Start(new CannedEndpoint.Answer(status, body));

        var answer = await Api(api).Reviews(Asking, CancellationToken.None);

        Assert.That(answer.NotEvaluable, Does.Contain(why));
        Assert.That(answer.Value, Is.Null);
    }

    [TestCase("""{"id":1,"triggering_actor":{"login":"otto"}}""", Description = "another run")]
    [TestCase("""{"id":30433642}""")]
    public async Task A_run_that_is_not_ours_or_was_triggered_by_nobody_is_not_evaluable(string body)
    {
        await using var api = await CannedEndpoint.Start(new CannedEndpoint.Answer(200, body));

        Assert.That((await Api(api).TriggeredBy(Asking, CancellationToken.None)).NotEvaluable, Is.Not.Null);
    }

    [Test]
    public async Task No_answer_is_not_waited_for_for_ever()
    {
        await using var api = await CannedEndpoint.Start(new CannedEndpoint.Answer(0, ""));

        var answer = await new GitHubApprovals(new Uri(api.Url), Token) { Deadline = TimeSpan.FromMilliseconds(200) }.Reviews(Asking, CancellationToken.None);

        Assert.That(answer.NotEvaluable, Does.Contain("did not answer within"));
    }

    [Test]
    public async Task Nobody_listening_is_not_evaluable() =>
        Assert.That((await new GitHubApprovals(new Uri("http://127.0.0.1:1"), Token).Reviews(Asking, CancellationToken.None)).NotEvaluable, Does.Contain("does not answer"));

    [TestCase("https://api.github.com", true)]
    [TestCase("https://github.example.com/api/v3", true)]
    [TestCase("http://127.0.0.1:4567", true)]
    [TestCase("http://github.example.com/api/v3", false, Description = "the token would be readable on the way")]
    [TestCase("nonsense", false)]
    [TestCase(null, true)]
    public void The_token_is_sent_only_where_nobody_can_read_it(string? url, bool asked)
    {
        var variables = new Dictionary<string, string?> { ["GITHUB_TOKEN"] = Token, ["GITHUB_API_URL"] = url };

        Assert.That(GitHubApprovals.Current(variables.GetValueOrDefault), asked ? Is.Not.Null : Is.Null);
    }

    [TestCase("true", "shop/storefront", "30433642", true)]
    [TestCase(null, "shop/storefront", "30433642", false)]
    [TestCase("true", "storefront", "30433642", false)]
    [TestCase("true", "shop/storefront", "x", false)]
    public void The_run_is_known_from_the_surroundings(string? actions, string repository, string run, bool known)
    {
        var variables = new Dictionary<string, string?> { ["GITHUB_ACTIONS"] = actions, ["GITHUB_REPOSITORY"] = repository, ["GITHUB_RUN_ID"] = run };

        Assert.That(GitHubRun.Current(variables.GetValueOrDefault), known ? Is.EqualTo(Asking) : Is.Null);
    }

    private static GitHubApprovals Api(CannedEndpoint api) => new(new Uri(api.Url), Token);
}
