using System.Runtime.Versioning;
using Pipeline.LocalCloud.Identity;

namespace Pipeline.Tests.LocalCloud;

public sealed class SessionTokenTests
{
    private const string Role = "arn:aws:iam::123456789012:role/deploy";
    private readonly ManualTime _time = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
    private string _folder = "";

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("identities-").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void A_tasks_credentials_still_open_after_a_restart()
    {
        var issued = new Identities(_folder, _time).IssueForTask(Role, "7f3a");

        var found = new Identities(_folder, _time).Find(issued.AccessKeyId, issued.SessionToken);

        Assert.That(found.Secret, Is.EqualTo(issued.SecretAccessKey));
        Assert.That(found.Caller.Arn, Is.EqualTo("arn:aws:sts::123456789012:assumed-role/deploy/7f3a"));
    }

    [Test]
    public void An_assumed_role_ends_with_its_lifetime()
    {
        var identities = new Identities(_folder, _time);
        var issued = identities.Assume(Role, "session", TimeSpan.FromHours(1));
        _time.Advance(TimeSpan.FromHours(1));

        Assert.That(() => identities.Find(issued.AccessKeyId, issued.SessionToken), Throws.TypeOf<SignatureFailure>().With.Property("Fault").EqualTo(SignatureFault.ExpiredToken));
    }

    [Test]
    public void A_token_of_another_key_or_with_another_seal_opens_nothing()
    {
        var identities = new Identities(_folder, _time);
        var one = identities.IssueForTask(Role, "one");
        var two = identities.IssueForTask(Role, "two");

        Assert.That(() => identities.Find(one.AccessKeyId, two.SessionToken), Throws.TypeOf<SignatureFailure>());
        Assert.That(() => identities.Find(one.AccessKeyId, one.SessionToken.Split('.')[0] + "." + two.SessionToken.Split('.')[1]), Throws.TypeOf<SignatureFailure>());
        Assert.That(() => identities.Find(one.AccessKeyId, null), Throws.TypeOf<SignatureFailure>());
    }

    [Test]
    public void A_user_is_made_once_and_keeps_the_secret()
    {
        var alice = new Identities(_folder, _time).GetOrAdd("alice");

        Assert.That(new Identities(_folder, _time).GetOrAdd("alice").Keys, Is.EqualTo(alice.Keys).And.Count.EqualTo(1));
        Assert.That(alice.Caller.Arn, Is.EqualTo("arn:aws:iam::123456789012:user/alice"));
    }

    [Test]
    [Platform(Exclude = "Win")]
    [UnsupportedOSPlatform("windows")]
    public void Nobody_else_may_read_the_secrets()
    {
        _ = new Identities(_folder, _time).GetOrAdd("alice");

        Assert.That(File.GetUnixFileMode(Path.Combine(_folder, "identities.json")), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite));
    }
}
