namespace Pipeline.Configuration;

/// <summary>Every key of <c>pipeline.yml</c>, described once.</summary>
internal static class ConfigurationKeys
{
    public const string StackTemplateExample = "samples/storefront/infra/api.yaml";

    private static readonly Section Gates = new(
    [
        new("coverage", new Section(
        [
            new("minimum", Values.Percent, "Line coverage that the affected services must reach together, never rounded.", "80") { Default = "80" },
        ]), "The coverage gate.", "{ minimum: 80 }"),
        new("security", new Section(
        [
            new("advisories", Values.Choice("allow", "refuse"), "What to do where package advisories can not be evaluated: go on and show it, or refuse.", "refuse") { Default = "refuse" },
        ]), "The security gate.", "{ advisories: refuse }"),
    ]);

    private static readonly Section Deadlines = new(
    [
        new("stack", Values.Duration, "Longest time for one stack operation; after it the run says \"unknown\".", "30m") { Default = "30m" },
        new("busy", Values.Duration, "Longest time to wait for somebody else's operation on a stack; after it the run refuses.", "10m") { Default = "10m" },
        new("stall", Values.Duration, "A rollout in which nothing at all has changed for this long is stopped, and the version before comes back.", "10m") { Default = "10m" },
        new("verify", Values.Duration, "Longest time for health and smoke checks after a deployment.", "2m") { Default = "5m" },
    ]);

    private static readonly MapOf Parameters = new("PARAMETER", Values.Any, Values.ParameterName);

    /// <summary>Keys that stand at the top for all environments, and below one environment to win there.</summary>
    public static readonly Section Environment = new(
    [
        new("cloud", Values.Choice("local", "aws"), "Where it runs unless `--cloud` says otherwise: the embedded cloud or AWS.", "local") { Default = "local" },
        new("account", Values.Account, "AWS account number; the embedded cloud has only 123456789012.", "\"123456789012\"") { RequiredSomewhere = true, DefaultInWords = "required, at the top or here" },
        new("region", Values.Region, "AWS region.", "eu-central-1") { RequiredSomewhere = true, DefaultInWords = "required, at the top or here" },
        new("parameters", Parameters, "Given to every stack whose template declares a parameter of that name.", "{ TaskCount: 2 }"),
        new("gates", Gates, "What guards the environment.", "{ coverage: { minimum: 80 } }"),
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

    private static readonly Section Service = new(
    [
        new("path", Values.Folder, "Its folder relative to the root.", "samples/storefront/api") { Required = true },
        new("project", Values.FileOf("project file", ".csproj .fsproj .vbproj"), "The project that is published into its image, relative to the root.", "samples/storefront/api/Storefront.Api.csproj") { Required = true },
        new("builder", Values.Choice("dotnet"), "How its image is made; `dotnet`: publish and a reproducible layer, without Docker.", "dotnet") { Default = "dotnet" },
        new("stack", Values.Reference("stacks", "stack"), "The stack that runs it.", "api") { Required = true },
        new("owner", Values.Text, "Who to ask.", "team-storefront") { DefaultInWords = "the system's owner" },
        new("repository", Values.Repository, "Its image repository in the registry.", "storefront/api") { DefaultInWords = "`SYSTEM/SERVICE`" },
        new("baseImage", Values.Image, "Base image by digest. Without one the image holds only the service's own layer, which the embedded cloud can run and AWS can not.", "registry/aspnet@sha256:…") { DefaultInWords = "none" },
        new("inputs", new ListOf(Values.Glob), "Files it is built from beyond its folder and its projects; they count even where `ignore` names them.", "[contracts/**]") { DefaultInWords = "none" },
        new("dependsOn", new ListOf(Values.Reference("services", "service")), "Services that must be deployed before it.", "[api]") { DefaultInWords = "none" },
        new("urlOutput", Values.Text, "The output of its stack that holds its base URL.", "Url") { Default = "Url" },
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

    private static readonly Section Suite = new(
    [
        new("kind", Values.Choice("unit", "integration"), "What it needs: nothing but the code (measured for coverage), or running services.", "unit") { Required = true },
        new("project", Values.FileOf("project file", ".csproj .fsproj .vbproj"), "The test project relative to the root.", "tests/unit/Tests.csproj") { Required = true },
        new("budget", Values.Duration, "It is stopped after this long.", "5m") { Default = "10m" },
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
            new("suites", new MapOf("SUITE", Suite, Values.Name), "Test projects.", "{ unit: … }") { DefaultInWords = "none" },
        ]), "What is checked before a deployment.", "{ suites: … }"),
        new("inputs", new ListOf(Values.Glob), "Files that every service depends on, beside those the tool finds itself (global.json, NuGet.config, Directory.*.props …).", "[contracts/**]") { DefaultInWords = "none" },
        new("ignore", new ListOf(Values.Glob), "Files that no service depends on. Any other changed file without an owner makes every service due. A glob that begins with `**/` also holds inside services' folders; any other can not take away a folder that a service is built from.", "[\"**/*.md\", docs/**]") { DefaultInWords = "none" },
        new("ledger", new Section(
        [
            new("bucket", Values.Bucket, "S3 bucket that holds releases, approvals and the audit log. Bucket names are unique on all of AWS, and environments in other accounts or regions need one of their own: the default is right for both.", "storefront-123456789012-eu-central-1-pipeline") { DefaultInWords = "`SYSTEM-ACCOUNT-REGION-pipeline`" },
        ]), "Where the record of releases is kept.", "{ bucket: … }"),
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
