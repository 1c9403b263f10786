using Pipeline.Cake.Docker;
using Pipeline.Images.Docker;

namespace Pipeline.Tests.Cake;

/// <summary>What Docker's client is called with, as Cake.Docker writes it.</summary>
public sealed class DockerCommandLines
{
    [Test]
    public void A_plain_build_names_its_file_tag_and_context() =>
        Assert.That(
            CakeDocker.Words(new DockerCall.Build("/work/context", "/work/context/Dockerfile", "127.0.0.1:4510/shop/worker:in-1")),
            Is.EqualTo(new[] { "image", "build", "--file", "/work/context/Dockerfile", "--tag", "127.0.0.1:4510/shop/worker:in-1", "/work/context" }));

    [Test]
    public void Everything_that_can_be_said_is_said_and_of_a_secret_only_where_it_is()
    {
        var words = CakeDocker.Words(new DockerCall.Build("/c", "/c/Dockerfile", "r/w:t")
        {
            Target = "runtime",
            Platform = "linux/amd64",
            Arguments = new Dictionary<string, string> { ["B"] = "2", ["A"] = "1" },
            Labels = new Dictionary<string, string> { ["org.opencontainers.image.version"] = "3f2c1ab" },
            Secrets = new Dictionary<string, string> { ["pip"] = "PIP_TOKEN" },
        });

        Assert.That(words, Is.EqualTo(new[]
        {
            "image", "build", "--build-arg", "A=1", "--build-arg", "B=2", "--file", "/c/Dockerfile", "--label", "org.opencontainers.image.version=3f2c1ab",
            "--platform", "linux/amd64", "--tag", "r/w:t", "--target", "runtime", "/c", "--secret", "id=pip,env=PIP_TOKEN",
        }));
    }

    [TestCase("two words")]
    [TestCase("say \"hello\"")]
    [TestCase("C:\\folder\\")]
    [TestCase("a \\\" b \\\\")]
    [TestCase("--no-cache")]
    [TestCase("")]
    [TestCase("$(id) `id` 'x' ; & | \n new line")]
    public void A_value_arrives_as_it_is(string value)
    {
        var words = CakeDocker.Words(new DockerCall.Build("/c", "/c/Dockerfile", "r/w:t") { Arguments = new Dictionary<string, string> { ["X"] = value } });

        Assert.That(words, Has.Count.EqualTo(9));
        Assert.That(words[3], Is.EqualTo($"X={value}"));
    }

    [Test]
    public void A_folder_with_blanks_stays_one_word() =>
        Assert.That(CakeDocker.Words(new DockerCall.Build("/my work/context", "/my work/Dockerfile", "r/w:t")), Does.Contain("/my work/context").And.Contain("/my work/Dockerfile"));

    [Test]
    public void A_password_is_read_from_standard_input() =>
        Assert.That(CakeDocker.Words(new DockerCall.Login("127.0.0.1:4510", "AWS")), Is.EqualTo(new[] { "login", "--password-stdin", "--username", "AWS", "127.0.0.1:4510" }));

    [Test]
    public void A_push_names_the_image() =>
        Assert.That(CakeDocker.Words(new DockerCall.Push("127.0.0.1:4510/shop/worker:in-1")), Is.EqualTo(new[] { "push", "127.0.0.1:4510/shop/worker:in-1" }));
}
