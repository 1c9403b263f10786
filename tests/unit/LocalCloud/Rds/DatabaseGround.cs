using System.Text.Json.Nodes;
using Pipeline.LocalCloud.CloudFormation;
using Pipeline.LocalCloud.Protocols;
using Pipeline.LocalCloud.Rds;
using Pipeline.LocalCloud.State;

namespace Pipeline.Tests.LocalCloud.Rds;

/// <summary>RDS of a cloud without PostgreSQL: instances are descriptions, and so are their snapshots.</summary>
internal sealed class DatabaseGround : IAsyncDisposable
{
    private static readonly Caller Developer = new("123456789012", "arn:aws:iam::123456789012:user/developer", "ID");
    private readonly Database _database = new(null);
    private readonly RdsRoom _room;

    public DatabaseGround()
    {
        Faults = new Faults(() => [_room!.Service]);
        _room = new RdsRoom(_database, Time, null, Faults);
    }

    public Faults Faults { get; }

    public ManualTime Time { get; } = new(new DateTimeOffset(2026, 11, 23, 9, 0, 0, TimeSpan.Zero));

    public async Task Create(string id, string more = "")
    {
        var properties = (JsonObject)JsonNode.Parse($$"""{"DBInstanceIdentifier":"{{id}}","Engine":"postgres","DBInstanceClass":"db.t3.micro","AllocatedStorage":"20","MasterUsername":"ada","MasterUserPassword":"long-enough"{{more}}}""")!;
        var stack = new StackIdentity("shop", "arn:stack", "123456789012", "eu-central-1", new Dictionary<string, string> { ["system"] = "shop" });
        await _room.ResourceTypes.Single(t => t.Name == "AWS::RDS::DBInstance").Create(new ResourceRequest(stack, "Db", "", properties, null, CancellationToken.None));
    }

    public Task<JsonObject> Call(string operation, string members) =>
        _room.Service.Operations[operation](new AwsRequest(operation, (JsonObject)JsonNode.Parse(members)!, Developer, "eu-central-1", CancellationToken.None));

    public async Task<JsonObject> Snapshot(string instance, string id) => (await Call("CreateDBSnapshot", $$"""{"DBInstanceIdentifier":"{{instance}}","DBSnapshotIdentifier":"{{id}}"}""")).Object("DBSnapshot")!;

    public async Task<JsonObject> Described(string snapshot) => (await Call("DescribeDBSnapshots", $$"""{"DBSnapshotIdentifier":"{{snapshot}}"}""")).Objects("DBSnapshots").Single();

    public Task Reaches(string snapshot, string status) => Poll.Until(async () => (await Described(snapshot)).Text("Status") == status, $"{snapshot} is {status}");

    public async ValueTask DisposeAsync()
    {
        await _room.DisposeAsync();
        _database.Dispose();
    }
}
