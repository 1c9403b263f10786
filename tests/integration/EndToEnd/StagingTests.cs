using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using Pipeline.Tests.Notifications;

namespace Pipeline.Tests.EndToEnd;

/// <summary>The main job as a user has it: one repository, one environment, one day of releases, good and bad.</summary>
[Order(1)]
public sealed class StagingTests
{
    private Storefront _store = null!;

    private string[] _webTasks = [];

    private Listener _chat = null!;

    /// <summary>Somebody reads what happens, and somebody's receiver is dead: neither may change anything.</summary>
    [OneTimeSetUp]
    public async Task Clone()
    {
        _chat = await Listener.Start();
        _store = await Storefront.Copy();
        (_store.Variables["CHAT_URL"], _store.Variables["DEAD_URL"]) = (_chat.Url(), Listener.Closed());
        await File.AppendAllTextAsync(Path.Combine(_store.Root, "pipeline.yml"), """
            notifications:
              devops:
                receivers: { chat: { slack: env:CHAT_URL }, dead: { teams: env:DEAD_URL } }

            """);
        // What the lint takes longest for proves nothing here: RefusalTests and LintCheckTests look at formats.
        _store.Edit("pipeline.yml", "\nchecks:\n", "\nchecks:\n  skip: [format]\n");
        await _store.Commit("chore: tell people");
    }

    [OneTimeTearDown]
    public async Task Delete()
    {
        await _store.DisposeAsync();
        await _chat.DisposeAsync();
    }

    [Test, Order(1)]
    public async Task A_first_deployment_serves_both_services()
    {
        var run = await _store.Build("--target=DeployStaging");

        Assert.That(run.ExitCode, Is.Zero, run.All);
        Assert.That(run.Output, Does.Contain("Deployed staging").And.Contain(_store.Web.ToString().TrimEnd('/')).And.Contain(_store.Api.ToString().TrimEnd('/')));
        Assert.That(await _store.Http.GetStringAsync(_store.Web), Does.Contain("Storefront"));
        Assert.That(await _store.Http.GetStringAsync(new Uri(_store.Web, "/products")), Is.EqualTo(await _store.Http.GetStringAsync(new Uri(_store.Api, "/products"))));
        var json = RunJson();
        Assert.That((string?)json["outcome"], Is.EqualTo("done"));
        Assert.That(json["services"]!.AsArray().Select(s => (bool)s!["due"]!), Is.All.True);
        Assert.That(await Tasks("api"), Has.Length.EqualTo(2));
        _webTasks = await Tasks("web");
        Assert.That(_webTasks, Has.Length.EqualTo(2));
        Told(run, "storefront staging: deployed: api ");
    }

    [Test, Order(2)]
    public async Task Again_with_nothing_changed_nothing_is_due_and_no_task_is_new()
    {
        var run = await _store.Build("--target=DeployStaging");

        Assert.That(run.ExitCode, Is.Zero, run.All);
        Assert.That(run.Output, Does.Contain("0 of 2 services due").And.Contain("Nothing to deploy"));
        Assert.That(await Tasks("web"), Is.EqualTo(_webTasks));
    }

    [Test, Order(3)]
    public async Task An_edited_readme_makes_nothing_due()
    {
        _store.Edit("samples/storefront/README.md", "# ", "# The ");
        await _store.Commit("docs: a better title");

        var run = await _store.Build("--target=DeployStaging");

        Assert.That(run.Output, Does.Contain("0 of 2 services due"), run.All);
    }

    [Test, Order(4)]
    public async Task An_edited_api_is_deployed_without_a_failed_request_and_web_keeps_its_tasks()
    {
        _store.Edit(BadMain.File, "app.MapGet(\"/version\", () => version);", "app.MapGet(\"/version\", () => version with { });");
        await _store.Commit("feat(api): a fresh version object");

        await using var traffic = Traffic.Against(new Uri(_store.Web, "/products"));
        var run = await _store.Build("--target=DeployStaging");
        await traffic.Stop();

        Assert.That(run.ExitCode, Is.Zero, run.All);
        Assert.That(run.Output, Does.Contain("1 of 2 services due").And.Contain("Program.cs"));
        Assert.That(await Tasks("web"), Is.EqualTo(_webTasks));
        Assert.That(traffic.Failures, Is.Empty);
        Assert.That(traffic.Answered.Values.Sum(), Is.GreaterThan(100));
    }

    [Test, Order(5)]
    public async Task A_shared_library_makes_both_due()
    {
        var file = Directory.EnumerateFiles(Path.Combine(_store.Root, "samples/storefront/shared"), "*.cs").Order().First();
        await File.AppendAllTextAsync(file, "// shared by both\n");

        var run = await _store.Build("--target=DetectChanges", "--environment=staging", "--format=json");
        await _store.Restore();

        var services = JsonNode.Parse(run.Output)!["services"]!.AsArray();
        Assert.That(services.Select(s => (bool)s!["due"]!), Is.All.True, run.All);
        Assert.That((bool)JsonNode.Parse(run.Output)!["dirty"]!, Is.True);
    }

    [TestCase(nameof(BadMain.CrashesAtStart), "connection string 'Orders' is missing"), Order(6)]
    [TestCase(nameof(BadMain.IsUnhealthy), "500")]
    [TestCase(nameof(BadMain.Hangs), "health")]
    [TestCase(nameof(BadMain.ListensOnAnotherPort), "health")]
    public async Task A_bad_release_exits_4_says_why_and_the_old_version_serves_throughout(string fault, string reason)
    {
        var before = await _store.Http.GetStringAsync(new Uri(_store.Api, "/version"));
        _store.Edit(BadMain.File, BadMain.Original, (string)typeof(BadMain).GetProperty(fault)!.GetValue(null)!);
        if (fault == nameof(BadMain.IsUnhealthy))
        {
            _store.Edit(BadMain.File, BadMain.SickHealth.Old, BadMain.SickHealth.New);
        }

        await using var traffic = Traffic.Against(new Uri(_store.Api, "/products"));
        var run = await _store.Build("--target=DeployStaging");
        await traffic.Stop();
        await _store.Restore();

        Assert.That(run.ExitCode, Is.EqualTo(4), run.All);
        Assert.That(run.Error, Does.Contain("DEPLOYMENT FAILED").And.Contain("api").And.Contain(reason).And.Contain("rolled back").And.Contain("next"), run.All);
        Assert.That(traffic.Failures, Is.Empty, run.All);
        Assert.That(await _store.Http.GetStringAsync(new Uri(_store.Api, "/version")), Is.EqualTo(before));
        Told(run, "storefront staging: the release failed and was rolled back");
    }

    [Test, Order(7)]
    public async Task Killed_in_the_middle_the_next_run_says_so_and_completes()
    {
        _store.Edit(BadMain.File, "app.MapGet(\"/version\", () => version with { });", "app.MapGet(\"/version\", () => version);");
        await _store.Commit("feat(api): the old version object again");
        using (var run = _store.Start("--target=DeployStaging"))
        {
            await Until(run, "api ");
            run.Kill();
            await run.WaitForExitAsync();
        }

        var next = await _store.Build("--target=DeployStaging");

        Assert.That(next.ExitCode, Is.Zero, next.All);
        Assert.That(next.Output, Does.Contain("was interrupted").And.Contain("Deployed staging"), next.All);
        Assert.That((await _store.Build("--target=DeployStaging")).Output, Does.Contain("Nothing to deploy"));
    }

    [Test, Order(8)]
    public async Task Status_and_history_tell_the_day()
    {
        var status = await _store.Build("--target=Status");
        Assert.That(status.Output, Does.Contain("staging").And.Contain("2/2 ok").And.Contain("free"), status.All);

        var history = await _store.Build("--target=History", "--environment=staging");
        Assert.That(history.Output, Does.Contain("deployed").And.Contain("rolled back").And.Contain("interrupted"), history.All);

        var diagnosis = await _store.Build("--target=Diagnose", "--environment=staging");
        Assert.That(diagnosis.ExitCode, Is.Zero, diagnosis.All);
    }

    [Test, Order(9)]
    public async Task Killed_with_everything_on_it_the_cloud_leaves_no_task_behind_and_brings_all_back()
    {
        var cloud = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(_store.Root, ".pipeline/cloud/cloud.json")))!;
        using var process = Process.GetProcessById((int)cloud["pid"]!);
        process.Kill();
        await process.WaitForExitAsync();
        await Poll.Until(() => Task.FromResult(Storefront.Tool("/", "pgrep", "-f", "Storefront.(Api|Web).dll").Result.Output.Split('\n').All(pid => !BelongsHere(pid))), "no task survives");

        Assert.That((await _store.Build("--target=StartCloud")).ExitCode, Is.Zero);
        await Poll.Until(async () => await Answers(_store.Web) && await Answers(_store.Api), "both services answer again");
    }

    private bool BelongsHere(string pid)
    {
        try
        {
            return pid.Length > 0 && File.ReadAllText($"/proc/{pid}/cmdline").Contains(_store.Root, StringComparison.Ordinal);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private async Task<bool> Answers(Uri service)
    {
        try
        {
            using var response = await _store.Http.GetAsync(new Uri(service, "/products"));
            return response.StatusCode == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static async Task Until(Process run, string text)
    {
        while (await run.StandardOutput.ReadLineAsync() is { } line)
        {
            if (line.StartsWith(text, StringComparison.Ordinal))
            {
                return;
            }
        }

        Assert.Fail($"the run ended without saying '{text}': {await run.StandardError.ReadToEndAsync()}");
    }

    private void Told(Run run, string headline)
    {
        Assert.That((string?)_chat.Received[^1].Json["text"], Does.StartWith(headline), run.All);
        Assert.That(run.Output, Does.Contain("NOT DELIVERED devops/dead"));
    }

    private JsonNode RunJson() => JsonNode.Parse(File.ReadAllText(Path.Combine(_store.Root, "artifacts", "run.json")))!;

    private async Task<string[]> Tasks(string service)
    {
        var cloud = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(_store.Root, ".pipeline/cloud/cloud.json")))!;
        var account = new Pipeline.Aws.AwsAccount(Pipeline.Aws.AwsConnection.ToEmbeddedCloud(new Uri((string)cloud["endpoint"]!).Port, "eu-central-1", "123456789012"));
        var running = await account.ServicesOf($"storefront-staging-{service}", CancellationToken.None);
        return [.. (await account.RunningTasks(running[0], CancellationToken.None)).Select(t => t.Arn).Order()];
    }
}
