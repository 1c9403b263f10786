namespace Pipeline.Configuration;

/// <summary>Every key of <c>pipeline.yml</c>, described once.</summary>
internal static class ConfigurationKeys
{
    public const string StackTemplateExample = "samples/storefront/infra/api.yaml";

    private static readonly Section Unmeasured = new(
    [
        new("unmeasured", Values.Choice("allow", "refuse"), "What to do where no such suite could run: go on and show it, or refuse.", "refuse") { Default = "allow" },
    ]);

    private static readonly Section Freeze = new(
    [
        new("name", Values.Text, "What it is called in refusals.", "holidays") { Required = true },
        new("from", Values.Moment, "Its beginning: a day, or a day and a time of day; with `days`, a time of day.", "2026-12-20") { DefaultInWords = "with `days`: `00:00`" },
        new("until", Values.Moment, "Its end, itself not part of it; with `days`, a time of day, on the next day if it is not later than `from`.", "2027-01-02") { DefaultInWords = "with `days`: `24:00`" },
        new("days", new ListOf(Values.Choice("mon", "tue", "wed", "thu", "fri", "sat", "sun")), "Every week on these days.", "[sat, sun]") { DefaultInWords = "once, not weekly" },
        new("zone", Values.TimeZone, "Time zone of the times of day.", "Europe/Berlin") { Default = "UTC" },
    ]);

    private static readonly Section Gates = new(
    [
        new("coverage", new Section(
        [
            new("minimum", Values.Percent, "Line coverage that the affected services must reach together, never rounded.", "80") { Default = "80" },
        ]), "The coverage gate.", "{ minimum: 80 }"),
        new("lint", new Section(
        [
            new("unmeasured", Values.Choice("allow", "refuse"), "What to do where one of the lint's tools is missing: go on and show it, or refuse.", "refuse") { Default = "refuse" },
        ]), "The lint gate.", "{ unmeasured: refuse }"),
        new("security", new Section(
        [
            new("unmeasured", Values.Choice("allow", "refuse"), "What to do where one of the security scan's tools is missing: go on and show it, or refuse.", "refuse") { Default = "refuse" },
            new("advisories", Values.Choice("allow", "refuse"), "What to do where package advisories can not be evaluated: go on and show it, or refuse.", "refuse") { Default = "refuse" },
        ]), "The security gate.", "{ advisories: refuse }"),
        new("integration", Unmeasured, "The integration suites that run against the new revision.", "{ unmeasured: refuse }"),
        new("performance", Unmeasured, "The performance suites that run against the new revision.", "{ unmeasured: refuse }"),
        new("promotion", new Section(
        [
            new("from", Values.SystemName, "The environment that must run exactly what is to be deployed here, healthy.", "staging") { DefaultInWords = "`staging` for `prod`, else none" },
            new("soak", Values.Duration, "How long it must have run it.", "30m") { DefaultInWords = "none" },
        ]), "Nothing is deployed here but what another environment has proven.", "{ from: staging, soak: 30m }"),
        new("approval", new Section(
        [
            new("required", Values.Whole(0, 20), "How many people must approve; the requester is never one of them.", "1") { DefaultInWords = "1 for `prod`, else 0" },
            new("approvers", new ListOf(Values.Text), "Who may approve: names of IAM users, ARNs of users or role sessions as STS gives them, or `github:LOGIN`.", "[alice, bob]") { DefaultInWords = "none" },
            new("expires", Values.Duration, "After this long a request must be made again.", "4h") { Default = "4h" },
        ]), "The approval gate.", "{ required: 1, approvers: [alice, bob] }"),
        new("wait", new Section(
        [
            new("timer", Values.DurationOrNone, "Nothing starts before this much time has passed.", "5m") { DefaultInWords = "`5m` for `prod`, else none" },
            new("from", Values.Choice("request", "approval"), "Since when: since the request, or since the last approval that was needed (a real veto window).", "request") { Default = "request" },
        ]), "The wait timer.", "{ timer: 5m }"),
        new("freeze", new ListOf(Freeze), "When nothing may be deployed.", "[{ name: holidays, from: 2026-12-20, until: 2027-01-02 }]") { DefaultInWords = "none" },
        new("health", Values.Choice("require", "ignore"), "Whether what runs must be healthy, with no alarm of its stacks in ALARM, before anything is changed.", "require") { DefaultInWords = "`require` for `prod`, else `ignore`" },
        new("lowTraffic", new Section(
        [
            new("maximum", Values.Whole(1, 1_000_000_000), "Requests a minute, all services together, in the last five minutes.", "6000") { Required = true },
        ]), "Deploy only while traffic is low.", "{ maximum: 6000 }") { DefaultInWords = "none" },
    ]);

    private static readonly Section Backup = new(
    [
        new("database", Values.Flag, "Whether every database of the stacks is snapshotted before anything is changed.", "true") { DefaultInWords = "`true` for `prod`, else `false`" },
        new("keep", Values.Duration, "Snapshots of ours that are older are deleted; the newest one never.", "30d") { DefaultInWords = "`30d` for `prod`, else `7d`" },
        new("deadline", Values.Duration, "Longest time for a snapshot to become available; after it the deployment is refused.", "30m") { Default = "30m" },
    ]);

    private static readonly Section Watch = new(
    [
        new("duration", Values.Duration, "How long a release is watched.", "24h") { DefaultInWords = "`24h` for `prod`, else not at all" },
        new("point", Values.Duration, "Length of one point. AWS measures load balancers by the minute; the embedded cloud by the second, so that a rehearsal need not take hours.", "60s") { Default = "60s" },
        new("minimumRequests", Values.Whole(1, 1_000_000), "A point with fewer requests says nothing about errors or response times.", "1") { Default = "1" },
        new("blind", Values.Duration, "Longest time without data before a person is called.", "15m") { Default = "15m" },
        new("rollback", Values.Choice("automatic", "never"), "What a trigger does: bring the last good release back, or only say so.", "automatic") { Default = "automatic" },
        new("errorRate", Trigger(Values.Percent, "Percent of the requests that were answered 5xx.", "5", "5"), "The error rate trigger.", "{ above: 5, points: 5 }"),
        new("responseTime", Trigger(Values.Duration, "Mean response time, weighted by requests.", "2s", "10"), "The response time trigger.", "{ above: 2s, points: 10 }"),
        new("cpu", Trigger(Values.Percent, "Percent of the CPU that the tasks have.", "80", "15"), "The CPU trigger.", "{ above: 80, points: 15 }"),
        new("memory", Trigger(Values.Percent, "Percent of the memory that the tasks have.", "80", "15"), "The memory trigger.", "{ above: 80, points: 15 }"),
    ]);

    private static readonly Section Deadlines = new(
    [
        new("stack", Values.Duration, "Longest time for one stack operation; after it the run says \"unknown\".", "30m") { Default = "30m" },
        new("busy", Values.Duration, "Longest time to wait for somebody else's operation on a stack; after it the run refuses.", "10m") { Default = "10m" },
        new("stall", Values.Duration, "A rollout in which nothing at all has changed for this long is stopped, and the version before comes back.", "10m") { Default = "10m" },
        new("verify", Values.Duration, "Longest time for health and smoke checks after a deployment.", "2m") { Default = "5m" },
    ]);

    private static readonly Section Webhook = new(
    [
        new("url", Values.Secret, "Where it listens: https, or http on this machine.", "env:HOOK_URL") { DefaultInWords = "required" },
        new("key", Values.Secret, "Signs what is sent.", "secretsmanager:hook:key") { DefaultInWords = "required" },
    ]);

    private static readonly Section Email = new(
    [
        new("host", Values.Host, "The SMTP server.", "smtp.acme.example") { DefaultInWords = "required" },
        new("port", Values.Whole(1, 65535), "Its port.", "587") { DefaultInWords = "`587` with `starttls`, `465` with `tls`, else `25`" },
        new("security", Values.Choice("starttls", "tls", "none"), "How the conversation is kept private: encrypted before anything is said, from the beginning, or (only with a server on this machine) not at all.", "starttls") { Default = "starttls" },
        new("user", Values.Secret, "Who signs in.", "env:SMTP_USER") { DefaultInWords = "nobody signs in" },
        new("password", Values.Secret, "With which password.", "env:SMTP_PASSWORD") { DefaultInWords = "required with `user`" },
        new("from", Values.MailAddress, "The sender.", "deployments@acme.example") { DefaultInWords = "required" },
        new("to", new ListOf(Values.MailAddress), "Who gets it.", "[devops@acme.example]") { DefaultInWords = "required" },
    ]);

    private static readonly Section Receiver = new(
    [
        new("slack", Values.Secret, "URL of an incoming webhook of Slack, or of something that understands its messages. A receiver has one of `slack`, `teams`, `webhook`, `sns` and `email`.", "env:SLACK_URL") { DefaultInWords = "none" },
        new("teams", Values.Secret, "URL of a workflow of Microsoft Teams that begins when a webhook is called.", "env:TEAMS_URL") { DefaultInWords = "none" },
        new("webhook", Webhook, "A program of yours: JSON, signed.", "{ url: env:HOOK_URL, key: env:HOOK_KEY }") { DefaultInWords = "none" },
        new("sns", Values.Topic, "ARN of a topic in the environment's region.", "arn:aws:sns:eu-central-1:123456789012:storefront-releases") { DefaultInWords = "none" },
        new("email", Email, "Mailboxes.", "{ host: smtp.acme.example, from: ci@acme.example, to: [devops@acme.example] }") { DefaultInWords = "none" },
    ]);

    private static readonly Section ContactGroup = new(
    [
        new("causes", new ListOf(Values.Choice([.. Notifications.Causes.Words])), "What it is told of; an empty list: nothing, in this environment.", "[failed, rollback-failed]") { DefaultInWords = "all" },
        new("receivers", new MapOf("RECEIVER", Receiver, Values.Name), "Where it is told.", "{ chat: { slack: env:SLACK_URL } }") { DefaultInWords = "required, at the top or here" },
    ]);

    private static readonly MapOf Parameters = new("PARAMETER", Values.Any, Values.ParameterName);

    private static Section Trigger(Value above, string what, string bound, string points) => new(
    [
        new("above", above, $"{what} More than this is a breach.", bound) { Default = bound },
        new("points", Values.Whole(1, 1440), "How many points in a row must be above it.", points) { Default = points },
    ]);

    /// <summary>Keys that stand at the top for all environments, and below one environment to win there.</summary>
    public static readonly Section Environment = new(
    [
        new("cloud", Values.Choice("local", "aws"), "Where it runs unless `--cloud` says otherwise: the embedded cloud or AWS.", "local") { Default = "local" },
        new("account", Values.Account, "AWS account number; the embedded cloud has only 123456789012.", "\"123456789012\"") { RequiredSomewhere = true, DefaultInWords = "required, at the top or here" },
        new("region", Values.Region, "AWS region.", "eu-central-1") { RequiredSomewhere = true, DefaultInWords = "required, at the top or here" },
        new("parameters", Parameters, "Given to every stack whose template declares a parameter of that name.", "{ TaskCount: 2 }"),
        new("gates", Gates, "What guards the environment.", "{ coverage: { minimum: 80 } }"),
        new("backup", Backup, "What is kept before anything is changed.", "{ keep: 30d }"),
        new("watch", Watch, "How a release is watched after it was deployed.", "{ duration: 24h }"),
        new("notifications", new MapOf("GROUP", ContactGroup, Values.Name), "Who is told what ([how](notifications.md)).", "{ devops: … }") { DefaultInWords = "nobody" },
        new("deploymentTests", Values.Choice("all", "readonly"), "Which tests run of the suites against the deployment: `readonly` runs only those marked so, and never one marked `destructive`.", "readonly") { DefaultInWords = "`readonly` for `prod`, else `all`" },
        new("deadlines", Deadlines, "How long to wait.", "{ stack: 30m }"),
        new("brokenStacks", Values.Choice("recreate", "refuse"), "What to do with a stack whose creation failed, or that somebody is deleting: delete what is left and create it again, or leave that to a person (`--recreate=STACK` then lifts it for a stack that is ROLLBACK_COMPLETE).", "refuse") { DefaultInWords = "`refuse` for `prod`, else `recreate`" },
        new("terminationProtection", Values.Flag, "Whether AWS refuses to delete the stacks.", "true") { DefaultInWords = "`true` for `prod`, else left as it is" },
        new("assembly", Values.GeneratedFolder, "Cloud assembly of an AWS CDK app (`cdk synth --output`), relative to the root: each of its stacks is deployed, under the name that the app gives it, in its dependency order. Docker and file assets are refused by name.", "cdk.out") { DefaultInWords = "none" },
    ]);

    private static readonly Section Smoke = new(
    [
        new("path", Values.UrlPath, "Requested at the service's URL.", "/products") { Required = true },
        new("status", Values.Whole(100, 599), "The HTTP status it must answer.", "200") { Default = "200" },
        new("contains", Values.Text, "Text that the body must hold.", "Storefront"),
    ]);

    private static readonly Section Migration = new(
    [
        new("stack", Values.Reference("stacks", "stack"), "The stack with its task definition. It is given `ImageUri` and `Version` of the service, and has the outputs `TaskDefinition`, `Cluster`, `Subnets` and `SecurityGroups` (comma lists); `AssignPublicIp: ENABLED` where its subnets need that.", "migration") { Required = true },
        new("container", Values.Text, "The container whose exit code decides.", "migrate") { Required = true },
        new("deadline", Values.Duration, "It is stopped after this long, and counts as failed.", "10m") { Default = "15m" },
    ]);

    private static readonly Section Docker = new(
    [
        new("dockerfile", Values.FileOf("Dockerfile", ""), "The Dockerfile relative to the root.", "samples/polyglot/worker/Dockerfile") { DefaultInWords = "`Dockerfile` in the service's folder" },
        new("context", Values.Folder, "The build's context; all of it counts as the service's input.", "samples/polyglot/worker") { DefaultInWords = "the service's folder" },
        new("target", Values.Text, "The stage to build.", "runtime") { DefaultInWords = "the last" },
        new("platform", Values.Text, "What the image is for.", "linux/amd64") { DefaultInWords = "the engine's own" },
        new("arguments", new MapOf("ARGUMENT", Values.Any), "Build arguments. They end up in the image's history: no secrets.", "{ PYTHON: 3.11 }") { DefaultInWords = "none" },
        new("secrets", new MapOf("SECRET", Values.Text), "Build secrets: the id that the Dockerfile mounts, and the environment variable that holds the value. It reaches no layer and no log.", "{ pip: PIP_TOKEN }") { DefaultInWords = "none" },
    ]);

    private static readonly Section Service = new(
    [
        new("path", Values.Folder, "Its folder relative to the root.", "samples/storefront/api") { Required = true },
        new("project", Values.FileOf("project file", ".csproj .fsproj .vbproj"), "The project that is published into its image, relative to the root.", "samples/storefront/api/Storefront.Api.csproj") { DefaultInWords = "required with `builder: dotnet`" },
        new("builder", Values.Choice("dotnet", "docker", "files"), "How its image is made. `dotnet`: publish and a reproducible layer, without Docker. `docker`: a Dockerfile and a Docker engine. `files`: the service's folder as a reproducible layer on `baseImage`, without Docker.", "dotnet") { Default = "dotnet" },
        new("docker", Docker, "With `builder: docker`: how its image is built.", "{ platform: linux/amd64 }"),
        new("entryPoint", new ListOf(Values.Text), "With `builder: files`: what its container runs, in `/app`, which holds the service's folder.", "[python3, worker.py]") { DefaultInWords = "required with `builder: files`" },
        new("toolchain", Values.Choice("dotnet", "python", "none"), "The tools that check its code.", "python") { DefaultInWords = "`dotnet` with a `project`; `python` where its folder holds a `pyproject.toml`, `setup.py`, `setup.cfg` or `requirements*.txt`; else `none`" },
        new("stack", Values.Reference("stacks", "stack"), "The stack that runs it.", "api") { Required = true },
        new("owner", Values.Text, "Who to ask.", "team-storefront") { DefaultInWords = "the system's owner" },
        new("repository", Values.Repository, "Its image repository in the registry.", "storefront/api") { DefaultInWords = "`SYSTEM/SERVICE`" },
        new("baseImage", Values.Image, "Base image by digest. Without one the image holds only the service's own layer, which the embedded cloud can run and AWS can not.", "registry/aspnet@sha256:…") { DefaultInWords = "none" },
        new("inputs", new ListOf(Values.Glob), "Files it is built from beyond its folder and its projects; they count even where `ignore` names them.", "[contracts/**]") { DefaultInWords = "none" },
        new("dependsOn", new ListOf(Values.Reference("services", "service")), "Services that must be deployed before it.", "[api]") { DefaultInWords = "none" },
        new("urlOutput", Values.Text, "The output of its stack that holds its base URL.", "Url") { Default = "Url" },
        new("testUrlOutput", Values.Text, "The output of its stack that holds its base URL on the test listener, where a new revision answers before it gets traffic; only services that are not deployed `ROLLING` need one.", "TestUrl") { Default = "TestUrl" },
        new("healthPath", Values.UrlPath, "Answers 200 when it is healthy.", "/health") { Default = "/health" },
        new("migration", Migration, "A task that runs once with the new image, after its stack and before the service's: a database migration. The version before keeps serving meanwhile, and after a rollback.", "{ stack: migration, container: migrate }") { DefaultInWords = "none" },
        new("smoke", new ListOf(Smoke), "Requests made through the load balancer after a deployment.", "[{ path: /products, status: 200 }]") { DefaultInWords = "none" },
    ]);

    private static readonly Section Stack = new(
    [
        new("template", Values.FileOf("file", ".yaml .yml .json .template"), "CloudFormation template relative to the root.", StackTemplateExample) { DefaultInWords = "required, unless the stack is one of the `assembly`" },
        new("dependsOn", new ListOf(Values.Reference("stacks", "stack")), "Stacks that must be deployed before it.", "[network]") { DefaultInWords = "none" },
        new("parameters", Parameters, "Only for this stack; they win over the environment's.", "{ Cpu: 256 }") { DefaultInWords = "none" },
        new("policy", Values.FileOf("file", ".json"), "Stack policy relative to the root, set after the stack was deployed. AWS knows no way to remove one: to lift it, give one that allows everything.", "infra/database.policy.json") { DefaultInWords = "left as it is" },
    ]);

    private static readonly Section LoadRequest = new(
    [
        new("path", Values.UrlPath, "Requested at the service's URL.", "/products") { Required = true },
        new("method", Values.Choice("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"), "How.", "GET") { Default = "GET" },
        new("body", Values.Text, "Sent with it, as JSON.", "'{ \"quantity\": 1 }'") { DefaultInWords = "none" },
        new("weight", Values.Whole(1, 1000), "How many of these, compared with the others.", "3") { Default = "1" },
        new("mean", Values.Duration, "Its own mean response time must be below this.", "3s") { DefaultInWords = "the suite's `targets.mean`" },
    ]);

    private static readonly Section Load = new(
    [
        new("service", Values.Reference("services", "service"), "Who gets it.", "api") { Required = true },
        new("rate", Values.Whole(1, 100_000), "Requests a second that are begun, whatever becomes of those before them; the response time counts from the moment a request was due.", "100") { Required = true },
        new("requests", new ListOf(LoadRequest), "What is requested, in turn by weight.", "[{ path: /products }]") { Required = true },
        new("users", Values.Whole(1, 10_000), "Most requests at the same time.", "50") { Default = "50" },
        new("duration", Values.Duration, "How long it is measured.", "30s") { Default = "30s" },
        new("warmUp", Values.DurationOrNone, "How long requests are made before they are measured.", "5s") { Default = "2s" },
    ]);

    private static readonly Section Locust = new(
    [
        new("file", Values.FileOf("locustfile", ".py"), "The locustfile relative to the root. Its host is the first service of `services`.", "tests/locustfile.py") { Required = true },
        new("users", Values.Whole(1, 10_000), "Users at the same time.", "50") { Default = "50" },
        new("duration", Values.Duration, "How long.", "30s") { Default = "30s" },
    ]);

    private static readonly Section Targets = new(
    [
        new("success", Values.Percent, "Least percent of the requests that succeed.", "95") { Default = "95" },
        new("mean", Values.Duration, "The mean response time must be below this.", "2s") { Default = "2s" },
        new("p95", Values.Duration, "95 % of the requests must be answered within this.", "5s") { Default = "5s" },
        new("rate", Values.Whole(1, 100_000), "Least requests a second that are answered.", "95") { DefaultInWords = "none" },
        new("slower", Values.Percent, "How many percent slower than the release before the mean may be.", "20") { DefaultInWords = "the comparison is only shown" },
    ]);

    private static readonly Section Bandit = new(
    [
        new("severity", Values.Choice("low", "medium", "high"), "The least severity that counts.", "medium") { Default = "low" },
        new("confidence", Values.Choice("low", "medium", "high"), "The least confidence that counts.", "medium") { Default = "low" },
    ]);

    private static readonly Section IgnoredAdvisory = new(
    [
        new("id", Values.Text, "One of its names.", "CVE-2026-1234") { Required = true },
        new("until", Values.Day, "The last day on which it is no finding; after it, it is one again.", "2027-01-31") { Required = true },
        new("reason", Values.Text, "Why, shown with every scan.", "not reachable") { Required = true },
    ]);

    private static readonly Section Suite = new(
    [
        new("kind", Values.Choice("unit", "integration", "performance"), "What it needs: nothing but the code (measured for coverage), or running services; `performance` judges how fast they are.", "unit") { Required = true },
        new("against", Values.Choice("nothing", "deployment"), "`deployment`: it tests what is deployed, at the addresses in `PIPELINE_URL_SERVICE`; it runs before a new revision gets traffic (or, where there is no hook for that, after the deployment and before it counts), in `IntegrationTest` and in `PerformanceTest`, and not in `Test`.", "deployment") { Default = "nothing" },
        new("services", new ListOf(Values.Reference("services", "service")), "With `against: deployment`: the services whose deployment it judges. Else: the services whose code it tests.", "[api]") { DefaultInWords = "all; else those that a test project refers to, or in whose folder pytest's tests lie" },
        new("environments", new ListOf(Values.Reference("environments", "environment")), "With `against: deployment`: where it runs; a suite that writes orders has no business in production.", "[staging]") { DefaultInWords = "all" },
        new("project", Values.FileOf("project file", ".csproj .fsproj .vbproj"), "The test project relative to the root. A suite has one of `project`, `pytest`, `locust` and `load`.", "tests/unit/Tests.csproj") { DefaultInWords = "none" },
        new("pytest", Values.Existing, "Folder or file with tests that pytest runs.", "worker/tests") { DefaultInWords = "none" },
        new("locust", Locust, "A load that Locust makes; `kind: performance`, `against: deployment`.", "{ file: tests/locustfile.py }") { DefaultInWords = "none" },
        new("load", Load, "A load that the pipeline makes by itself, at a constant rate; `kind: performance`, `against: deployment`.", "{ service: api, rate: 100, requests: [{ path: /products }] }") { DefaultInWords = "none" },
        new("targets", Targets, "With `locust` or `load`: what must be reached.", "{ success: 95, mean: 2s, p95: 5s }"),
        new("slow", Values.Flag, "Whether its tests that are marked `slow` run; else they do only with `--slow`.", "true") { Default = "false" },
        new("budget", Values.Duration, "It is stopped after this long, with every process that it started.", "5m") { DefaultInWords = "`5m` for unit, `15m` for integration, `30m` for performance suites" },
    ]);

    private static readonly Section Versions = new(
    [
        new("series", Values.Choice("repository", "services"), "What has versions: the repository as a whole, or each service as well, with tags of its own. A service is released by the commits that touch its folder, its projects (directly referenced or not) or its `inputs`.", "services") { Default = "repository" },
        new("tag", Values.Tag, "The repository's tags.", "\"v{version}\"") { Default = "v{version}" },
        new("serviceTag", Values.ServiceTag, "With `series: services`: the services' tags.", "\"{service}-v{version}\"") { Default = "{service}-v{version}" },
        new("rules", new MapOf("TYPE", Values.Choice("major", "minor", "patch", "none")), "What a commit's type raises, over the defaults; a type that is not named raises nothing, and a breaking change of any type is `major`.", "{ docs: patch, perf: none }") { DefaultInWords = "`feat: minor`, `fix: patch`, `perf: patch`, `revert: patch`" },
        new("breakingBelowOne", Values.Choice("major", "minor"), "What a breaking change raises while the version is below 1.0.0: `major` leads to 1.0.0, as Conventional Commits have it; `minor` stays below.", "minor") { Default = "major" },
        new("preReleases", new MapOf("BRANCH", Values.Identifier), "Branches (globs) whose releases are pre-releases, and what those are called: `rc` gives 1.3.0-rc.1, 1.3.0-rc.2 …; the first that matches counts.", "{ next: rc, \"alpha/*\": alpha }") { DefaultInWords = "none" },
        new("first", Values.Version, "The version of a series' first release.", "1.0.0") { Default = "0.1.0" },
        new("prefix", Values.Text, "What the host writes before the messages of what it merges, `{number}` for a pull request's.", "'Merged PR {number}: '") { DefaultInWords = "none" },
        new("author", Values.Author, "Whom the release's commit and tags name where git knows nobody, as on a runner.", "\"Release Bot <bot@example.com>\"") { DefaultInWords = "none: then nothing is released there" },
        new("changelog", new Section(
        [
            new("file", Values.NewFile, "The file, relative to the root.", "CHANGELOG.md") { Default = "CHANGELOG.md" },
            new("layout", Values.Choice("keep", "conventional"), "Its layout: Keep a Changelog, or the one of the conventional-changelog tools.", "keep") { Default = "keep" },
        ]), "The file that tells users what changed.", "{ file: CHANGELOG.md }"),
    ]);

    /// <summary>The whole file.</summary>
    public static readonly Section File = new(
    [
        new("system", Values.SystemName, "The system's name; stacks are called `SYSTEM-ENVIRONMENT-STACK`.", "storefront") { Required = true },
        new("owner", Values.Text, "Who to ask, also the stacks' `owner` tag.", "team-storefront") { Required = true },
        new("costCentre", Values.Text, "The stacks' `cost-centre` tag.", "retail") { Required = true },
        new("services", new MapOf("SERVICE", Service, Values.Name), "What is built and deployed.", "{ api: … }") { Required = true },
        new("stacks", new MapOf("STACK", Stack, Values.StackName), "The CloudFormation stacks of one environment. One of the `assembly` stands here, under its artifact id and without a template, only if there is something to say about it.", "{ network: … }") { DefaultInWords = "required without an `assembly`" },
        new("checks", new Section(
        [
            new("suites", new MapOf("SUITE", Suite, Values.Name), "Test suites.", "{ unit: … }") { DefaultInWords = "none" },
            new("skip", new ListOf(Values.Choice("format", "build", "black", "isort", "flake8", "shellcheck", "cfn-lint", "yamllint", "dockerfiles", "bandit", "commit-messages")), "Tools that are not to run; each is shown as skipped.", "[isort]") { DefaultInWords = "none" },
            new("lint", new Section(
            [
                new("budget", Values.Duration, "Its tools are stopped after this long.", "10m") { Default = "10m" },
            ]), "How code is linted.", "{ budget: 10m }"),
            new("security", new Section(
            [
                new("budget", Values.Duration, "Its tools are stopped after this long.", "5m") { Default = "5m" },
                new("bandit", Bandit, "Which of Bandit's findings count.", "{ severity: medium }"),
                new("advisories", Values.Fetched, "Folder of known vulnerabilities, in OSV's format, for NuGet, PyPI and npm, or a `.zip` of them: it answers without a network ([how](checks.md#packages-with-known-vulnerabilities)).", "advisories") { DefaultInWords = "none" },
                new("ignore", new ListOf(IgnoredAdvisory), "Advisories that are no findings for a while.", "[{ id: CVE-2026-1234, until: 2027-01-31, reason: not reachable }]") { DefaultInWords = "none" },
            ]), "How code and packages are scanned.", "{ budget: 5m }"),
        ]), "What is checked before a deployment.", "{ suites: … }"),
        new("versions", Versions, "How versions are made of commits ([how](versions.md)).", "{ series: services }"),
        new("rollbackSafe", Values.Flag, "Whether the version before this one can run beside it and after it: on the same database, with the same messages. While it says `false`, no rollback goes past a release of it unless a person insists.", "true") { Default = "true" },
        new("inputs", new ListOf(Values.Glob), "Files that every service depends on, beside those the tool finds itself (global.json, NuGet.config, Directory.*.props …).", "[contracts/**]") { DefaultInWords = "none" },
        new("ignore", new ListOf(Values.Glob), "Files that no service depends on. Any other changed file without an owner makes every service due. A glob that begins with `**/` also holds inside services' folders; any other can not take away a folder that a service is built from.", "[\"**/*.md\", docs/**]") { DefaultInWords = "none" },
        new("ledger", new Section(
        [
            new("bucket", Values.Bucket, "S3 bucket that holds releases, approvals and the audit log. Bucket names are unique on all of AWS, and environments in other accounts or regions need one of their own: the default is right for both.", "storefront-123456789012-eu-central-1-pipeline") { DefaultInWords = "`SYSTEM-ACCOUNT-REGION-pipeline`" },
        ]), "Where the record of releases is kept.", "{ bucket: … }"),
        new("ci", new Section(
        [
            new("main", Values.Text, "The branch whose pushes go to staging; every other branch goes to dev.", "trunk") { Default = "main" },
            new("skip", new Section(
            [
                new("ci", new ListOf(Values.Choice("dev", "staging")), "Environments whose route `[skip ci]` or `[ci skip]` in the head commit's message leaves out.", "[dev]") { DefaultInWords = "none" },
                new("tests", new ListOf(Values.Choice("dev", "staging")), "Environments in whose route `[skip tests]` leaves the tests out. What reaches staging so has no evidence that `prod` accepts.", "[dev]") { DefaultInWords = "none" },
            ]), "Where commit messages may ask for less; never in `prod`.", "{ ci: [dev] }"),
        ]), "How the target `CI` chooses its route ([which](ci.md)).", "{ main: trunk }"),
        new("github", new Section(
        [
            new("repository", Values.GitHubRepository, "The repository whose workflows may take the pipeline's roles on AWS, spelt exactly as on GitHub.", "acme/storefront") { DefaultInWords = "none: only principals of the account itself may take them" },
        ]), "Who deploys from CI.", "{ repository: acme/storefront }"),
        new("localCloud", new Section(
        [
            new("port", Values.Whole(1024, 65535), "The embedded cloud's port on 127.0.0.1.", "4510") { Default = "4510" },
        ]), "The embedded cloud.", "{ port: 4510 }"),
        .. Environment.Keys,
        new("environments", new MapOf("ENVIRONMENT", Environment, Values.Name), "Each environment's values over those at the top: maps merge by key, everything else replaces.", "{ staging: … }") { Required = true },
    ]);
}
