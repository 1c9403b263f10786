using Pipeline.Changes;

namespace Pipeline.Tests.Changes;

/// <summary>What is due after a change, and what is said about it.</summary>
public sealed class ChangeDetectionTests
{
    private Shop shop = null!;

    [SetUp]
    public void Create() => shop = new Shop();

    [TearDown]
    public void Remove() => shop.Dispose();

    [Test]
    public async Task What_was_never_deployed_is_due()
    {
        var changes = await shop.Detect();

        Assert.That(changes.Services.Select(s => (s.Service, s.Due, s.Reasons.Single())), Is.EqualTo(new[] { ("api", true, "first deployment to staging"), ("web", true, "first deployment to staging") }));
    }

    [Test]
    public async Task Nothing_changed_is_proven()
    {
        await shop.Deploy();

        var changes = await shop.Detect();

        using (Assert.EnterMultipleScope())
        {
            Assert.That(changes.Due, Is.Empty);
            Assert.That(changes.FilesCompared, Is.EqualTo(16));
            Assert.That(changes.Source, Has.Property("Branch").EqualTo("main").And.Property("Subject").EqualTo("first").And.Property("Dirty").False);
            Assert.That(changes.Services[0].Reasons.Single(), Is.EqualTo($"inputs {changes.Services[0].Inputs.Hash[..8]} equal what staging runs (v1.0.0, commit {changes.Source.Abbreviated})"));
        }
    }

    [TestCase("api/Program.cs", "api", "api/Program.cs")]
    [TestCase("api/new/File.cs", "api", "api/new/File.cs (new)")]
    [TestCase("pages/Layout.cs", "web", "pages/Layout.cs, through project Pages")]
    [TestCase("shared/Product.cs", "api web", "shared/Product.cs, through project Shared")]
    [TestCase("api/größe ü.cs", "api", "api/größe ü.cs (new)")]
    [TestCase("api/a \"quoted\"\tname.cs", "api", "api/a \"quoted\"\tname.cs (new)")]
    [TestCase("global.json", "api web", "global.json, which its projects read")]
    [TestCase("Directory.Build.props", "api web", "Directory.Build.props, which its projects read")]
    [TestCase("NuGet.config", "api web", "NuGet.config (new), which its projects read")]
    [TestCase("Makefile", "api web", "Makefile (new), which belongs to no service (if so, add it to 'ignore' in pipeline.yml)")]
    [TestCase("README.md", "", null)]
    [TestCase("api/README.md", "", null)]
    [TestCase("tests/unit/Unit.cs", "", null)]
    [TestCase("infra/api.yaml", "", null)]
    [TestCase("pipeline.yml", "", null)]
    public async Task A_changed_file_makes_those_due_that_are_built_from_it(string path, string due, string? reason)
    {
        await shop.Deploy();
        shop.Write(path, "<Project></Project>\n");
        shop.Commit();

        var changes = await shop.Detect();

        Assert.That(string.Join(' ', changes.Due.Select(s => s.Service)), Is.EqualTo(due));
        Assert.That(changes.Due.SelectMany(s => s.Reasons).Distinct(), Is.EqualTo(reason is null ? [] : new[] { reason }));
        Assert.That(changes.UnownedFiles, Is.EqualTo(path == "Makefile" ? new[] { "Makefile" } : []));
    }

    [Test]
    public async Task A_file_moved_from_one_service_to_another_makes_both_due()
    {
        await shop.Deploy();
        shop.Git("mv", "api/Orders.cs", "web/Orders.cs");
        shop.Commit();

        var changes = await shop.Detect();

        Assert.That(changes.Services.Select(s => s.Reasons.Single()), Is.EqualTo(new[] { "api/Orders.cs (deleted)", "web/Orders.cs (new)" }));
    }

    [Test]
    public async Task A_deleted_file_makes_its_service_due()
    {
        await shop.Deploy();
        shop.Delete("pages/Layout.cs");
        shop.Commit();

        var changes = await shop.Detect();

        Assert.That(changes.Due.Single().Reasons.Single(), Is.EqualTo("pages/Layout.cs (deleted), through project Pages"));
        Assert.That(changes.UnownedFiles, Is.Empty);
    }

    [Test]
    public async Task A_project_that_is_gone_from_the_closure_and_from_disk_is_not_unowned()
    {
        await shop.Deploy();
        shop.Git("rm", "-rq", "pages");
        shop.Write("web/Web.csproj", Shop.Project("../shared/Shared.csproj"));
        shop.Commit();

        var changes = await shop.Detect();

        Assert.That(changes.Due.Single().Reasons, Is.SupersetOf(new[] { "no longer references project Pages", "web/Web.csproj", "pages/Layout.cs (deleted), through project Pages" }));
        Assert.That(changes.UnownedFiles, Is.Empty);
    }

    [Test]
    public async Task A_new_mode_is_a_change()
    {
        await shop.Deploy();
        shop.Git("update-index", "--chmod=+x", "api/Program.cs");
        shop.Git("commit", "-qm", "executable");
        shop.Git("reset", "--hard", "-q");

        Assert.That((await shop.Detect()).Due.Single().Reasons.Single(), Is.EqualTo("api/Program.cs (mode)"));
    }

    [Test]
    public async Task Another_target_of_a_symbolic_link_is_a_change()
    {
        File.CreateSymbolicLink(Path.Combine(shop.Root, "api/link"), "Program.cs");
        shop.Commit();
        await shop.Deploy();
        shop.Delete("api/link");
        File.CreateSymbolicLink(Path.Combine(shop.Root, "api/link"), "Orders.cs");
        shop.Commit();

        Assert.That(await shop.Due(), Is.EqualTo("api"));
    }

    [Test]
    public async Task What_a_symbolic_link_points_at_is_an_input()
    {
        shop.Write("tests/data/prices.csv", "1\n");
        File.CreateSymbolicLink(Path.Combine(shop.Root, "api/prices.csv"), "../tests/data/prices.csv");
        shop.Commit();
        await shop.Deploy();
        shop.Write("tests/data/prices.csv", "2\n");
        shop.Commit();

        Assert.That((await shop.Detect()).Due.Single().Reasons.Single(), Is.EqualTo("tests/data/prices.csv, which its projects read"));
    }

    [Test]
    public async Task A_submodules_pointer_is_an_input_of_the_folder_it_lies_in()
    {
        using var library = new Shop();
        shop.Git("submodule", "--quiet", "add", "file://" + library.Root, "api/vendor");
        shop.Ignored.Add(".gitmodules");
        shop.Commit();
        await shop.Deploy();
        library.Write("api/Program.cs", "other\n");
        var tip = library.Commit();
        shop.Git("-C", "api/vendor", "fetch", "-q");
        shop.Git("-C", "api/vendor", "checkout", "-q", tip);
        shop.Git("config", "diff.ignoreSubmodules", "all");
        var dirty = await shop.Due();
        shop.Git("config", "--unset", "diff.ignoreSubmodules");
        shop.Git("commit", "-qam", "newer library");

        Assert.That((await shop.Detect()).Due.Single().Reasons.Single(), Is.EqualTo("api/vendor"));
        Assert.That(dirty, Is.EqualTo("api"));
    }

    [Test]
    public async Task Configured_inputs_count_even_where_they_are_ignored()
    {
        shop.ApiInputs.Add("contracts/**");
        shop.Ignored.Add("contracts/**");
        shop.Write("contracts/orders.md", "1\n");
        shop.Commit();
        await shop.Deploy();
        shop.Write("contracts/orders.md", "2\n");
        shop.Commit();

        Assert.That((await shop.Detect()).Due.Single().Reasons.Single(), Is.EqualTo("contracts/orders.md, through inputs contracts/**"));
    }

    [Test]
    public async Task Settings_count_only_where_they_shape_the_image()
    {
        await shop.Deploy();
        shop.HealthPath = "/ready";
        var afterHealth = await shop.Due();
        shop.BaseImage = "registry.example/aspnet@sha256:" + new string('a', 64);

        Assert.That(afterHealth, Is.Empty);
        Assert.That((await shop.Detect()).Services[0].Reasons.Single(), Is.EqualTo("base image none → registry.example/aspnet@sha256:aaaaaaaa"));
    }

    [Test]
    public async Task Many_files_are_counted_not_listed()
    {
        await shop.Deploy();
        for (var i = 10; i < 30; i++)
        {
            shop.Write($"api/File{i}.cs", "");
        }

        shop.Commit();

        Assert.That((await shop.Detect()).Due.Single().Reasons, Is.EqualTo(new[] { "api/File10.cs (new)", "api/File11.cs (new)", "api/File12.cs (new)", "api/File13.cs (new)", "api/File14.cs (new)", "+ 15 more" }));
    }

    [Test]
    public async Task A_service_that_runs_but_is_configured_no_more_is_a_persons_decision()
    {
        await shop.Deploy();
        var configuration = shop.Configuration();

        var changes = await ChangeDetector.Detect(configuration with { Services = [configuration.Services[1]] }, shop.Running, refuseUncommitted: false, CancellationToken.None);

        Assert.That(changes.Warnings.Single(), Is.EqualTo("api is no longer in pipeline.yml but staging runs it: delete its stack, or put it back"));
    }

    [Test]
    public async Task Only_what_was_deployed_successfully_counts()
    {
        await shop.Deploy();
        shop.Write("shared/Product.cs", "class Product2;\n");
        shop.Commit();
        await shop.Deploy("api");

        Assert.That(await shop.Due(), Is.EqualTo("web"));
    }
}
