using Pipeline.Configuration;

namespace Pipeline.Tests.Configuration;

public class GateReaderTests
{
    private const string System = """
        system: shop
        owner: team
        costCentre: "1"
        account: "123456789012"
        region: eu-central-1
        services: { api: { path: api, project: api/Api.csproj, stack: api } }
        stacks: { api: { template: api.yaml } }

        """;

    [Test]
    public void Production_is_guarded_by_itself()
    {
        var prod = Load("environments: { staging: {}, prod: {} }", "prod").Environment;

        Assert.Multiple(() =>
        {
            Assert.That(prod.Gates.Promotion, Is.EqualTo(new PromotionSettings("staging", TimeSpan.Zero)));
            Assert.That(prod.Gates.Approval.Required, Is.EqualTo(1));
            Assert.That(prod.Gates.Approval.Expires, Is.EqualTo(TimeSpan.FromHours(4)));
            Assert.That(prod.Gates.Wait, Is.EqualTo(new WaitSettings(TimeSpan.FromMinutes(5), WaitFrom.Request)));
            Assert.That(prod.Gates.Health, Is.True);
            Assert.That(prod.Backup, Is.EqualTo(new BackupSettings(true, TimeSpan.FromDays(30), TimeSpan.FromMinutes(30))));
            Assert.That(prod.Watch!.Duration, Is.EqualTo(TimeSpan.FromHours(24)));
            Assert.That(prod.Watch.RollsBack, Is.True);
        });
    }

    [Test]
    public void The_triggers_are_the_documented_ones()
    {
        var watch = Load("environments: { prod: {} }", "prod").Environment.Watch!;

        Assert.Multiple(() =>
        {
            Assert.That(watch.ErrorRate, Is.EqualTo(new TriggerSettings(5, 5)));
            Assert.That(watch.ResponseTime, Is.EqualTo(new TriggerSettings(2, 10)));
            Assert.That(watch.Cpu, Is.EqualTo(new TriggerSettings(80, 15)));
            Assert.That(watch.Memory, Is.EqualTo(new TriggerSettings(80, 15)));
            Assert.That(watch.Point, Is.EqualTo(TimeSpan.FromMinutes(1)));
        });
    }

    [Test]
    public void Staging_waits_for_nobody()
    {
        var staging = Load("environments: { staging: {}, prod: {} }", "staging").Environment;

        Assert.Multiple(() =>
        {
            Assert.That(staging.Gates.Promotion, Is.Null);
            Assert.That(staging.Gates.Approval.Required, Is.Zero);
            Assert.That(staging.Gates.Wait.Timer, Is.EqualTo(TimeSpan.Zero));
            Assert.That(staging.Gates.Health, Is.False);
            Assert.That(staging.Backup.Database, Is.False);
            Assert.That(staging.Watch, Is.Null);
        });
    }

    [Test]
    public void What_is_written_wins()
    {
        var prod = Load("""
            environments:
              staging: {}
              prod:
                gates:
                  promotion: { soak: 2h }
                  approval: { required: 2, approvers: [alice, "github:bob"], expires: 30m }
                  wait: { timer: 10m, from: approval }
                  freeze: [{ name: nights, days: [fri, sat], from: "18:00", until: "06:00", zone: Europe/Berlin }]
                  lowTraffic: { maximum: 600 }
                  health: ignore
                watch: { duration: 1h, point: 1s, rollback: never, errorRate: { above: 2.5, points: 3 }, responseTime: { above: 500ms } }
                backup: { database: false }
            """, "prod").Environment;

        Assert.Multiple(() =>
        {
            Assert.That(prod.Gates.Promotion!.Soak, Is.EqualTo(TimeSpan.FromHours(2)));
            Assert.That(prod.Gates.Approval.Approvers, Is.EqualTo(new[] { "alice", "github:bob" }));
            Assert.That(prod.Gates.Wait.From, Is.EqualTo(WaitFrom.Approval));
            Assert.That(prod.Gates.Freezes.Single().Days, Is.EqualTo(new[] { DayOfWeek.Friday, DayOfWeek.Saturday }));
            Assert.That(prod.Gates.LowTraffic, Is.EqualTo(600));
            Assert.That(prod.Gates.Health, Is.False);
            Assert.That(prod.Watch!.ErrorRate, Is.EqualTo(new TriggerSettings(2.5, 3)));
            Assert.That(prod.Watch.ResponseTime, Is.EqualTo(new TriggerSettings(0.5, 10)));
            Assert.That(prod.Watch.RollsBack, Is.False);
            Assert.That(prod.Backup.Database, Is.False);
        });
    }

    [TestCase("promotion: { from: stagging }", "environments.prod.gates.promotion.from: there is no environment 'stagging'; did you mean 'staging'?")]
    [TestCase("promotion: { from: prod }", "an environment can not take from itself")]
    [TestCase("approval: { required: 2, approvers: [alice, alice] }", "2 people must approve, but 'approvers' names fewer")]
    [TestCase("freeze: [{ name: x, from: \"18:00\", until: 2026-12-24 }]", "freeze[0].from: must be a day because the freeze comes once, is '18:00'")]
    [TestCase("freeze: [{ name: x, days: [sat], from: 2026-12-24 }]", "freeze[0].from: must be a time of day because the freeze comes every week")]
    [TestCase("freeze: [{ name: x, from: 2026-12-24 }]", "freeze[0].until: is missing")]
    [TestCase("freeze: [{ name: x, from: 2026-12-24, until: 2026-12-24 }]", "is not after")]
    [TestCase("freeze: [{ name: x, days: [satur] }]", "must be 'mon'")]
    [TestCase("freeze: [{ name: x, days: [sat], zone: Mars/Base }]", "this machine knows no time zone 'Mars/Base'")]
    public void What_can_not_be_meant_is_refused(string gates, string sentence) =>
        Assert.That(() => Load($"environments: {{ staging: {{}}, prod: {{ gates: {{ {gates} }} }} }}", "prod"), Throws.TypeOf<Pipeline.Outcomes.UsageException>().With.Message.Contains(sentence));

    private static PipelineConfiguration Load(string environments, string environment)
    {
        var root = Directory.CreateTempSubdirectory("gates-").FullName;
        try
        {
            Directory.CreateDirectory(Path.Combine(root, "api"));
            File.WriteAllText(Path.Combine(root, "api/Api.csproj"), "<Project />");
            File.WriteAllText(Path.Combine(root, "api.yaml"), "Resources: {}");
            File.WriteAllText(Path.Combine(root, "pipeline.yml"), System + environments);
            return ConfigurationLoader.Load(root, environment);
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }
}
