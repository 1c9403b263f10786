using Pipeline.Images;
using Pipeline.Images.Docker;

namespace Pipeline.Tests.Images;

public sealed class DockerEngineTests
{
    [TestCase("20.10.24+dfsg1", "1.41", false, true)]
    [TestCase("18.09.1", "1.39", false, true)]
    [TestCase("18.06.3", "1.39", false, false)]
    [TestCase("20.10.24", "1.38", false, false)]
    [TestCase("28.2.2", "1.41", false, false)]
    [TestCase("28.2.2", "1.41", true, true)]
    [TestCase("23.0.0", "1.42", true, true)]
    [TestCase("", "", false, false)]
    [TestCase("unknown", "x.y", false, false)]
    public void BuildKit_is_what_client_and_engine_really_have(string client, string api, bool buildx, bool expected) =>
        Assert.That(DockerEngine.HasBuildKit(client, api, buildx), Is.EqualTo(expected));

    [Test]
    public async Task Without_a_client_the_way_out_is_to_install_one()
    {
        var search = await DockerEngine.Find(null, new Dictionary<string, string?>(), CancellationToken.None);

        Assert.That((search.Engine, search.Problem), Is.EqualTo(((DockerEngine?)null, "there is no 'docker' on PATH")));
        Assert.That(search.Fix, Does.Contain("install"));
    }

    [TestCase("Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?", "no Docker engine answers", "start")]
    [TestCase("permission denied while trying to connect to the Docker daemon socket", "may not use", "usermod -aG docker")]
    [Platform(Exclude = "Win")]
    public async Task An_engine_that_does_not_answer_is_told_from_one_that_is_forbidden(string said, string problem, string fix)
    {
        using var client = new Client($"echo '{{\"Client\":{{\"Version\":\"28.2.2\"}},\"Server\":null}}'\necho '{said}' >&2\nexit 1");

        var search = await DockerEngine.Find(client.File, new Dictionary<string, string?>(), CancellationToken.None);

        Assert.That(search.Engine, Is.Null);
        Assert.That(search.Problem, Does.Contain(problem).And.Contain(said));
        Assert.That(search.Fix, Does.Contain(fix));
    }

    [Test, Platform(Exclude = "Win")]
    public async Task An_engine_for_Windows_containers_makes_no_images_for_services()
    {
        using var client = new Client("echo '{\"Client\":{\"Version\":\"28.2.2\"},\"Server\":{\"Version\":\"28.2.2\",\"ApiVersion\":\"1.50\",\"Os\":\"windows\"}}'");

        Assert.That((await DockerEngine.Find(client.File, new Dictionary<string, string?>(), CancellationToken.None)).Problem, Does.Contain("windows"));
    }

    [TestCase("https://github.com/example/shop.git", "https://github.com/example/shop.git")]
    [TestCase("https://robot:s3cret@github.com/example/shop.git", "https://github.com/example/shop.git")] // pipeline:allow-secret not a real one
    [TestCase("git@github.com:example/shop.git", "ssh://github.com/example/shop.git")]
    [TestCase("ssh://git@github.com/example/shop.git", "ssh://github.com/example/shop.git")]
    [TestCase("/home/me/shop", null)]
    [TestCase("../shop", null)]
    public void A_label_never_holds_a_login_or_a_path_of_this_machine(string remote, string? label) => Assert.That(ImageLabels.WithoutLogin(remote), Is.EqualTo(label));

    /// <summary>A stand-in for Docker's client: a small script.</summary>
    private sealed class Client : IDisposable
    {
        private readonly string _folder = Directory.CreateTempSubdirectory("docker-").FullName;

        public Client(string script)
        {
            System.IO.File.WriteAllText(File, $"#!/bin/sh\n{script}\n");
            if (!OperatingSystem.IsWindows())
            {
                System.IO.File.SetUnixFileMode(File, UnixFileMode.UserRead | UnixFileMode.UserExecute);
            }
        }

        public string File => Path.Combine(_folder, "docker");

        public void Dispose() => Directory.Delete(_folder, recursive: true);
    }
}
