using Pipeline.Aws;
using Pipeline.Configuration;
using Pipeline.LocalCloud;
using Pipeline.Tests.Contracts;
using Pipeline.Watching;

namespace Pipeline.Tests.Watching;

/// <summary>A watch in a real ledger over a series that the test writes, with time that the test moves.</summary>
public abstract class WatchGround
{
    private protected static readonly DateTimeOffset Start = new(2026, 11, 23, 10, 0, 0, TimeSpan.Zero);
    private protected const string Release = "prod-20261123-100000-aaaaaaa";
    private CloudServer _cloud = null!;
    private AwsConnection _connection = null!;
    private AwsAccount _aws = null!;
    private string _root = "";

    private protected static WatchSettings Settings { get; } = new(TimeSpan.FromHours(24), TimeSpan.FromMinutes(1), 10, TimeSpan.FromMinutes(15), RollsBack: true)
    {
        ErrorRate = new(5, 5), ResponseTime = new(2, 10), Cpu = new(80, 15), Memory = new(80, 15),
    };

    private protected ManualTime Time { get; private set; } = null!;

    private protected WatchBook Book { get; private set; } = null!;

    /// <summary>Minute → what was measured in it; a minute without an entry is healthy.</summary>
    private protected Dictionary<int, MeasuredPoint?> Written { get; } = [];

    /// <summary>Incidents for which somebody went back.</summary>
    private protected List<string> RolledBack { get; } = [];

    private protected Func<Readout, Readout> Also { get; set; } = read => read;

    /// <summary>The last minute of which anything is known, whatever the clock says.</summary>
    private protected int Known { get; set; } = int.MaxValue;

    [OneTimeSetUp]
    public async Task StartCloud()
    {
        _cloud = await CheckedCloud.Start();
        _connection = AwsConnection.ToEmbeddedCloud(_cloud.Cloud.Options.Port, "eu-central-1", "123456789012");
        _aws = new AwsAccount(_connection);
        _root = Directory.CreateTempSubdirectory("watch-").FullName;
        var system = Path.Combine(TestContext.CurrentContext.TestDirectory, "Deployments", "system");
        foreach (var file in Directory.EnumerateFiles(system, "*", SearchOption.AllDirectories).Append("web/Web.csproj"))
        {
            var to = Path.Combine(_root, Path.IsPathRooted(file) ? Path.GetRelativePath(system, file) : file);
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            await File.WriteAllTextAsync(to, Path.IsPathRooted(file) ? await File.ReadAllTextAsync(file) : "<Project Sdk=\"Microsoft.NET.Sdk\" />");
        }
    }

    [OneTimeTearDown]
    public async Task StopCloud()
    {
        _connection.Dispose();
        await _cloud.DisposeAsync();
        Directory.Delete(_root, recursive: true);
    }

    [SetUp]
    public async Task Begin()
    {
        (Time, Known, Also) = (new ManualTime(Start), int.MaxValue, read => read);
        Written.Clear();
        RolledBack.Clear();
        Book = new WatchBook(await _aws.Store("ledger", "prod", CancellationToken.None), $"prod{Guid.NewGuid():N}");
        await Book.Begin(Watch(Release), CancellationToken.None);
    }

    private protected static Watch Watch(string release) => new(release, Start, Start + Settings.Duration)
    {
        Looked = Start,
        Services = [ServiceWatch.Begin(new MeasuredService("api", "demo-prod", "api") { TargetGroups = [new("targetgroup/api/1", "app/front/1")] }, Start)],
    };

    private protected Watcher Watcher(WatchSettings? settings = null)
    {
        var configuration = ConfigurationLoader.Load(_root, "staging");
        return new Watcher(configuration with { Environment = configuration.Environment with { Watch = settings ?? Settings } }, _aws, Book, Time)
        {
            Read = (service, _, to, _) => Task.FromResult(Also(new Readout(Points(service.Watermark, to)))),
        };
    }

    private protected Task<TickResult> Tick(WatchSettings? settings = null) => Watcher(settings).Tick(RollBack, CancellationToken.None);

    private protected Task<TickResult> TickAt(int minute, WatchSettings? settings = null)
    {
        Time.Advance(Start.AddMinutes(minute) - Time.GetUtcNow());
        return Tick(settings);
    }

    private protected Task<string> RollBack(Incident incident, CancellationToken cancel)
    {
        lock (RolledBack)
        {
            RolledBack.Add(incident.Id);
        }

        return Task.FromResult("prod-20261123-120000-rollback");
    }

    private protected async Task<Watch> Stored() => (await Book.Find(Release, CancellationToken.None))!.Watch;

    private protected void Errors(int from, int minutes, double percent)
    {
        for (var i = from; i < from + minutes; i++)
        {
            Written[i] = Point(i) with { Errors = percent * 10 };
        }
    }

    private protected void Nothing(int from, int minutes)
    {
        for (var i = from; i < from + minutes; i++)
        {
            Written[i] = null;
        }
    }

    private protected static MeasuredPoint Point(int minute) => new(Start.AddMinutes(minute)) { Requests = 1000, Responses = 1000, ResponseSeconds = 100, Cpu = 10, Memory = 20 };

    private List<MeasuredPoint> Points(DateTimeOffset from, DateTimeOffset to)
    {
        var points = new List<MeasuredPoint>();
        for (var i = (int)(from - Start).TotalMinutes; Start.AddMinutes(i) < to && i < Known; i++)
        {
            if ((Written.TryGetValue(i, out var written) ? written : Point(i)) is { } point)
            {
                points.Add(point);
            }
        }

        return points;
    }
}
