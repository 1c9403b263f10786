using System.Net;
using System.Net.Sockets;
using Pipeline.Approvals;
using Pipeline.Configuration;

namespace Pipeline.Tests.Approvals;

/// <summary>What people decided on GitHub, counted with the ledger's votes.</summary>
public sealed class GitHubSourceTests
{
    private const string Run = """{"id":7,"triggering_actor":{"login":"otto"}}""";
    private ApprovalGround _ground = null!;
    private HttpListener _api = null!;
    private DeploymentRequest _request = null!;
    private (int Status, string Body) _reviews;

    [SetUp]
    public async Task Start()
    {
        _ground = await ApprovalGround.Start();
        _request = (await _ground.Ask()) with { GitHubRun = new GitHubRun("shop", "storefront", 7) { TriggeredBy = "otto" } };
        _api = new HttpListener();
        using (var probe = new TcpListener(IPAddress.Loopback, 0))
        {
            probe.Start();
            _api.Prefixes.Add($"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}/");
        }

        _api.Start();
        _ = Serve();
    }

    [TearDown]
    public async Task Stop()
    {
        _api.Close();
        await _ground.DisposeAsync();
    }

    [Test]
    public async Task An_approval_there_counts_from_when_it_was_first_seen()
    {
        _reviews = (200, Review("approved", "prod", "gina"));

        var first = await Count();
        _ground.Time.Advance(TimeSpan.FromMinutes(10));
        var later = await Count();

        Assert.That((first.Verdict, first.Approvals.Single().By), Is.EqualTo((ApprovalVerdict.Approved, "github:gina")));
        Assert.That(later.ApprovedAt, Is.EqualTo(first.ApprovedAt), "the timer does not begin again with every look");
    }

    [Test]
    public async Task It_counts_beside_votes_in_the_ledger()
    {
        _reviews = (200, Review("approved", "prod", "gina"));
        await _ground.BallotOf("alice", 2, "alice", "github:gina").Vote(_request, true, null, CancellationToken.None);

        Assert.That((await Count(required: 2)).Approvals.Select(v => v.Person), Is.EquivalentTo(new[] { "alice", "github:gina" }));
    }

    [Test]
    public async Task A_rejection_there_rejects()
    {
        _reviews = (200, Review("rejected", "prod", "gina"));

        Assert.That((await Count()).Verdict, Is.EqualTo(ApprovalVerdict.Rejected));
    }

    [TestCase(401)]
    [TestCase(403)]
    [TestCase(404)]
    [TestCase(429)]
    [TestCase(500)]
    public async Task What_can_not_be_asked_is_not_approved(int status)
    {
        _reviews = (status, "{}");

        var tally = await Count();

        Assert.That(tally.Verdict, Is.EqualTo(ApprovalVerdict.Waiting));
        Assert.That(tally.NotEvaluable, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task A_request_that_no_run_made_has_no_reviews()
    {
        _reviews = (200, Review("approved", "prod", "gina"));
        _request = _request with { GitHubRun = null };

        var tally = await Count();

        Assert.That((tally.Verdict, tally.NotEvaluable), Is.EqualTo((ApprovalVerdict.Waiting, Array.Empty<string>())));
    }

    private static string Review(string state, string environment, string login) => $$"""[{"state":"{{state}}","comment":"","environments":[{"name":"{{environment}}"}],"user":{"login":"{{login}}"} }]""";

    private Task<Tally> Count(int required = 1) => new Ballot(_ground.Developer, _ground.Ledger, new ApprovalSettings(required, ["alice", "github:gina"], TimeSpan.FromHours(4)), ApprovalGround.Environment, _ground.Time)
    {
        GitHub = new GitHubApprovals(new Uri(_api.Prefixes.Single()), "a-token"), // pipeline:allow-secret opens nothing
    }.Count(_request, _request.Plan, CancellationToken.None);

    private async Task Serve()
    {
        try
        {
            while (true)
            {
                var asked = await _api.GetContextAsync();
                var (status, body) = asked.Request.Url!.AbsolutePath switch
                {
                    "/repos/shop/storefront/actions/runs/7" => (200, Run),
                    "/repos/shop/storefront/actions/runs/7/approvals" => _reviews,
                    _ => (404, ""),
                };
                asked.Response.StatusCode = status;
                await using (asked.Response.OutputStream)
                {
                    await asked.Response.OutputStream.WriteAsync(System.Text.Encoding.UTF8.GetBytes(body));
                }
            }
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
        {
            // The test has ended.
        }
    }
}
