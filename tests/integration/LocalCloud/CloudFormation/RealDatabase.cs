using System.Diagnostics;
using System.Text.Json.Nodes;
using Amazon.CloudFormation;
using Amazon.CloudFormation.Model;
using Amazon.Runtime;
using Npgsql;
using Pipeline.LocalCloud;
using Pipeline.LocalCloud.Rds;
using Pipeline.Tests.Contracts;

namespace Pipeline.Tests.LocalCloud.CloudFormation;

public sealed class RealDatabase
{
    private const string Template = """
        Parameters: {Password: {Type: String, NoEcho: true}}
        Resources:
          Db:
            Type: AWS::RDS::DBInstance
            DeletionPolicy: Delete
            Properties: {DBInstanceIdentifier: shop, Engine: postgres, DBInstanceClass: db.t3.micro, AllocatedStorage: '20', DBName: orders, MasterUsername: ada, MasterUserPassword: !Ref Password}
        Outputs:
          Host: {Value: !GetAtt Db.Endpoint.Address}
          Port: {Value: !GetAtt Db.Endpoint.Port}
        """;

    private string _folder = "";

    [SetUp]
    public void Make_a_state_folder() => _folder = Directory.CreateTempSubdirectory("database-").FullName;

    [TearDown]
    public void Remove_it() => Directory.Delete(_folder, recursive: true);

    [Test]
    public async Task Comes_back_with_its_rows_after_the_cloud_was_killed_and_dies_with_it()
    {
        Requires.That(PostgresPrograms.Find() is not null, "postgres", "PostgreSQL's programs are not installed");
        using var cloud = await StartProgram();
        string connection;
        try
        {
            connection = await Deploy(await Endpoint());
            await Execute(connection, "CREATE TABLE orders (id int)", "INSERT INTO orders VALUES (42)");
        }
        finally
        {
            cloud.Kill();
            await cloud.WaitForExitAsync();
        }

        await Poll.Until(async () => !await Accepts(connection), "the server dies with the killed cloud");
        await using var again = await CheckedCloud.Start(_folder);
        await Poll.Until(() => Accepts(connection), "the server comes back");
        Assert.That(await Execute(connection, "SELECT id FROM orders"), Is.EqualTo(42));
        await Delete(again.Endpoint);
        await Poll.Until(async () => !await Accepts(connection), "the server goes with its stack");
    }

    [Test]
    public async Task Its_connections_are_counted_without_the_clouds_own()
    {
        Requires.That(PostgresPrograms.Find() is not null, "postgres", "PostgreSQL's programs are not installed");
        await using var cloud = await CheckedCloud.Start(_folder);
        using var aws = Pipeline.Aws.AwsConnection.ToEmbeddedCloud(cloud.Cloud.Options.Port, "eu-central-1", "123456789012");
        var question = new Pipeline.Aws.MetricQuestion("open", new Pipeline.Aws.MetricName("AWS/RDS", "DatabaseConnections", new Dictionary<string, string> { ["DBInstanceIdentifier"] = "shop" }), "Maximum");
        var address = $"{await Deploy(cloud.Endpoint)};Pooling=false";
        await using (var one = new NpgsqlConnection(address))
        await using (var two = new NpgsqlConnection(address))
        {
            await one.OpenAsync();
            await two.OpenAsync();
            await Poll.Until(async () => await Counted() == 2, "two connections");
        }

        await Poll.Until(async () => await Counted() == 0, "none any more");
        await Delete(cloud.Endpoint);

        async Task<double?> Counted() => (await new Pipeline.Aws.Metrics(aws).Read([question], TimeSpan.FromSeconds(1), DateTimeOffset.UtcNow.AddSeconds(-15), DateTimeOffset.UtcNow.AddSeconds(1), CancellationToken.None)).Points["open"] is { Count: > 0 } points ? points.MaxBy(p => p.Key).Value : null;
    }

    private static async Task<string> Deploy(string endpoint)
    {
        using var client = Client(endpoint);
        var set = await client.CreateChangeSetAsync(new CreateChangeSetRequest
        {
            StackName = "shop",
            ChangeSetName = "first",
            ChangeSetType = ChangeSetType.CREATE,
            TemplateBody = Template,
            Parameters = [new Parameter { ParameterKey = "Password", ParameterValue = "long-enough'\"" }],
        });
        await client.ExecuteChangeSetAsync(new ExecuteChangeSetRequest { ChangeSetName = set.Id });
        Stack? stack = null;
        await Poll.Until(async () => (stack = (await client.DescribeStacksAsync(new DescribeStacksRequest { StackName = "shop" })).Stacks.Single()).StackStatus != StackStatus.CREATE_IN_PROGRESS, "the stack is made");
        Assert.That(stack!.StackStatus, Is.EqualTo(StackStatus.CREATE_COMPLETE), stack.StackStatusReason);
        var outputs = stack.Outputs.ToDictionary(output => output.OutputKey, output => output.OutputValue);
        return new NpgsqlConnectionStringBuilder
        {
            Host = outputs["Host"],
            Port = int.Parse(outputs["Port"], System.Globalization.CultureInfo.InvariantCulture),
            Username = "ada",
            Password = "long-enough'\"",
            Database = "orders",
            Pooling = false,
            Timeout = 5,
        }.ConnectionString;
    }

    private static async Task Delete(string endpoint)
    {
        using var client = Client(endpoint);
        await client.DeleteStackAsync(new DeleteStackRequest { StackName = "shop" });
    }

    private static AmazonCloudFormationClient Client(string endpoint) =>
        new(new BasicAWSCredentials("test", "test"), new AmazonCloudFormationConfig { ServiceURL = endpoint, AuthenticationRegion = "eu-central-1" });

    private async Task<Process> StartProgram()
    {
        var start = new ProcessStartInfo(Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet",
            [typeof(CloudServer).Assembly.Location, "--port", "0", "--state", _folder, "--ready-file", Ready])
        {
            RedirectStandardOutput = true,
        };
        var process = Process.Start(start)!;
        await Poll.Until(() => Task.FromResult(File.Exists(Ready) || process.HasExited), "the cloud is up");
        return process;
    }

    private string Ready => Path.Combine(_folder, "ready.json");

    private async Task<string> Endpoint() => JsonNode.Parse(await File.ReadAllTextAsync(Ready))!["endpoint"]!.ToString();

    private static async Task<object?> Execute(string connectionString, params string[] commands)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        object? last = null;
        foreach (var text in commands)
        {
            await using var command = connection.CreateCommand();
            command.CommandText = text;
            last = await command.ExecuteScalarAsync();
        }

        return last;
    }

    private static async Task<bool> Accepts(string connectionString)
    {
        try
        {
            await using var connection = new NpgsqlConnection(connectionString);
            await connection.OpenAsync();
            return true;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }
}
