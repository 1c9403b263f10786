using Pipeline.Approvals;
using Pipeline.Outcomes;

namespace Pipeline.Tests.Approvals;

/// <summary>People with their own keys decide on the embedded cloud.</summary>
public sealed class VotingTests
{
    private ApprovalGround _ground = null!;

    [SetUp]
    public async Task Start() => _ground = await ApprovalGround.Start();

    [TearDown]
    public async Task Stop() => await _ground.DisposeAsync();

    [Test]
    public async Task An_approver_s_yes_counts_under_the_name_that_his_key_has()
    {
        var request = await _ground.Ask();

        var tally = await _ground.BallotOf("alice").Vote(request, approve: true, "looks good", CancellationToken.None);

        Assert.That((tally.Verdict, tally.Missing), Is.EqualTo((ApprovalVerdict.Approved, 0)));
        Assert.That(tally.Approvals.Select(v => (v.Person, v.By, v.Reason)), Is.EqualTo(new[] { ("alice", "arn:aws:iam::123456789012:user/alice", "looks good") }));
        Assert.That((await _ground.Log.Read(CancellationToken.None)).Select(e => (e.Event.Action, e.Event.Outcome, e.Event.By, e.Event.Deployment)),
            Is.EqualTo(new[] { ("approve", "done", "arn:aws:iam::123456789012:user/alice", request.Id) }));
    }

    [Test]
    public async Task Two_people_are_two_votes()
    {
        var request = await _ground.Ask();

        var first = await _ground.BallotOf("alice", required: 2).Vote(request, true, null, CancellationToken.None);
        var second = await _ground.BallotOf("bob", required: 2).Vote(request, true, null, CancellationToken.None);

        Assert.That((first.Verdict, first.Missing, second.Verdict), Is.EqualTo((ApprovalVerdict.Waiting, 1, ApprovalVerdict.Approved)));
        Assert.That(second.ApprovedAt, Is.EqualTo(second.Approvals[1].At));
    }

    [Test]
    public async Task A_no_closes_the_request_and_beats_the_yes()
    {
        var request = await _ground.Ask();
        await _ground.BallotOf("alice").Vote(request, true, null, CancellationToken.None);

        var tally = await _ground.BallotOf("bob").Vote(request, approve: false, "not on a Friday", CancellationToken.None);

        Assert.That(tally.Verdict, Is.EqualTo(ApprovalVerdict.Rejected));
        Assert.That((await _ground.Book.Find(request.Id, CancellationToken.None))!.Closed, Is.EqualTo(RequestEnd.Rejected));
        Assert.That(await _ground.Book.Waiting(CancellationToken.None), Is.Empty);
        await Refused("alice", request, "closed (rejected)");
    }

    [Test]
    public async Task The_requester_may_not_though_an_approver() =>
        await Refused("dora", await _ground.Ask(), "another person must decide", "dora", "alice");

    [Test]
    public async Task Who_is_not_among_the_approvers_may_not() => await Refused("bob", await _ground.Ask(), "not among the approvers (alice)", "alice");

    [Test]
    public async Task A_person_has_one_vote()
    {
        var request = await _ground.Ask();
        await _ground.BallotOf("alice", required: 2).Vote(request, true, null, CancellationToken.None);

        await Refused("alice", request, "already approved");

        Assert.That((await _ground.Count(request, required: 2)).Approvals, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task After_it_expired_nobody_may()
    {
        var request = await _ground.Ask();
        _ground.Time.Advance(TimeSpan.FromHours(4));

        await Refused("alice", request, "expired");

        Assert.That((await _ground.Count(request)).Verdict, Is.EqualTo(ApprovalVerdict.Expired));
    }

    [Test]
    public async Task Who_saw_another_plan_may_not() => await Refused("alice", await _ground.Ask() with { Plan = "another" }, "its plan is 6e1f00aa");

    [Test]
    public async Task What_nobody_asked_for_can_not_be_approved()
    {
        var request = await _ground.Ask();

        await Refused("alice", request with { Id = "prod-20261123-999999-0000000" }, "no such request");
    }

    [Test]
    public async Task Who_was_removed_from_the_approvers_meanwhile_does_not_count_and_is_shown()
    {
        var request = await _ground.Ask();
        await _ground.BallotOf("alice").Vote(request, true, null, CancellationToken.None);

        var tally = await _ground.Count(request, 1, null, "bob");

        Assert.That(tally.Verdict, Is.EqualTo(ApprovalVerdict.Waiting));
        Assert.That(tally.Ignored.Single(), Is.EqualTo(new IgnoredVote("arn:aws:iam::123456789012:user/alice", "not among the approvers now")));
    }

    [Test]
    public async Task Another_plan_voids_what_was_approved()
    {
        var request = await _ground.Ask();
        await _ground.BallotOf("alice").Vote(request, true, null, CancellationToken.None);

        Assert.That((await _ground.Count(request, plan: "77ab")).Verdict, Is.EqualTo(ApprovalVerdict.Void));
    }

    [Test]
    public async Task A_role_s_session_votes_under_its_session()
    {
        var session = _ground.Cloud.Cloud.Identities.Assume("arn:aws:iam::123456789012:role/approver", "carol", TimeSpan.FromHours(1));
        using var s3 = new Amazon.S3.AmazonS3Client(new Amazon.Runtime.SessionAWSCredentials(session.AccessKeyId, session.SecretAccessKey, session.SessionToken),
            new Amazon.S3.AmazonS3Config { ServiceURL = _ground.Cloud.Endpoint, AuthenticationRegion = "eu-central-1", ForcePathStyle = true });
        var request = await _ground.Ask();
        var carol = new Principal("arn:aws:iam::123456789012:role/approver", session.Caller.UserId);
        var vote = new Vote(request.Id, request.Environment, request.Plan, true, null, _ground.Time.GetUtcNow());
        await s3.PutObjectAsync(new Amazon.S3.Model.PutObjectRequest { BucketName = ApprovalGround.Bucket, Key = carol.Key(request.Id), IfNoneMatch = "*", ContentBody = System.Text.Json.JsonSerializer.Serialize(vote, Pipeline.Aws.ObjectStore.Json) });

        Assert.That((await _ground.Count(request, 1, null, "arn:aws:sts::123456789012:assumed-role/approver/carol")).Verdict, Is.EqualTo(ApprovalVerdict.Approved));
        Assert.That((await _ground.Count(request, 1, null, "arn:aws:sts::123456789012:assumed-role/approver/mallory")).Verdict, Is.EqualTo(ApprovalVerdict.Waiting));
    }

    [TestCase(1, new[] { "alice", "dora" }, null)]
    [TestCase(2, new[] { "alice", "dora" }, "prod needs 2 people beside the requester, but gates.approval.approvers names only alice")]
    [TestCase(1, new[] { "dora" }, "prod needs 1 person beside the requester, but gates.approval.approvers names nobody else")]
    [TestCase(1, new[] { "dora", "github:dora-dev" }, "prod needs 1 person beside the requester, but gates.approval.approvers names nobody else")]
    public async Task What_can_never_be_approved_is_known_beforehand(int required, string[] approvers, string? sentence) =>
        Assert.That(_ground.BallotOf("dora", required, approvers).Possible(await _ground.As("dora").Identity.Caller(CancellationToken.None), "dora-dev"), Is.EqualTo(sentence));

    [Test]
    public async Task Only_one_of_several_requests_must_be_named()
    {
        var first = await _ground.Ask("prod-20261123-100200-1111111");
        Assert.That((await Chosen(null)).Id, Is.EqualTo(first.Id));
        var second = await _ground.Ask("prod-20261123-100300-2222222", "other");

        var unclear = Assert.ThrowsAsync<PipelineException>(() => Chosen(null))!;
        var unknown = Assert.ThrowsAsync<PipelineException>(() => Chosen("prod-nothing"))!;

        Assert.That((await Chosen(first.Id)).Id, Is.EqualTo(first.Id));
        Assert.That(unclear.ExitCode, Is.EqualTo(ExitCode.Refused));
        Assert.That(unclear.Details.Where(d => d.Label == "waiting").Select(d => d.Text.Split(' ')[0]), Is.EqualTo(new[] { second.Id, first.Id }));
        Assert.That(unknown.Message, Does.Contain("'prod-nothing'"));

        Task<DeploymentRequest> Chosen(string? id) => RequestChoice.Of(_ground.Book, id, "prod", "Approve", CancellationToken.None);
    }

    [Test]
    public async Task How_a_request_ended_first_stays()
    {
        var request = await _ground.Ask();

        await _ground.Book.Close(request.Id, RequestEnd.Deployed, CancellationToken.None);
        var again = await _ground.Book.Close(request.Id, RequestEnd.Expired, CancellationToken.None);

        Assert.That(again!.Closed, Is.EqualTo(RequestEnd.Deployed));
        Assert.That(await _ground.Book.Open(request, CancellationToken.None), Has.Property("Closed").EqualTo(RequestEnd.Deployed), "the same request is not opened again");
        Assert.That(() => _ground.Book.Open(request with { Plan = "other" }, CancellationToken.None), Throws.TypeOf<PipelineException>());
    }

    private async Task Refused(string person, DeploymentRequest request, string why, params IReadOnlyList<string> approvers)
    {
        var refusal = Assert.ThrowsAsync<PipelineException>(() => _ground.BallotOf(person, 1, approvers).Vote(request, true, null, CancellationToken.None))!;

        Assert.Multiple(() =>
        {
            Assert.That(refusal.ExitCode, Is.EqualTo(ExitCode.Refused));
            Assert.That(refusal.Details.Single(d => d.Label == "why").Text, Does.Contain(why));
            Assert.That(refusal.Details.Select(d => d.Label), Is.EqualTo(new[] { "why", "prod", "next" }));
        });
        var last = (await _ground.Log.Read(CancellationToken.None))[^1].Event;
        Assert.That((last.Action, last.Outcome, last.By), Is.EqualTo(("approve", "refused", $"arn:aws:iam::123456789012:user/{person}")), "the attempt is written down");
        Assert.That(last.Text, Does.Contain(why));
    }
}
