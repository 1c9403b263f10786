using Pipeline.Approvals;
using Pipeline.Aws;

namespace Pipeline.Tests.Approvals;

public sealed class PrincipalTests
{
    private const string Account = "123456789012";
    private const string Alice = "AIDAALICEALICEALICE12";
    private const string Bob = "AIDABOBBOBBOBBOBBOB12";

    [TestCase("arn:aws:iam::123456789012:user/alice", Alice)]
    [TestCase("arn:aws:iam::123456789012:user/team/on-call/alice", Alice)]
    [TestCase("arn:aws-cn:iam::123456789012:user/alice", Alice)]
    [TestCase("arn:aws:iam::123456789012:role/aws-reserved/sso.amazonaws.com/eu-central-1/AWSReservedSSO_Approver_0a1b", "AROAROLEROLEROLEROLE1:alice@example.com")]
    public void A_vote_s_key_tells_who_wrote_it(string arn, string id)
    {
        var principal = new Principal(arn, id);

        Assert.That(Principal.InKey(principal.Key("prod-20261123-100200-77ab01c")), Is.EqualTo((principal, "prod-20261123-100200-77ab01c")));
    }

    [TestCase($"approvals/arn:aws:iam::{Account}:user/bob/{Bob}/alice/{Alice}/prod-1.json", Description = "below his own prefix, with another's name behind it")]
    [TestCase($"approvals/arn:aws:iam::{Account}:user/bob/{Bob}/x/prod-1.json")]
    [TestCase($"approvals/arn:aws:iam::{Account}:user/bob/{Bob}/arn:aws:iam::{Account}:user/alice/{Alice}/prod-1.json")]
    [TestCase($"approvals/arn:aws:iam::{Account}:user/bob/{Bob}//prod-1.json")]
    [TestCase($"approvals/arn:aws:iam::{Account}:user/bob/AROAROLEROLEROLE1:s/alice/{Alice}/prod-1.json")]
    [TestCase($"approvals/arn:aws:iam::{Account}:user/{Alice}/prod-1.json", Description = "no user")]
    [TestCase($"approvals/arn:aws:iam::{Account}:user/alice/prod-1.json", Description = "no id")]
    [TestCase($"approvals/arn:aws:iam::{Account}:user/alice/{Alice}/prod-1.txt")]
    [TestCase($"approvals/arn:aws:sts::{Account}:federated-user/alice/{Account}:alice/prod-1.json")]
    [TestCase($"approvals/alice/{Alice}/prod-1.json")]
    [TestCase($"x/approvals/arn:aws:iam::{Account}:user/alice/{Alice}/prod-1.json")]
    public void Whatever_lies_elsewhere_is_nobody_s_vote(string key) => Assert.That(Principal.InKey(key), Is.Null);

    [TestCase("alice", "arn:aws:iam::123456789012:user/alice", Alice, true)]
    [TestCase("alice", "arn:aws:iam::123456789012:user/team/alice", Alice, true)]
    [TestCase("alice", "arn:aws:iam::999999999999:user/alice", Alice, false, Description = "another account's")]
    [TestCase("alice", "arn:aws:iam::123456789012:user/alice/bob", Bob, false)]
    [TestCase("alice", "arn:aws:iam::123456789012:user/Alice", Alice, false)]
    [TestCase("alice", "arn:aws:iam::123456789012:role/alice", "AROAROLEROLEROLEROLE1:alice", false)]
    [TestCase("arn:aws:iam::123456789012:user/team/alice", "arn:aws:iam::123456789012:user/team/alice", Alice, true)]
    [TestCase("arn:aws:iam::123456789012:user/alice", "arn:aws:iam::123456789012:user/team/alice", Alice, false)]
    [TestCase("arn:aws:sts::123456789012:assumed-role/approver/alice", "arn:aws:iam::123456789012:role/approver", "AROAROLEROLEROLEROLE1:alice", true)]
    [TestCase("arn:aws:sts::123456789012:assumed-role/approver/alice", "arn:aws:iam::123456789012:role/path/approver", "AROAROLEROLEROLEROLE1:alice", true)]
    [TestCase("arn:aws:sts::123456789012:assumed-role/approver/alice", "arn:aws:iam::123456789012:role/approver", "AROAROLEROLEROLEROLE1:bob", false)]
    [TestCase("arn:aws:sts::123456789012:assumed-role/approver/alice", "arn:aws:iam::123456789012:role/other", "AROAROLEROLEROLEROLE1:alice", false)]
    [TestCase("arn:aws:iam::123456789012:role/approver", "arn:aws:iam::123456789012:role/approver", "AROAROLEROLEROLEROLE1:alice", false, Description = "a role is not a person")]
    [TestCase("github:alice", "arn:aws:iam::123456789012:user/alice", Alice, false)]
    public void An_entry_means_exactly_one_person(string entry, string arn, string id, bool means) =>
        Assert.That(new Approver(entry, Account).Is(new Principal(arn, id)), Is.EqualTo(means));

    [Test]
    public void A_login_regards_no_case() => Assert.Multiple(() =>
    {
        Assert.That(new Approver("github:Alice", Account).IsLogin("aLICE"), Is.True);
        Assert.That(new Approver("github:alice", Account).IsLogin("bob"), Is.False);
        Assert.That(new Approver("github:", Account).IsLogin(""), Is.False);
        Assert.That(new Approver("alice", Account).IsLogin("alice"), Is.False);
    });

    [Test]
    public void A_session_s_own_credentials_are_its_entry() => Assert.Multiple(() =>
    {
        var approver = new Approver("arn:aws:sts::123456789012:assumed-role/approver/alice", Account);
        Assert.That(approver.Is(new CallerIdentity(Account, "arn:aws:sts::123456789012:assumed-role/approver/alice", "AROAX:alice")), Is.True);
        Assert.That(approver.Is(new CallerIdentity(Account, "arn:aws:sts::123456789012:assumed-role/approver/bob", "AROAX:bob")), Is.False);
    });
}
