using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Pipeline.LocalCloud;
using Pipeline.Processes;

namespace Pipeline.Tests.LocalCloud;

/// <summary>Services in the program itself: what its end means for them, and what the AWS CLI sees.</summary>
[TestFixture, Platform(Exclude = "Win"), Category("Slow")]
internal sealed class EcsProgramTests
{
    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(5) };
    private string _folder = "";
    private int _port;

    [SetUp]
    public async Task DeployOnce()
    {
        _folder = Directory.CreateTempSubdirectory("compute-").FullName;
        var cloud = new ComputeCloud(_folder);
        var (port, group) = await cloud.Ground();
        await cloud.CreateService(await cloud.Definition(await cloud.ProbeImage(), "v1"), group, 1);
        await cloud.Steady(1);
        await cloud.Stop();
        _port = port;
    }

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public async Task No_task_survives_a_kill_of_the_cloud_and_the_next_cloud_brings_it_back()
    {
        using var first = Start();
        var task = await TaskProcessId(null);
        await Signal("-KILL", first.Id);
        await first.WaitForExitAsync();

        await ComputeCloud.Until(() => Task.FromResult(!EcsDeploymentTests.ProcessIsAlive(task)));

        using var second = Start();
        try
        {
            Assert.That(await TaskProcessId(task), Is.Not.EqualTo(task));
        }
        finally
        {
            await Signal("-TERM", second.Id);
            await second.WaitForExitAsync();
        }
    }

    [Test]
    public async Task The_AWS_CLI_waits_for_the_service_and_sees_its_target_healthy()
    {
        var aws = Requires.Program("aws", "aws");
        using var cloud = Start();
        try
        {
            await TaskProcessId(null);
            var endpoint = (string)JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(_folder, "ready.json")))!["endpoint"]!;
            var stable = await Aws(aws, endpoint, "ecs", "wait", "services-stable", "--cluster", "main", "--services", "web");
            var groups = JsonNode.Parse((await Aws(aws, endpoint, "elbv2", "describe-target-groups", "--names", "web")).Output)!;
            var health = await Aws(aws, endpoint, "elbv2", "describe-target-health", "--target-group-arn", (string)groups["TargetGroups"]![0]!["TargetGroupArn"]!);
            var service = JsonNode.Parse((await Aws(aws, endpoint, "ecs", "describe-services", "--cluster", "main", "--services", "web")).Output)!["services"]![0]!;
            var deployments = JsonNode.Parse((await Aws(aws, endpoint, "ecs", "list-service-deployments", "--cluster", "main", "--service", "web")).Output)!;
            var tasks = JsonNode.Parse((await Aws(aws, endpoint, "ecs", "list-tasks", "--cluster", "main", "--service-name", "web")).Output)!;

            Assert.That(stable.ExitCode, Is.Zero, stable.Error);
            Assert.That((string?)JsonNode.Parse(health.Output)!["TargetHealthDescriptions"]![0]!["TargetHealth"]!["State"], Is.EqualTo("healthy"));
            Assert.That((int?)service["runningCount"], Is.EqualTo(1));
            Assert.That((string?)deployments["serviceDeployments"]![0]!["status"], Is.EqualTo("SUCCESSFUL"));
            Assert.That(tasks["taskArns"]!.AsArray(), Has.Count.EqualTo(1));
        }
        finally
        {
            await Signal("-TERM", cloud.Id);
            await cloud.WaitForExitAsync();
        }
    }

    private Process Start() => Start(_folder);

    internal static Process Start(string folder) => Process.Start(new ProcessStartInfo("dotnet", [typeof(CloudServer).Assembly.Location, "--port", "0", "--state", folder, "--ready-file", Path.Combine(folder, "ready.json")]) { RedirectStandardOutput = true })!;

    /// <summary>Waits until the service answers through its listener.</summary>
    private async Task<int> TaskProcessId(int? other)
    {
        var id = 0;
        await ComputeCloud.Until(async () =>
        {
            try
            {
                id = int.Parse(await Http.GetStringAsync(new Uri($"http://127.0.0.1:{_port}/process")), CultureInfo.InvariantCulture);
                return id != other;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        });
        return id;
    }

    private static Task<CommandResult> Aws(string aws, string endpoint, params string[] words) => ChildProcess.Run(
        new Command(aws, ["--endpoint-url", endpoint, "--output", "json", .. words], Path.GetTempPath())
        {
            Environment = new Dictionary<string, string?> { ["AWS_ACCESS_KEY_ID"] = "test", ["AWS_SECRET_ACCESS_KEY"] = "test", ["AWS_REGION"] = "eu-central-1", ["AWS_DEFAULT_REGION"] = "eu-central-1" },
            Timeout = TimeSpan.FromMinutes(2),
        },
        CancellationToken.None);

    internal static Task<CommandResult> Signal(string name, int pid) =>
        ChildProcess.Run(new Command("kill", [name, pid.ToString(CultureInfo.InvariantCulture)], Path.GetTempPath()), CancellationToken.None);
}
