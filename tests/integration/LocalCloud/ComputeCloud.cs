using System.Collections.Concurrent;
using System.Formats.Tar;
using System.IO.Compression;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Pipeline.LocalCloud.CloudFormation;
using Pipeline.LocalCloud.Ecs;
using Pipeline.LocalCloud.LoadBalancing;
using Pipeline.LocalCloud.Logs;
using Pipeline.LocalCloud.Protocols;
using Pipeline.LocalCloud.Registry;
using Pipeline.LocalCloud.State;
using Pipeline.Tests.Contracts;

namespace Pipeline.Tests.LocalCloud;

/// <summary>The rooms that run services, together in this process: real balancer, real tasks, fast time.</summary>
internal sealed class ComputeCloud : IAsyncDisposable
{
    public const double TimeScale = 20;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Database _database;
    private readonly Task _loops;

    public ComputeCloud(string folder)
    {
        Folder = folder;
        _database = new Database(folder);
        Balancer = new Balancer(_database, TimeProvider.System, TimeScale, TimeSpan.FromSeconds(3));
        Logs = new LogsService(_database, TimeProvider.System);
        Registry = new RegistryService(_database, TimeProvider.System, () => "127.0.0.1:4510");
        LoadBalancing = new LoadBalancingService(_database, TimeProvider.System, Balancer);
        var surroundings = new TaskSurroundings(
            () => "http://127.0.0.1:4510",
            Registry.Images,
            (name, _) => name.Contains("known", StringComparison.Ordinal) ? Task.FromResult("secret value") : throw new AwsException("ResourceNotFoundException", "Secrets Manager can't find the specified secret."),
            (role, task) => new Dictionary<string, string> { ["AWS_ACCESS_KEY_ID"] = "task", ["AWS_SECRET_ACCESS_KEY"] = "task", ["PROBE_ROLE"] = role },
            Logs.OpenStream);
        Ecs = new EcsService(_database, TimeProvider.System, Balancer, surroundings, new EcsNeighbours { AlarmState = name => Alarms.GetValueOrDefault(name), RegistryExists = arn => arn.Contains("known", StringComparison.Ordinal) }, TimeScale);
        _loops = Task.WhenAll(Balancer.Run(_stopping.Token), Ecs.Run(_stopping.Token));
    }

    public string Folder { get; }

    /// <summary>The alarms that there are, with their states.</summary>
    public ConcurrentDictionary<string, string> Alarms { get; } = new();

    public Balancer Balancer { get; }

    public LogsService Logs { get; }

    public RegistryService Registry { get; }

    public LoadBalancingService LoadBalancing { get; }

    public EcsService Ecs { get; }

    public IEnumerable<ResourceType> ResourceTypes => [.. Ecs.ResourceTypes, .. LoadBalancing.ResourceTypes, .. Logs.ResourceTypes, .. Registry.ResourceTypes];

    public static ComputeCloud Start() => new(Directory.CreateTempSubdirectory("compute-").FullName);

    public static Task<JsonObject> Call(AwsService service, string operation, string body) => CheckedCalls.Call(service, operation, JsonNode.Parse(body)!.AsObject());

    public Task<JsonObject> Call(string operation, string body) => Call(Ecs.Service, operation, body);

    public Task<JsonObject> Elb(string operation, string body) => Call(LoadBalancing.Service, operation, body);

    public async Task<JsonObject> Service(string name = "web") => (await Call("DescribeServices", $$"""{"cluster":"main","services":["{{name}}"]}"""))["services"]![0]!.AsObject();

    public async Task<JsonObject> LatestDeployment(string name = "web")
    {
        var arn = (await Call("ListServiceDeployments", $$"""{"cluster":"main","service":"{{name}}"}"""))["serviceDeployments"]![0]!["serviceDeploymentArn"];
        return (await Call("DescribeServiceDeployments", $$"""{"serviceDeploymentArns":["{{arn}}"]}"""))["serviceDeployments"]![0]!.AsObject();
    }

    /// <summary>An image in the registry; answers its reference by digest.</summary>
    public async Task<string> Image(string repository, string config, params (string Name, byte[] Content, bool Executable)[] files)
    {
        if (Registry.Images.FindRepository(repository) is null)
        {
            await Call(Registry.Service, "CreateRepository", $$"""{"repositoryName":"{{repository}}"}""");
        }

        var layer = await Registry.Images.Blobs.Put(Layer(files), CancellationToken.None);
        var settings = await Registry.Images.Blobs.Put(Encoding.UTF8.GetBytes(config), CancellationToken.None);
        var manifest = Encoding.UTF8.GetBytes($$"""{"schemaVersion":2,"config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"{{settings}}","size":1},"layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar+gzip","digest":"{{layer}}","size":1}]}""");
        var digest = await Registry.Images.Blobs.Put(manifest, CancellationToken.None);
        Registry.Images.AddImage(Registry.Images.FindRepository(repository)!, digest, "application/vnd.oci.image.manifest.v1+json", manifest.Length, null);
        return $"127.0.0.1:4510/{repository}@{digest}";
    }

    public Task<string> ProbeImage()
    {
        var folder = TestContext.CurrentContext.TestDirectory;
        return Image("probe", """{"os":"linux","architecture":"any","config":{"WorkingDir":"/app","Entrypoint":["dotnet","/app/Probe.dll"],"Env":["PROBE_IMAGE=yes","ASPNETCORE_HTTP_PORTS=8080"]}}""",
            [.. new[] { "Probe.dll", "Probe.runtimeconfig.json" }.Select(f => ($"app/{f}", File.ReadAllBytes(Path.Combine(folder, f)), false))]);
    }

    /// <summary>Cluster, load balancer with a listener, target group; answers the listener's port.</summary>
    public async Task<(int Port, string TargetGroup)> Ground()
    {
        var port = FreeTcpPort();
        await Call("CreateCluster", """{"clusterName":"main"}""");
        var balancer = (await Elb("CreateLoadBalancer", """{"Name":"front","Subnets":["subnet-1","subnet-2"]}"""))["LoadBalancers"]![0]!["LoadBalancerArn"];
        var group = (await Elb("CreateTargetGroup", """{"Name":"web","Port":"8080","Protocol":"HTTP","VpcId":"vpc-1","TargetType":"ip","HealthCheckPath":"/health","HealthCheckIntervalSeconds":"5","HealthCheckTimeoutSeconds":"2","HealthyThresholdCount":"2"}"""))["TargetGroups"]![0]!["TargetGroupArn"];
        var listener = (await Elb("CreateListener", $$"""{"LoadBalancerArn":"{{balancer}}","Port":"{{port}}","Protocol":"HTTP","DefaultActions":[{"Type":"fixed-response","FixedResponseConfig":{"StatusCode":"503","ContentType":"text/plain","MessageBody":"no service"} }]}"""))["Listeners"]![0]!["ListenerArn"];
        await Elb("CreateRule", $$"""{"ListenerArn":"{{listener}}","Priority":"10","Conditions":[{"Field":"path-pattern","Values":["/*"]}],"Actions":[{"Type":"forward","TargetGroupArn":"{{group}}"}]}""");
        return (port, group!.GetValue<string>());
    }

    public async Task<string> Definition(string image, string version, string fault = "", string more = "")
    {
        var body = $$"""
            {"family":"web","networkMode":"awsvpc","requiresCompatibilities":["FARGATE"],"cpu":"256","memory":"512","containerDefinitions":[{
              "name":"web","image":"{{image}}","portMappings":[{"containerPort":8080}],"stopTimeout":20,
              "environment":[{"name":"PROBE_VERSION","value":"{{version}}"},{"name":"PROBE_FAULT","value":"{{fault}}"}]{{more}}}]}
            """;
        return (await Call("RegisterTaskDefinition", body))["taskDefinition"]!["taskDefinitionArn"]!.GetValue<string>();
    }

    public Task<JsonObject> CreateService(string definition, string targetGroup, int count, bool rollback = true) => Call("CreateService", $$"""
        {"cluster":"main","serviceName":"web","taskDefinition":"{{definition}}","desiredCount":{{count}},"launchType":"FARGATE","healthCheckGracePeriodSeconds":5,
         "loadBalancers":[{"targetGroupArn":"{{targetGroup}}","containerName":"web","containerPort":8080}],
         "deploymentConfiguration":{"maximumPercent":200,"minimumHealthyPercent":100,"deploymentCircuitBreaker":{"enable":true,"rollback":{{(rollback ? "true" : "false")}} } } }
        """);

    public Task<JsonObject> Update(string definition) => Call("UpdateService", $$"""{"cluster":"main","service":"web","taskDefinition":"{{definition}}"}""");

    public Task Steady(int running) => Until(async () => await Service() is var service
        && service["deployments"]!.AsArray() is [var only] && only!["rolloutState"]!.GetValue<string>() == "COMPLETED"
        && service["runningCount"]!.GetValue<int>() == running, () => Service());

    /// <summary>Waits for a condition, at most a minute.</summary>
    public static async Task Until(Func<Task<bool>> condition, Func<Task<JsonObject>>? evidence = null)
    {
        var deadline = DateTime.UtcNow.AddSeconds(60);
        while (!await condition())
        {
            if (DateTime.UtcNow > deadline)
            {
                Assert.Fail($"It did not happen within a minute. {(evidence is null ? "" : (await evidence()).ToJsonString())}");
            }

            await Task.Yield();
            using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
            await pause.WaitForNextTickAsync();
        }
    }

    public async Task<IReadOnlyList<JsonObject>> Tasks(string desired = "RUNNING")
    {
        var arns = (await Call("ListTasks", $$"""{"cluster":"main","desiredStatus":"{{desired}}"}"""))["taskArns"]!.AsArray();
        return arns.Count == 0 ? [] : [.. (await Call("DescribeTasks", new JsonObject { ["cluster"] = "main", ["tasks"] = arns.DeepClone() }.ToJsonString()))["tasks"]!.AsArray().Select(t => t!.AsObject())];
    }

    public static int FreeTcpPort()
    {
        using var listener = new TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        return ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Stops everything but keeps the state, as an ordinary stop does.</summary>
    public async Task Stop()
    {
        await _stopping.CancelAsync();
        try
        {
            await _loops;
        }
        catch (OperationCanceledException)
        {
        }

        await Ecs.DisposeAsync();
        await Balancer.DisposeAsync();
        Logs.Dispose();
        _database.Dispose();
        _stopping.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        await Stop();
        Directory.Delete(Folder, recursive: true);
    }

    public static byte[] Layer(IEnumerable<(string Name, byte[] Content, bool Executable)> files)
    {
        using var bytes = new MemoryStream();
        using (var zip = new GZipStream(bytes, CompressionMode.Compress))
        using (var tar = new TarWriter(zip))
        {
            foreach (var (name, content, executable) in files)
            {
                tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(content), Mode = (UnixFileMode)(executable ? 0b111101101 : 0b110100100) });
            }
        }

        return bytes.ToArray();
    }
}
