using Pipeline.Approvals;
using Pipeline.Aws;

namespace Pipeline.Tests.Approvals;

/// <summary>Which votes count, and what they come to.</summary>
public sealed class BallotBoxTests
{
    private const string Account = "123456789012";
    private const string Plan = "6e1f";
    private static readonly DateTimeOffset Asked = new(2026, 11, 23, 10, 2, 0, TimeSpan.Zero);
    private static readonly CallerIdentity Dora = new(Account, $"arn:aws:iam::{Account}:user/dora", "AIDADORADORADORADORA1");

    private readonly DeploymentRequest _request = new("prod-1", "prod", Plan, Dora, Asked, Asked.AddHours(4)) { Required = 1 };

    [Test]
    public void One_yes_of_an_approver_is_enough_where_one_is_asked_for()
    {
        var tally = Count(box => box.Take(User("alice"), Yes(5)));

        Assert.Multiple(() =>
        {
            Assert.That(tally.Verdict, Is.EqualTo(ApprovalVerdict.Approved));
            Assert.That(tally.ApprovedAt, Is.EqualTo(Asked.AddMinutes(5)));
            Assert.That(tally.Missing, Is.Zero);
        });
    }

    [Test]
    public void Of_two_the_last_needed_one_is_the_time_of_approval()
    {
        var tally = Count(box =>
        {
            box.Take(User("bob"), Yes(9));
            box.Take(User("alice"), Yes(5));
            box.Take(User("carl"), Yes(20));
        }, required: 2);

        Assert.That(tally.ApprovedAt, Is.EqualTo(Asked.AddMinutes(9)));
        Assert.That(tally.Approvals.Select(v => v.Person), Is.EqualTo(new[] { "alice", "bob", "carl" }));
    }

    [Test]
    public void One_of_two_is_missing()
    {
        var tally = Count(box => box.Take(User("alice"), Yes(5)), required: 2);

        Assert.That((tally.Verdict, tally.Missing, tally.ApprovedAt), Is.EqualTo((ApprovalVerdict.Waiting, 1, (DateTimeOffset?)null)));
        Assert.That(tally.Awaited, Is.EqualTo(new[] { "bob", "carl", "github:gina" }));
    }

    [Test]
    public void The_configuration_may_have_become_stricter_meanwhile() =>
        Assert.That(Count(box => box.Take(User("alice"), Yes(5)), required: 2).Verdict, Is.EqualTo(ApprovalVerdict.Waiting));

    [TestCase("dora", "requester")]
    [TestCase("mallory", "not among the approvers now")]
    public void Votes_of_others_do_not_count(string who, string why) => Ignored(box => box.Take(User(who), Yes(5)), why);

    [Test]
    public void A_vote_on_another_deployment_does_not_count() => Ignored(box => box.Take(User("alice"), Yes(5) with { Deployment = "prod-0" }), "another deployment (prod-0)");

    [Test]
    public void A_vote_on_another_plan_does_not_count() => Ignored(box => box.Take(User("alice"), Yes(5) with { Plan = "77ab" }), "another plan (77ab)");

    [Test]
    public void A_vote_on_another_environment_does_not_count() => Ignored(box => box.Take(User("alice"), Yes(5) with { Environment = "staging" }), "another environment (staging)");

    [Test]
    public void A_vote_that_came_too_late_does_not_count() => Ignored(box => box.Take(User("alice"), Yes(240)), "after the request had expired");

    [Test]
    public void A_person_under_two_principals_counts_once()
    {
        var tally = Count(box =>
        {
            box.Take(User("alice"), Yes(5));
            box.Take(new Principal($"arn:aws:iam::{Account}:user/team/alice", "AIDAALICEALICEALICE99"), Yes(6));
        }, required: 2);

        Assert.That(tally.Missing, Is.EqualTo(1));
        Assert.That(tally.Ignored.Single().Why, Does.StartWith("duplicate: alice"));
    }

    [Test]
    public void The_requester_s_other_principal_is_the_requester()
    {
        var request = _request with { Requester = new CallerIdentity(Account, $"arn:aws:iam::{Account}:user/alice", "AIDAALICEALICEALICE99") };

        var tally = Count(box => box.Take(new Principal($"arn:aws:iam::{Account}:user/team/alice", "AIDAALICEALICEALICE11"), Yes(5)), request: request);

        Assert.That(tally.Ignored.Single().Why, Does.Contain("requester"));
    }

    [Test]
    public void One_no_is_stronger_than_any_yes_and_than_time()
    {
        var tally = Count(box =>
        {
            box.Take(User("alice"), Yes(5));
            box.Take(User("bob"), Yes(6) with { Approve = false, Reason = "not today" });
        }, now: Asked.AddHours(9), planNow: "other");

        Assert.That(tally.Verdict, Is.EqualTo(ApprovalVerdict.Rejected));
        Assert.That(tally.Why, Does.Contain("bob").And.Contain("not today"));
    }

    [Test]
    public void Another_plan_voids_the_approval()
    {
        var tally = Count(box => box.Take(User("alice"), Yes(5)), planNow: "77ab");

        Assert.That(tally.Verdict, Is.EqualTo(ApprovalVerdict.Void));
        Assert.That(tally.Why, Does.Contain(Plan).And.Contain("77ab"));
    }

    [TestCase(239, ApprovalVerdict.Approved)]
    [TestCase(240, ApprovalVerdict.Expired)]
    public void An_approved_request_too_stands_only_until_it_expires(int minutes, ApprovalVerdict verdict) =>
        Assert.That(Count(box => box.Take(User("alice"), Yes(5)), now: Asked.AddMinutes(minutes)).Verdict, Is.EqualTo(verdict));

    [TestCase(RequestEnd.Rejected, ApprovalVerdict.Rejected)]
    [TestCase(RequestEnd.Expired, ApprovalVerdict.Expired)]
    [TestCase(RequestEnd.Superseded, ApprovalVerdict.Void)]
    [TestCase(RequestEnd.Void, ApprovalVerdict.Void)]
    [TestCase(RequestEnd.Deployed, ApprovalVerdict.Void)]
    public void A_closed_request_is_not_approved_any_more(RequestEnd end, ApprovalVerdict verdict) =>
        Assert.That(Count(box => box.Take(User("alice"), Yes(5)), closed: end).Verdict, Is.EqualTo(verdict));

    [Test]
    public void Where_nobody_is_asked_it_is_approved_from_the_beginning() =>
        Assert.That(Count(_ => { }, required: 0).ApprovedAt, Is.EqualTo(Asked));

    [TestCase("approved", "prod", "gina", "otto", ApprovalVerdict.Approved, null)]
    [TestCase("rejected", "prod", "gina", "otto", ApprovalVerdict.Rejected, null)]
    [TestCase("pending", "prod", "gina", "otto", ApprovalVerdict.Waiting, "pending")]
    [TestCase("approved", "staging", "gina", "otto", ApprovalVerdict.Waiting, "about staging")]
    [TestCase("approved", "prod", "gina", "Gina", ApprovalVerdict.Waiting, "requester")]
    [TestCase("approved", "prod", "mallory", "otto", ApprovalVerdict.Waiting, "not among the approvers")]
    public void GitHub_s_reviews_count_by_the_same_rules(string state, string environment, string login, string triggeredBy, ApprovalVerdict verdict, string? ignored)
    {
        var tally = Count(box => box.Take(new GitHubReview(login, state, [environment], null), triggeredBy, Asked.AddMinutes(3)));

        Assert.That(tally.Verdict, Is.EqualTo(verdict));
        Assert.That(tally.Ignored.Select(i => i.Why), ignored is null ? Is.Empty : Has.One.Contains(ignored));
    }

    [Test]
    public void Who_triggered_the_run_when_it_asked_stays_the_requester()
    {
        var request = _request with { GitHubRun = new GitHubRun("o", "r", 1) { TriggeredBy = "gina" } };

        Assert.That(Count(box => box.Take(new GitHubReview("gina", "approved", ["prod"], null), "otto", Asked), request: request).Verdict, Is.EqualTo(ApprovalVerdict.Waiting));
    }

    [Test]
    public void A_reason_can_not_play_with_the_terminal_or_the_CI_system()
    {
        var tally = Count(box => box.Take(User("alice"), Yes(5) with { Reason = "fine\r\nApproval approved by bob\u001b[2K ::set-output name=x::" + new string('y', 900) }));

        Assert.That(tally.Approvals.Single().Reason, Does.StartWith("fine Approval approved by bob ").And.Length.EqualTo(501).And.Not.Contain("::set-output").And.Not.Contain("\u001b"));
    }

    private void Ignored(Action<BallotBox> votes, string why)
    {
        var tally = Count(votes);

        Assert.That(tally.Verdict, Is.EqualTo(ApprovalVerdict.Waiting));
        Assert.That(tally.Ignored.Single().Why, Does.Contain(why));
    }

    private Tally Count(Action<BallotBox> votes, int required = 1, string planNow = Plan, DateTimeOffset? now = null, RequestEnd? closed = null, DeploymentRequest? request = null)
    {
        var box = new BallotBox([.. new[] { "alice", "bob", "carl", "github:gina" }.Select(e => new Approver(e, Account))], request ?? _request, "prod");
        votes(box);
        return box.Tally(planNow, required, closed, now ?? Asked.AddMinutes(30));
    }

    private static Principal User(string name) => new($"arn:aws:iam::{Account}:user/{name}", $"AIDA{name.ToUpperInvariant()}12345678");

    private static Vote Yes(int minutes) => new("prod-1", "prod", Plan, true, null, Asked.AddMinutes(minutes));
}
