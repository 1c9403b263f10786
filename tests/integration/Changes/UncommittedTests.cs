using Pipeline.Changes;
using Pipeline.Outcomes;

namespace Pipeline.Tests.Changes;

/// <summary>Uncommitted changes count locally, are refused in CI, and leave the repository untouched.</summary>
public sealed class UncommittedTests
{
    private Shop shop = null!;

    [SetUp]
    public void Create() => shop = new Shop();

    [TearDown]
    public void Remove() => shop.Dispose();

    [TestCase("api/Program.cs", "api/Program.cs")]
    [TestCase("api/untracked/File.cs", "api/untracked/File.cs (new)")]
    public async Task An_edited_or_untracked_file_counts(string path, string reason)
    {
        await shop.Deploy();
        shop.Write(path, "edited\n");

        var changes = await shop.Detect();

        Assert.That(changes.Due.Single().Reasons.Single(), Is.EqualTo(reason));
        Assert.That(changes.Source.Dirty);
    }

    [Test]
    public async Task An_ignored_file_does_not_count()
    {
        await shop.Deploy();
        shop.Write("api/bin/Api.dll", "built\n");

        var changes = await shop.Detect();

        Assert.That(changes.Due, Is.Empty);
        Assert.That(changes.Source.Dirty, Is.False);
    }

    [Test]
    public async Task A_reference_that_is_not_committed_yet_counts()
    {
        await shop.Deploy();
        shop.Write("api/Api.csproj", Shop.Project("../shared/Shared.csproj", "../pages/Pages.csproj"));

        Assert.That((await shop.Detect()).Due.Single().Reasons, Is.EqualTo(new[] { "now references project Pages", "api/Api.csproj" }));
    }

    [Test]
    public async Task An_edit_of_the_same_size_in_the_same_second_is_seen()
    {
        await shop.Deploy();
        for (var i = 0; i < 5; i++)
        {
            shop.Write("api/Program.cs", $"text {i}\n");
            shop.Commit();
            shop.Write("api/Program.cs", $"tex_ {i}\n");
            shop.Write("web/untracked.cs", "");

            Assert.That(await shop.Due(), Is.EqualTo("api web"));
            shop.Delete("web/untracked.cs");
        }
    }

    [Test]
    public async Task The_users_repository_stays_as_it_is()
    {
        shop.Write("api/Program.cs", "staged\n");
        shop.Git("add", "api/Program.cs");
        shop.Write("api/Program.cs", "edited\n");
        shop.Write("api/untracked.cs", "untracked\n");
        var before = Snapshot();

        await shop.Detect();

        Assert.That(Snapshot(), Is.EqualTo(before));
    }

    [Test]
    public async Task Deployed_with_uncommitted_changes_the_files_are_those_since_its_commit()
    {
        shop.Write("api/Program.cs", "edited\n");
        await shop.Deploy();
        var same = await shop.Due();
        shop.Git("checkout", "-q", ".");
        shop.Write("api/Orders.cs", "class Orders2;\n");
        var commit = shop.Commit();

        var changes = await shop.Detect();

        Assert.That(same, Is.Empty);
        Assert.That(changes.Due.Single().Reasons, Is.EqualTo(new[] { "api/Orders.cs", $"files compared with commit {shop.Git("rev-parse", "--short=7", "HEAD~1").Trim()}; it was deployed with uncommitted changes that are not known here" }));
        Assert.That(commit, Is.EqualTo(changes.Source.Commit));
    }

    [Test]
    public void A_ci_run_refuses_them_by_name()
    {
        shop.Write("api/Program.cs", "edited\n");
        shop.Write("web/generated ü.cs", "");

        var refusal = Assert.ThrowsAsync<UsageException>(() => shop.Detect(refuseUncommitted: true));

        Assert.That(refusal!.Message, Is.EqualTo("The work tree has uncommitted changes, and a CI run deploys commits only: api/Program.cs, web/generated ü.cs"));
    }

    [Test]
    public void Without_a_commit_there_is_nothing_to_release()
    {
        Directory.Delete(Path.Combine(shop.Root, ".git"), recursive: true);
        shop.Git("init", "-q");

        Assert.That(Assert.ThrowsAsync<UsageException>(() => shop.Detect())!.Message, Is.EqualTo("The repository has no commit yet; a release is made of one."));
    }

    [Test]
    public void Outside_a_repository_the_next_step_is_said()
    {
        Directory.Delete(Path.Combine(shop.Root, ".git"), recursive: true);

        Assert.That(Assert.ThrowsAsync<UsageException>(() => shop.Detect())!.Message, Is.EqualTo($"'{shop.Root}' is not a git repository; changes are told from git's trees."));
    }

    [Test]
    public void Below_the_top_folder_it_is_refused()
    {
        var configuration = shop.Configuration() with { Root = Path.Combine(shop.Root, "api") };

        var refusal = Assert.ThrowsAsync<UsageException>(() => ChangeDetector.Detect(configuration, shop.Running, refuseUncommitted: false, CancellationToken.None));

        Assert.That(refusal!.Message, Does.Contain("is not the top folder of its git repository"));
    }

    /// <summary>Every file below .git with its content.</summary>
    private Dictionary<string, string> Snapshot() => Directory.EnumerateFiles(Path.Combine(shop.Root, ".git"), "*", SearchOption.AllDirectories)
        .ToDictionary(f => f, f => Convert.ToHexString(File.ReadAllBytes(f)));
}
