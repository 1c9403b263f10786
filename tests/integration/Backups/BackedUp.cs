using Npgsql;
using Pipeline.Backups;
using Pipeline.Configuration;
using Pipeline.LocalCloud;
using Pipeline.LocalCloud.Protocols;
using Pipeline.LocalCloud.Rds;
using Pipeline.Outcomes;
using Pipeline.Reporting;
using Pipeline.Tests.Contracts;
using Pipeline.Tests.StackOperations;
using Spectre.Console;
using Fault = Pipeline.LocalCloud.Protocols.Fault;

namespace Pipeline.Tests.Backups;

/// <summary>For a fixture: an environment with a real database, a parameter, secrets and task definitions, deployed by the pipeline.</summary>
public abstract class BackedUp
{
    private const string Template = """
        Parameters: {Limit: {Type: String}, Prefix: {Type: String} }
        Resources:
          Password: {Type: AWS::SecretsManager::Secret, Properties: {GenerateSecretString: {SecretStringTemplate: '{"username":"ada"}', GenerateStringKey: password, PasswordLength: 30, ExcludePunctuation: true} } }
          Db:
            Type: AWS::RDS::DBInstance
            DeletionPolicy: Delete
            Properties:
              DBInstanceIdentifier: !Ref Prefix
              Engine: postgres
              DBInstanceClass: db.t3.micro
              AllocatedStorage: '20'
              StorageEncrypted: true
              DBName: orders
              MasterUsername: ada
              MasterUserPassword: !Sub '{{resolve:secretsmanager:${Password}:SecretString:password}}'
          LimitParameter: {Type: AWS::SSM::Parameter, Properties: {Name: !Sub '/${Prefix}/limit', Type: String, Value: !Ref Limit} }
          Leak: {Type: AWS::SSM::Parameter, Properties: {Name: !Sub '/${Prefix}/leak', Type: String, Value: !Sub '{{resolve:secretsmanager:${Password}:SecretString:password}}'} }
          Plain: {Type: AWS::ECS::TaskDefinition, Properties: {Family: !Sub '${Prefix}-plain', NetworkMode: awsvpc, RequiresCompatibilities: [FARGATE], Cpu: '256', Memory: '512', ContainerDefinitions: [{Name: web, Image: 'busybox', Environment: [{Name: LIMIT, Value: !Ref Limit}]}]} }
          Telling: {Type: AWS::ECS::TaskDefinition, Properties: {Family: !Sub '${Prefix}-telling', ContainerDefinitions: [{Name: web, Image: 'busybox', Memory: 64, Environment: [{Name: P, Value: !Sub '{{resolve:secretsmanager:${Password}:SecretString:password}}'}]}]} }
        """;

    private int _releases;

    private protected CloudServer Cloud { get; private set; } = null!;

    private protected StackSystem System { get; private set; } = null!;

    private protected List<string> Said { get; } = [];

    private protected string Instance => $"{System.Name}-dev";

    private protected PipelineConfiguration Configuration => System.Configuration;

    [OneTimeSetUp]
    public async Task Deployed()
    {
        Requires.That(PostgresPrograms.Find() is not null, "postgres", "PostgreSQL's programs are not installed");
        Cloud = await CheckedCloud.Start();
        System = new StackSystem(Cloud, "stacks: { a: { template: a.yaml } }\nbackup: { database: true, deadline: 60s, keep: 7d }\nparameters: { Limit: '10', Prefix: x }");
        System.Write("pipeline.yml", (await File.ReadAllTextAsync(Path.Combine(System.Root, "pipeline.yml"))).Replace("Prefix: x", $"Prefix: {System.Name}-dev", StringComparison.Ordinal)).Write("a.yaml", Template);
        await System.Deploy();
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        System?.Dispose();
        await (Cloud?.DisposeAsync() ?? ValueTask.CompletedTask);
    }

    [SetUp]
    public void Forget() => Said.Clear();

    [TearDown]
    public void ClearFaults() => Cloud.Cloud.Faults.Clear();

    /// <summary>An id as releases have them, another one each time.</summary>
    private protected string NewRelease() => $"dev-20261123-09{Interlocked.Increment(ref _releases):0000}-3f2c1ab";

    private protected async Task<BackupRoom> Room(TimeProvider? time = null, TimeSpan? deadline = null) => new(
        Configuration with { Environment = Configuration.Environment with { Backup = Configuration.Environment.Backup with { Deadline = deadline ?? TimeSpan.FromMinutes(1) } } }, System.Aws, await System.Store(), time ?? TimeProvider.System);

    private protected async Task<BackupRecord> Take(string? release = null) => await (await Room()).Take(release ?? NewRelease(), Said.Add, CancellationToken.None);

    private protected async Task<PipelineException> Refused(string? release = null, TimeSpan? deadline = null)
    {
        var room = await Room(deadline: deadline);
        var refusal = Assert.ThrowsAsync<PipelineException>(() => room.Take(release ?? NewRelease(), Said.Add, CancellationToken.None))!;
        await TestContext.Out.WriteLineAsync(string.Join('\n', [refusal.Message, .. refusal.Details.Select(d => $"  {d.Label}: {d.Text}")]));
        Assert.That(refusal.ExitCode, Is.EqualTo(ExitCode.Refused));
        return refusal;
    }

    /// <summary>What becomes of the next snapshot.</summary>
    private protected void Strike(FaultKind kind) =>
        Cloud.Cloud.Faults.Add(new Fault("AWS::RDS::DBSnapshot", "Create", kind) { Refusal = kind == FaultKind.Refuse ? new AwsException("InternalFailure", "told to fail") : null });

    private protected static Output Output(StringWriter printed)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Interactive = InteractionSupport.No, Out = new AnsiConsoleOutput(printed) });
        console.Profile.Width = 10_000;
        return new Output(console, live: false);
    }

    /// <summary>Asks a database.</summary>
    private protected async Task<object?> Execute(string instance, string text)
    {
        var endpoint = (await System.Aws.Databases.Find(instance, CancellationToken.None))!.Endpoint!;
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder { Host = endpoint.Host, Port = endpoint.Port, Username = "ada", Password = await Password(), Database = "orders", Pooling = false, Timeout = 5 }.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(text, connection);
        return await command.ExecuteScalarAsync();
    }

    private protected async Task<string> Password()
    {
        var resources = await System.Aws.Stacks.Resources(Configuration.StackName("a"), CancellationToken.None);
        var secret = await System.Connection.Secrets.GetSecretValueAsync(new() { SecretId = resources["Password"] });
        return global::System.Text.Json.Nodes.JsonNode.Parse(secret.SecretString)!["password"]!.ToString();
    }

    /// <summary>Time that is ahead.</summary>
    private protected sealed class Ahead(TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + by;
    }
}
