using System.Text;
using Pipeline.Aws;
using Pipeline.Cake.Docker;
using Pipeline.Changes;
using Pipeline.Configuration;
using Pipeline.Images;
using Pipeline.Images.Docker;
using Pipeline.LocalCloud;
using Pipeline.Processes;
using Pipeline.Tests.Contracts;

namespace Pipeline.Tests.Images;

/// <summary>A Docker engine, an embedded cloud with its registry, and a service with a Dockerfile on a base of nothing but busybox.</summary>
internal sealed class DockerGround : IAsyncDisposable
{
    /// <summary>Answers on <c>$PORT</c> what it runs as; <c>/app/www</c> is what it serves.</summary>
    public const string Serve = "exec /bin/httpd -f -p 127.0.0.1:$PORT -h /app/www";

    private DockerGround(DockerEngine engine, CloudServer cloud)
    {
        (Engine, Cloud) = (engine, cloud);
        Aws = new AwsAccount(AwsConnection.ToEmbeddedCloud(new Uri(cloud.Endpoint).Port, "eu-central-1", "123456789012"));
    }

    public DockerEngine Engine { get; }

    public CloudServer Cloud { get; }

    public AwsAccount Aws { get; }

    public SmallRepository Repository { get; } = new();

    public List<string> Said { get; } = [];

    public static async Task<DockerGround> Start(CloudOptions? options = null)
    {
        var busybox = Requires.Program("docker", "busybox");
        var search = await DockerEngine.Find(CancellationToken.None);
        Requires.That(search.Engine is not null, "docker", search.Problem);
        var ground = new DockerGround(search.Engine!, await CheckedCloud.Start(options ?? new CloudOptions(0, null, TimeScale: 20)));
        ground.Repository.Copy(busybox, "worker/bin/busybox");
        ground.Dockerfile(Serve);
        ground.Repository.Git("remote", "add", "origin", "https://robot:token@github.com/example/shop.git"); // pipeline:allow-secret not a real one
        ground.Repository.Service = ground.Repository.Service with { Builder = Builder.Docker, EntryPoint = [], Docker = new("worker/Dockerfile", "worker", null, null, new Dictionary<string, string>(), new Dictionary<string, string>()) };
        return ground;
    }

    /// <param name="command">what the container's shell runs</param>
    /// <param name="more">further instructions</param>
    public void Dockerfile(string command, string more = "") => Repository.Write("worker/Dockerfile", $"""
        FROM scratch AS base
        COPY bin/busybox /bin/busybox
        RUN ["/bin/busybox", "--install", "-s", "/bin"]
        COPY worker.py /app/www/index.html
        {more}
        WORKDIR /app
        ENTRYPOINT ["/bin/sh", "-c", "{command}"]
        """);

    public void Change(Func<DockerSettings, DockerSettings> change) => Repository.Service = Repository.Service with { Docker = change(Repository.Service.Docker!) };

    /// <param name="inputs">stands for the hash of what it is built from</param>
    public async Task<BuiltImage> Build(char inputs = 'a', DockerWords? words = null)
    {
        Repository.Git("add", "-A");
        Repository.Git("commit", "-q", "--allow-empty", "-m", "change");
        await Aws.Registry.EnsureRepository(Repository.Service.Repository, immutable: true, CancellationToken.None);
        var login = await Aws.Registry.Login(CancellationToken.None);
        var source = new SourceRevision(new string('1', 40), "main", "change", false, new string('2', 40));
        var building = new ImageBuilding(Repository.Configuration, new RegistryEndpoint(login.Endpoint, login.User, new Secret(login.Password)), new BuildTools(words ?? CakeDocker.Words) { Source = source });
        return await building.Build(Repository.Service, new ServiceInputs(new string(inputs, 64), new Dictionary<string, string>()), new Listener(Said), CancellationToken.None);
    }

    /// <summary>What the registry has of an image, all of it: manifest, configuration, layers unpacked.</summary>
    public string Contents(string digest)
    {
        var images = Cloud.Cloud.Registry.Images;
        var text = new StringBuilder();
        var manifest = images.ReadManifest(images.FindImage("shop/worker", digest)!);
        text.Append(Encoding.UTF8.GetString(manifest));
        var parsed = Pipeline.LocalCloud.Registry.ImageStore.ParseManifest(manifest)!;
        text.Append(File.ReadAllText(images.Blobs.Find(parsed.Config!.Digest)!.FullName));
        foreach (var layer in parsed.Layers!)
        {
            using var unpacked = new StreamReader(new System.IO.Compression.GZipStream(images.Blobs.Find(layer.Digest)!.OpenRead(), System.IO.Compression.CompressionMode.Decompress), Encoding.Latin1);
            text.Append(unpacked.ReadToEnd());
        }

        return text.ToString();
    }

    /// <summary>Docker's client, for what tests want to know.</summary>
    public async Task<string> Docker(params string[] words)
    {
        var result = await ChildProcess.Run(new Command(Engine.Program, words, Path.GetTempPath()) { Timeout = TimeSpan.FromMinutes(1) }, CancellationToken.None);
        Assert.That(result.ExitCode, Is.Zero, result.Error);
        return result.Output.Trim();
    }

    public async ValueTask DisposeAsync()
    {
        await Cloud.DisposeAsync();
        Repository.Dispose();
    }

    private sealed class Listener(List<string> said) : IProgress<string>
    {
        public void Report(string value)
        {
            lock (said)
            {
                said.Add(value);
            }
        }
    }
}
