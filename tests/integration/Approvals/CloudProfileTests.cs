using System.Runtime.Versioning;
using Pipeline.Aws;
using Pipeline.Outcomes;
using Pipeline.Processes;

namespace Pipeline.Tests.Approvals;

public sealed class CloudProfileTests
{
    private ApprovalGround _ground = null!;

    [OneTimeSetUp]
    public async Task Start() => _ground = await ApprovalGround.Start();

    [OneTimeTearDown]
    public async Task Stop() => await _ground.DisposeAsync();

    [Test]
    public async Task Everybody_has_a_key_of_his_own()
    {
        var arns = await Task.WhenAll(new[] { "developer", "alice", "bob" }.Select(async name => (await _ground.As(name).Identity.Caller(CancellationToken.None)).Arn));

        Assert.That(arns, Is.EqualTo(new[] { "developer", "alice", "bob" }.Select(name => $"arn:aws:iam::123456789012:user/{name}")));
    }

    [Test]
    public async Task Again_nobody_gets_another_key()
    {
        var before = await File.ReadAllTextAsync(_ground.Profiles.File);

        Assert.That(await _ground.Profiles.Ensure(_ground.Connection, ["bob", "alice"], CancellationToken.None), Is.Empty);
        Assert.That(await File.ReadAllTextAsync(_ground.Profiles.File), Is.EqualTo(before));
    }

    [Test]
    public async Task Several_at_once_make_one_key_a_person()
    {
        var made = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => _ground.Profiles.Ensure(_ground.Connection, ["erin"], CancellationToken.None)));

        Assert.That(made.Sum(m => m.Count), Is.EqualTo(1));
        Assert.That((await _ground.As("erin").Identity.Caller(CancellationToken.None)).Arn, Does.EndWith("user/erin"));
    }

    [Test]
    public async Task A_lost_file_is_made_again_and_the_old_keys_end()
    {
        var other = new CloudProfiles(Directory.CreateTempSubdirectory("lost-").FullName);
        await other.Ensure(_ground.Connection, ["frank"], CancellationToken.None);
        var old = other.Demand("frank");
        File.Delete(other.File);

        await other.Ensure(_ground.Connection, ["frank"], CancellationToken.None);

        Assert.That(other.Demand("frank"), Is.Not.EqualTo(old));
        Assert.That(() => new AwsAccount(AwsConnection.ToEmbeddedCloud(_ground.Cloud.Cloud.Options.Port, "eu-central-1", "123456789012", old)).Identity.Caller(CancellationToken.None), Throws.TypeOf<AwsRefusedException>());
        Directory.Delete(Path.GetDirectoryName(other.File)!, recursive: true);
    }

    [Test]
    [Platform(Exclude = "Win")]
    [UnsupportedOSPlatform("windows")]
    public void Only_the_owner_reads_the_file() => Assert.That(File.GetUnixFileMode(_ground.Profiles.File), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite));

    [Test]
    public void A_profile_that_nobody_has_is_refused_with_the_known_ones()
    {
        var refusal = Assert.Throws<UsageException>(() => _ground.Profiles.Demand("alcie"))!;

        Assert.That(refusal.Message, Does.Contain("'alcie'"));
        Assert.That(refusal.Details.Single(d => d.Label == "known").Text, Does.Contain("alice").And.Contain("bob").And.Contain("developer"));
        Assert.That(string.Join('\n', refusal.Details.Select(d => d.Text)), Does.Not.Contain(_ground.Profiles.Demand("alice").Secret));
    }

    [Test]
    public async Task The_aws_command_line_reads_the_same_file()
    {
        var result = await ChildProcess.Run(
            new Command(Requires.Program("aws", "aws"), ["--endpoint-url", _ground.Cloud.Endpoint, "--region", "eu-central-1", "--query", "Arn", "--output", "text", "sts", "get-caller-identity"], _ground.Folder)
            {
                Environment = new Dictionary<string, string?> { ["AWS_SHARED_CREDENTIALS_FILE"] = _ground.Profiles.File, ["AWS_PROFILE"] = "alice", ["AWS_ACCESS_KEY_ID"] = null, ["AWS_SECRET_ACCESS_KEY"] = null, ["AWS_EC2_METADATA_DISABLED"] = "true" },
                Timeout = TimeSpan.FromMinutes(2),
            },
            CancellationToken.None);

        Assert.That(result.Output.Trim(), Is.EqualTo("arn:aws:iam::123456789012:user/alice"), result.Error);
    }
}
