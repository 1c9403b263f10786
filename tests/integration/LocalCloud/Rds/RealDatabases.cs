using System.Globalization;
using Amazon.CloudFormation;
using Amazon.CloudFormation.Model;
using Amazon.RDS;
using Amazon.RDS.Model;
using Amazon.Runtime;
using Npgsql;
using Pipeline.LocalCloud;
using Pipeline.LocalCloud.Rds;
using Pipeline.Tests.Contracts;

namespace Pipeline.Tests.LocalCloud.Rds;

/// <summary>An embedded cloud with a state folder of its own and one database in one stack, seen by the AWS clients and by Npgsql.</summary>
internal sealed class RealDatabases : IAsyncDisposable
{
    private const string Password = "long-enough'\""; // pipeline:allow-secret of a database that lives as long as a test
    private static readonly BasicAWSCredentials Developer = new("test", "test");
    private readonly string _folder = Directory.CreateTempSubdirectory("databases-").FullName;
    private CloudServer _cloud = null!;

    public AmazonRDSClient Rds { get; private set; } = null!;

    public CloudServer Cloud => _cloud;

    public static async Task<RealDatabases> Start(string policy = "Delete")
    {
        Requires.That(PostgresPrograms.Find() is not null, "postgres", "PostgreSQL's programs are not installed");
        var databases = new RealDatabases();
        await databases.StartCloud();
        await databases.Deploy(policy);
        return databases;
    }

    /// <summary>The cloud ends and another begins on its state.</summary>
    public async Task Restart()
    {
        Rds.Dispose();
        await _cloud.DisposeAsync();
        await StartCloud();
    }

    public Task Snapshot(string id) => Rds.CreateDBSnapshotAsync(new CreateDBSnapshotRequest { DBInstanceIdentifier = "shop", DBSnapshotIdentifier = id });

    public async Task<DBSnapshot> Described(string id) => (await Rds.DescribeDBSnapshotsAsync(new DescribeDBSnapshotsRequest { DBSnapshotIdentifier = id })).DBSnapshots.Single();

    public Task Reaches(string id, string status) => Poll.Until(async () => (await Described(id)).Status == status, $"snapshot {id} is {status}");

    public async Task<string> Restore(string snapshot, string id)
    {
        await Rds.RestoreDBInstanceFromDBSnapshotAsync(new RestoreDBInstanceFromDBSnapshotRequest { DBInstanceIdentifier = id, DBSnapshotIdentifier = snapshot });
        return await Available(id);
    }

    /// <summary>Waits for an instance.</summary>
    /// <returns>the way to its rows</returns>
    public async Task<string> Available(string id)
    {
        DBInstance? instance = null;
        await Poll.Until(async () => (instance = (await Rds.DescribeDBInstancesAsync(new DescribeDBInstancesRequest { DBInstanceIdentifier = id })).DBInstances.Single()).DBInstanceStatus == "available", $"{id} is available");
        return new NpgsqlConnectionStringBuilder { Host = instance!.Endpoint.Address, Port = instance.Endpoint.Port!.Value, Username = "ada", Password = Password, Database = "orders", Pooling = false, Timeout = 5 }.ConnectionString;
    }

    public static async Task<object?> Execute(string connectionString, string text)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(text, connection);
        return await command.ExecuteScalarAsync();
    }

    public async Task DeleteStack()
    {
        using var formation = Formation();
        var id = (await formation.DescribeStacksAsync(new DescribeStacksRequest { StackName = "shop" })).Stacks.Single().StackId;
        await formation.DeleteStackAsync(new DeleteStackRequest { StackName = "shop" });
        await Ends(formation, id, StackStatus.DELETE_COMPLETE);
    }

    public async ValueTask DisposeAsync()
    {
        Rds.Dispose();
        await _cloud.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task StartCloud()
    {
        _cloud = await CheckedCloud.Start(_folder);
        Rds = new AmazonRDSClient(Developer, new AmazonRDSConfig { ServiceURL = _cloud.Endpoint, AuthenticationRegion = "eu-central-1" });
    }

    private async Task Deploy(string policy)
    {
        using var formation = Formation();
        await formation.CreateStackAsync(new CreateStackRequest
        {
            StackName = "shop",
            Parameters = [new Parameter { ParameterKey = "Password", ParameterValue = Password }],
            TemplateBody = string.Create(CultureInfo.InvariantCulture, $$"""
                Parameters: {Password: {Type: String, NoEcho: true} }
                Resources:
                  Db:
                    Type: AWS::RDS::DBInstance
                    DeletionPolicy: {{policy}}
                    Properties: {DBInstanceIdentifier: shop, Engine: postgres, DBInstanceClass: db.t3.micro, AllocatedStorage: '20', DBName: orders, MasterUsername: ada, MasterUserPassword: !Ref Password, CopyTagsToSnapshot: true, Tags: [{Key: owner, Value: team}]}
                """),
        });
        await Ends(formation, "shop", StackStatus.CREATE_COMPLETE);
    }

    private AmazonCloudFormationClient Formation() => new(Developer, new AmazonCloudFormationConfig { ServiceURL = _cloud.Endpoint, AuthenticationRegion = "eu-central-1" });

    private static Task Ends(AmazonCloudFormationClient formation, string stack, StackStatus status) => Poll.Until(async () =>
    {
        var now = (await formation.DescribeStacksAsync(new DescribeStacksRequest { StackName = stack })).Stacks.Single();
        Assert.That(now.StackStatus.Value, Does.EndWith("_IN_PROGRESS").Or.EqualTo(status.Value), now.StackStatusReason);
        return now.StackStatus == status;
    }, $"the stack is {status}");
}
