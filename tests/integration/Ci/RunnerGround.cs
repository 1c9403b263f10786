using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Pipeline.LocalCloud;
using Pipeline.Processes;
using Pipeline.Tests.EndToEnd;
using Pipeline.Tests.Host;

namespace Pipeline.Tests.Ci;

/// <summary>A repository whose Dockerfile is not as it should be, the compiled host, an embedded cloud, and the variables and files of a runner.</summary>
internal sealed class RunnerGround : IAsyncDisposable
{
    public const string Secret = "wJalrXUtnFEMI/EXAMPLE+KEY";
    private const string Configuration = """
        system: demo
        owner: team-demo
        costCentre: tests
        services:
          web:
            path: web
            builder: files
            entryPoint: [python3, web.py]
            stack: web
        stacks:
          web:
            template: infra/web.yaml
        checks:
          skip: [format, build, black, isort, flake8, shellcheck, cfn-lint, yamllint, bandit]
        gates:
          security: { advisories: allow, unmeasured: allow }
        ci:
          skip: { tests: [dev] }
        account: "123456789012"
        region: eu-central-1
        environments:
          dev:
          staging:
          prod:

        """;

    private readonly CompiledHost _host = new();
    private readonly CloudServer _cloud;

    private RunnerGround(CloudServer cloud, ConcurrentQueue<string> calls) => (_cloud, Calls) = (cloud, calls);

    /// <summary>What the cloud was asked for.</summary>
    public ConcurrentQueue<string> Calls { get; }

    public static async Task<RunnerGround> Start(string subject = "feat: a shop")
    {
        var calls = new ConcurrentQueue<string>();
        var ground = new RunnerGround(await CloudServer.Start(new CloudOptions(0, null) { Observe = a => calls.Enqueue(a.Operation) }, CancellationToken.None), calls);
        ground.Write("pipeline.yml", Configuration);
        ground.Write(".gitignore", "/artifacts/\n/.pipeline/\n/runner/\n");
        ground.Write("web/web.py", "print('hello')\n");
        ground.Write("web/Dockerfile", "FROM scratch AS none\nFROM evil:##[add-mask]x\nUSER nobody\n");
        ground.Write(".pipeline/cloud/cloud.json", new JsonObject { ["pid"] = Environment.ProcessId, ["endpoint"] = ground._cloud.Endpoint, ["started"] = ground._cloud.Started.ToString("O") }.ToJsonString());
        await ground.Git("init", "--quiet", "--initial-branch=main");
        await ground.Commit(subject);
        return ground;
    }

    public void Write(string file, string text) => _host.Write(file, text);

    public string PathOf(string file) => Path.Combine(_host.Root, file);

    public string Read(string file) => File.Exists(PathOf(file)) ? File.ReadAllText(PathOf(file)) : "";

    public JsonNode RunJson() => JsonNode.Parse(Read("artifacts/run.json"))!;

    public async Task Commit(string subject)
    {
        await Git("add", "--all");
        await Git("commit", "--quiet", "-m", subject);
    }

    public async Task<string> Head() => (await Git("rev-parse", "HEAD")).Output.Trim();

    /// <summary>Runs the host as GitHub would.</summary>
    /// <param name="event">name of the event</param>
    /// <param name="payload">its JSON</param>
    public Task<CommandResult> OnGitHub(string @event, string payload, params string[] arguments)
    {
        Write("runner/event.json", payload);
        return Run(new()
        {
            ["GITHUB_ACTIONS"] = "true",
            ["GITHUB_EVENT_NAME"] = @event,
            ["GITHUB_EVENT_PATH"] = PathOf("runner/event.json"),
            ["GITHUB_REPOSITORY"] = "acme/storefront",
            ["GITHUB_REF"] = "refs/heads/main",
            ["GITHUB_STEP_SUMMARY"] = PathOf("runner/summary"),
            ["GITHUB_OUTPUT"] = PathOf("runner/output"),
        }, arguments);
    }

    public Task<CommandResult> Run(Dictionary<string, string> variables, params string[] arguments) =>
        _host.Run(new Dictionary<string, string>(variables) { ["CI"] = "true", ["AWS_SECRET_ACCESS_KEY"] = Secret }, arguments);

    public async ValueTask DisposeAsync()
    {
        await _cloud.DisposeAsync();
        _host.Dispose();
    }

    private Task<Run> Git(params string[] arguments) => Storefront.Tool(_host.Root, "git", ["-c", "user.name=dora", "-c", "user.email=dora@example.invalid", .. arguments]);
}
