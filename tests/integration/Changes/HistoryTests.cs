namespace Pipeline.Tests.Changes;

/// <summary>History plays no part: rolled back, cherry-picked, rewritten and missing commits are the same comparison of states.</summary>
public sealed class HistoryTests
{
    private Shop shop = null!;

    [SetUp]
    public void Create() => shop = new Shop();

    [TearDown]
    public void Remove() => shop.Dispose();

    [Test]
    public async Task Going_back_to_an_older_commit_is_a_change()
    {
        shop.Write("api/Program.cs", "newer\n");
        shop.Commit();
        await shop.Deploy();
        shop.Git("checkout", "-q", "HEAD~1");

        var changes = await shop.Detect();

        Assert.That(changes.Due.Single().Reasons.Single(), Is.EqualTo("api/Program.cs"));
        Assert.That(changes.Source.Branch, Is.EqualTo("(detached)"));
    }

    [Test]
    public async Task Both_sides_count_when_a_hotfix_branch_runs()
    {
        shop.Git("checkout", "-qb", "hotfix");
        shop.Write("web/Program.cs", "hotfix\n");
        shop.Commit();
        await shop.Deploy();
        shop.Git("checkout", "-q", "main");
        shop.Write("api/Program.cs", "feature\n");
        shop.Commit();

        Assert.That(await shop.Due(), Is.EqualTo("api web"));
    }

    [Test]
    public async Task Another_commit_with_the_same_content_is_no_change()
    {
        await shop.Deploy();
        shop.Git("commit", "-q", "--amend", "-m", "rewritten");

        Assert.That(await shop.Due(), Is.Empty);
    }

    [Test]
    public async Task A_shallow_clone_decides_the_same_and_says_that_it_cannot_name_files()
    {
        await shop.Deploy();
        var deployed = shop.Git("rev-parse", "--short=7", "HEAD").Trim();
        shop.Write("pages/Layout.cs", "class Other;\n");
        shop.Commit();
        using var clone = new Shop(shop.Root, "--depth=1");

        var changes = await clone.Detect(shop);

        Assert.That(changes.Due.Single().Reasons.Single(), Is.EqualTo($"project Pages changed; which files is unknown: commit {deployed} is not in this clone, which is shallow"));
        Assert.That(changes.Services[0].Due, Is.False);
    }

    [Test]
    public async Task A_commit_lost_by_a_force_push_decides_the_same()
    {
        shop.Git("checkout", "-qb", "lost");
        shop.Write("api/Program.cs", "lost\n");
        shop.Commit();
        await shop.Deploy();
        var lost = shop.Git("rev-parse", "--short=7", "HEAD").Trim();
        shop.Git("checkout", "-q", "main");
        shop.Git("branch", "-qD", "lost");
        using var clone = new Shop(shop.Root);

        var changes = await clone.Detect(shop);

        Assert.That(changes.Due.Single().Reasons.Single(), Is.EqualTo($"api changed; which files is unknown: commit {lost} is not in this clone"));
    }

    [Test]
    public async Task A_linked_work_tree_is_a_repository_like_any_other()
    {
        await shop.Deploy();
        var path = Path.Combine(Directory.CreateTempSubdirectory("pipeline-worktree-").FullName, "linked");
        shop.Git("worktree", "add", "-q", "-b", "other", path);
        File.AppendAllText(Path.Combine(path, "api/Program.cs"), "// more\n");

        var changes = await Pipeline.Changes.ChangeDetector.Detect(shop.Configuration() with { Root = path }, shop.Running, refuseUncommitted: false, CancellationToken.None);
        Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);

        Assert.That(changes.Due.Single().Reasons.Single(), Is.EqualTo("api/Program.cs"));
        Assert.That(changes.Source, Has.Property("Branch").EqualTo("other").And.Property("Dirty").True);
    }
}
