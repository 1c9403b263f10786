using System.Text.Json.Nodes;
using Pipeline.Approvals;
using Pipeline.LocalCloud.Iam;

namespace Pipeline.Tests.Approvals;

/// <summary>What the bucket's policy denies, by IAM's rules.</summary>
public sealed class VotePolicyTests
{
    private const string Alice = "arn:aws:iam::123456789012:user/alice";
    private const string AliceId = "AIDAALICEALICEALICE12";
    private const string Own = $"approvals/{Alice}/{AliceId}/prod-1.json";

    [TestCase("s3:PutObject", Own, true, true)]
    [TestCase("s3:PutObject", Own, false, false, Description = "without If-None-Match it could overwrite")]
    [TestCase("s3:PutObject", "approvals/arn:aws:iam::123456789012:user/bob/AIDABOBBOBBOBBOBBOB12/prod-1.json", true, false)]
    [TestCase("s3:PutObject", $"approvals/{Alice}/AIDAOTHEROTHEROTHER12/prod-1.json", true, false, Description = "a user of the same name before")]
    [TestCase("s3:PutObject", "approvals/prod-1.json", true, false)]
    [TestCase("s3:PutObject", "anything/else.json", true, false)]
    [TestCase("s3:DeleteObject", Own, true, false, Description = "nobody takes a vote back")]
    [TestCase("s3:DeleteObjectVersion", Own, true, false)]
    [TestCase("s3:GetObject", Own, true, true)]
    [TestCase("s3:PutObject", "environments/prod/state.json", false, true)]
    [TestCase("s3:DeleteObject", "environments/prod/state.json", false, true)]
    [TestCase("s3:PutObject", "templates/abc", false, true)]
    public void Only_the_voter_writes_once(string action, string key, bool ifNoneMatch, bool allowed) =>
        Assert.That(Denied(action, key, Alice, AliceId, ifNoneMatch), Is.Not.EqualTo(allowed));

    [TestCase("arn:aws:iam::123456789012:role/approver", "AROAROLEROLEROLEROLE1:alice", true)]
    [TestCase("arn:aws:iam::123456789012:role/approver", "AROAROLEROLEROLEROLE1:bob", false)]
    public void A_session_of_a_role_writes_only_its_own(string arn, string id, bool allowed) =>
        Assert.That(Denied("s3:PutObject", "approvals/arn:aws:iam::123456789012:role/approver/AROAROLEROLEROLEROLE1:alice/prod-1.json", arn, id, true), Is.Not.EqualTo(allowed));

    [Test]
    public void Whose_identity_has_no_id_writes_nothing() =>
        Assert.That(Denied("s3:PutObject", Own, Alice, null, true), Is.True);

    [Test]
    public void The_bootstrap_s_template_holds_the_same_statements()
    {
        var template = Pipeline.Bootstrap.BootstrapFiles.All(Pipeline.Configuration.ConfigurationLoader.Load(Configuration.Repository.Root, "prod"))["infra/bootstrap.yaml"];

        // Variables of the policy must not be taken for CloudFormation's.
        Assert.That(template, Does.Contain("${LedgerBucket.Arn}/approvals/${!aws:PrincipalArn}/${!aws:userid}/*"));
        Assert.That(VotePolicy.Statements(key => key).Select(s => (string?)s!["Sid"]), Is.All.Matches<string>(sid => template.Contains($"Sid: {sid}", StringComparison.Ordinal)));
    }

    private static bool Denied(string action, string key, string arn, string? id, bool ifNoneMatch)
    {
        var context = new Dictionary<string, IReadOnlyList<string>>(StringComparer.OrdinalIgnoreCase) { ["aws:PrincipalArn"] = [arn] };
        if (id is not null)
        {
            context["aws:userid"] = [id];
        }

        if (ifNoneMatch)
        {
            context["s3:if-none-match"] = ["*"];
        }

        var policy = new JsonObject { ["Statement"] = VotePolicy.Statements(k => $"arn:aws:s3:::ledger/{k}") };
        return PolicyEvaluation.Evaluate([new AttachedPolicy("p", policy)], new AccessQuestion(action, $"arn:aws:s3:::ledger/{key}", context)).Decision == AccessAnswer.Denied;
    }
}
