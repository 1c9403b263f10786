using Pipeline.Cake.Docker;
using Pipeline.Images.Docker;
using Pipeline.Outcomes;

namespace Pipeline.Tests.Images;

/// <summary>Real builds with the machine's Docker engine, pushed to the embedded cloud's registry.</summary>
[Platform("Linux"), Category("Slow")]
internal sealed class DockerImageBuilderTests
{
    [Test]
    public async Task An_image_says_where_it_is_from_and_is_not_built_again_for_the_same_inputs()
    {
        await using var ground = await DockerGround.Start();
        ground.Change(d => d with { Arguments = new Dictionary<string, string> { ["GREETING"] = "say \"hello\"" }, Platform = "linux/amd64" });
        ground.Dockerfile(DockerGround.Serve, "ARG GREETING\nENV GREETING=$GREETING");

        var built = await ground.Build();
        var again = await ground.Build(words: _ => throw new InvalidOperationException("Docker is not to be asked"));

        var contents = ground.Contents(built.Digest);
        Assert.That((built.Reused, again.Reused, again.Digest), Is.EqualTo((false, true, built.Digest)));
        Assert.That(built.Reference, Is.EqualTo($"{new Uri(ground.Cloud.Endpoint).Authority}/shop/worker@{built.Digest}"));
        Assert.That(contents, Does.Contain("\"org.opencontainers.image.revision\":\"" + new string('1', 40)).And.Contain("\"org.opencontainers.image.version\":\"1111111\"")
            .And.Contain("\"org.opencontainers.image.source\":\"https://github.com/example/shop.git\"").And.Contain("\"org.opencontainers.image.title\":\"shop/worker\""));
        Assert.That(contents, Does.Contain("GREETING=say \\\"hello\\\""));
    }

    [Test]
    public async Task Nothing_is_in_the_context_that_git_does_not_know()
    {
        await using var ground = await DockerGround.Start();
        ground.Dockerfile(DockerGround.Serve, "COPY . /everything");
        ground.Repository.Write("worker/pip.secret", "only-on-this-machine");
        ground.Repository.Write("worker/notes.txt", "known to git");

        var contents = ground.Contents((await ground.Build()).Digest);

        Assert.That(contents, Does.Contain("known to git").And.Not.Contain("only-on-this-machine"));
    }

    [Test]
    public async Task A_stage_can_be_chosen_and_a_Dockerfile_lie_outside_the_context()
    {
        await using var ground = await DockerGround.Start();
        ground.Repository.Write("build/worker.Dockerfile", "FROM scratch AS wanted\nCOPY worker.py /wanted\nFROM scratch\nCOPY run.sh /last\n");
        ground.Change(d => d with { Dockerfile = "build/worker.Dockerfile", Target = "wanted" });

        var contents = ground.Contents((await ground.Build()).Digest);

        Assert.That(contents, Does.Contain("print('hello')").And.Not.Contain("exec python3"));
    }

    [Test]
    public async Task A_failing_build_names_the_line_and_shows_the_last_lines()
    {
        await using var ground = await DockerGround.Start();
        ground.Dockerfile(DockerGround.Serve, "RUN [\"/bin/sh\", \"-c\", \"echo what went wrong; exit 3\"]");

        var before = await ground.Docker("ps", "--all", "--quiet", "--filter", "status=exited");

        var failure = Assert.ThrowsAsync<PipelineException>(() => ground.Build())!;

        Assert.That(failure.ExitCode, Is.EqualTo(ExitCode.Failed));
        Assert.That(failure.Message, Is.EqualTo("The image of 'worker' cannot be built: docker build failed"));
        Assert.That(failure.Details.Single(d => d.Label == "line").Text, Does.StartWith("worker/Dockerfile:5 RUN"));
        Assert.That(failure.Details.Single(d => d.Label == "log").Text, Does.Contain("what went wrong"));
        Assert.That(await ground.Docker("ps", "--all", "--quiet", "--filter", "status=exited"), Is.EqualTo(before), "no container is left of it");
    }

    [Test]
    public async Task A_build_secret_is_used_and_is_in_no_layer_and_no_log_and_without_BuildKit_it_is_refused()
    {
        const string variable = "PIPELINE_TEST_BUILD_SECRET";
        var secret = "sesame-" + Guid.NewGuid().ToString("N");
        await using var ground = await DockerGround.Start();
        ground.Change(d => d with { Secrets = new Dictionary<string, string> { ["token"] = variable } });
        ground.Dockerfile(DockerGround.Serve, "RUN --mount=type=secret,id=token [\"/bin/sh\", \"-c\", \"cat /run/secrets/token && wc -c < /run/secrets/token > /length\"]");
        if (!ground.Engine.BuildKit)
        {
            Assert.That(async () => await ground.Build(), Throws.TypeOf<PipelineException>().With.Message.Contains("builds without BuildKit").And.Property("Details").Some.Property("Text").Contains("buildx"));
            return;
        }

        Assert.That(async () => await ground.Build(), Throws.TypeOf<PipelineException>().With.Message.Contains($"comes from the variable {variable}, which is not set"));
        Environment.SetEnvironmentVariable(variable, secret);
        try
        {
            var contents = ground.Contents((await ground.Build()).Digest);

            Assert.That(contents, Does.Contain($"{secret.Length}\n").And.Not.Contain(secret));
            Assert.That(ground.Said, Has.Some.Contains("***").And.None.Contains(secret));
            Assert.That(await ground.Docker("image", "history", "--no-trunc", (await ground.Build()).Repository + ":" + (await ground.Build()).Tag), Does.Not.Contain(secret));
        }
        finally
        {
            Environment.SetEnvironmentVariable(variable, null);
        }
    }

    [Test]
    public async Task A_login_leaves_nothing_on_the_machine()
    {
        await using var ground = await DockerGround.Start();
        var users = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".docker", "config.json");
        var before = File.Exists(users) ? await File.ReadAllTextAsync(users) : null;

        await ground.Build();

        Assert.That(File.Exists(users) ? await File.ReadAllTextAsync(users) : null, Is.EqualTo(before));
        var host = new Uri(ground.Cloud.Endpoint).Authority;
        Assert.That(Directory.EnumerateFiles(Path.GetTempPath(), "config.json", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 1, IgnoreInaccessible = true }).Where(f => File.ReadAllText(f).Contains(host, StringComparison.Ordinal)), Is.Empty);
    }

    [Test]
    public async Task Whoever_was_quicker_has_made_the_image()
    {
        await using var ground = await DockerGround.Start();
        var (first, second) = (ground.Build(), ground.Build());

        Assert.That((await first).Digest, Is.EqualTo((await second).Digest));
    }

    [Test]
    public async Task A_registry_that_refuses_the_push_is_a_sentence()
    {
        await using var ground = await DockerGround.Start();

        Assert.That(async () => await ground.Build(words: call => call is DockerCall.Push ? ["push", $"{new Uri(ground.Cloud.Endpoint).Authority}/nowhere/at-all:in-1"] : CakeDocker.Words(call)),
            Throws.TypeOf<PipelineException>().With.Message.Contains("was built, but not pushed").And.Property("Details").Some.Property("Text").Contains("at-all"));
    }
}
