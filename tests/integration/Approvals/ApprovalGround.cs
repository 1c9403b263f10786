using Pipeline.Approvals;
using Pipeline.Aws;
using Pipeline.Configuration;
using Pipeline.Ledger;
using Pipeline.LocalCloud;
using Pipeline.Tests.Contracts;

namespace Pipeline.Tests.Approvals;

/// <summary>An embedded cloud with a ledger and people who have keys of their own.</summary>
internal sealed class ApprovalGround : IAsyncDisposable
{
    public const string Bucket = "ledger";
    public const string Environment = "prod";
    private const string Account = "123456789012";
    private const string Region = "eu-central-1";
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("people-");

    private ApprovalGround(CloudServer cloud) => Cloud = cloud;

    public CloudServer Cloud { get; }

    public MovedTime Time { get; } = new();

    public AwsConnection Connection => AwsConnection.ToEmbeddedCloud(Cloud.Cloud.Options.Port, Region, Account);

    public AwsAccount Developer => new(Connection);

    public CloudProfiles Profiles => new(_folder.FullName);

    public string Folder => _folder.FullName;

    public ObjectStore Ledger { get; private set; } = null!;

    public RequestBook Book => new(Ledger, Environment, Time);

    public AuditLog Log => new(Ledger, Environment, Time);

    public static async Task<ApprovalGround> Start()
    {
        var ground = new ApprovalGround(await CheckedCloud.Start());
        ground.Ledger = await ground.Developer.Store(Bucket, Environment, CancellationToken.None);
        await ground.Profiles.Ensure(ground.Connection, ["alice", "bob", "dora"], CancellationToken.None);
        return ground;
    }

    public AwsConnection ConnectionOf(string person) => AwsConnection.ToEmbeddedCloud(Cloud.Cloud.Options.Port, Region, Account, Profiles.Demand(person));

    public AwsAccount As(string person) => new(ConnectionOf(person));

    public Task<Principal> PrincipalOf(string person) => Of(As(person));

    /// <summary>As that person sees and writes it.</summary>
    public ObjectStore LedgerOf(string person) => As(person).Bucket(Bucket);

    public Ballot BallotOf(string person, int required = 1, params IReadOnlyList<string> approvers) =>
        new(As(person), LedgerOf(person), Rules(required, approvers), Environment, Time);

    public Task<Tally> Count(DeploymentRequest request, int required = 1, string? plan = null, params IReadOnlyList<string> approvers) =>
        new Ballot(Developer, Ledger, Rules(required, approvers), Environment, Time).Count(request, plan ?? request.Plan, CancellationToken.None);

    /// <summary>Dora wants to deploy.</summary>
    public async Task<DeploymentRequest> Ask(string id = "prod-20261123-100200-77ab01c", string plan = "6e1f00aa")
    {
        var now = Time.GetUtcNow();
        return await Book.Open(new DeploymentRequest(id, Environment, plan, await As("dora").Identity.Caller(CancellationToken.None), now, now.AddHours(4))
        {
            Required = 1,
            Summary = ["api v0.1.0 → v0.2.0", "rollback to v0.1.0 ready"],
        }, CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        await Cloud.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private static ApprovalSettings Rules(int required, IReadOnlyList<string> approvers) => new(required, approvers.Count > 0 ? approvers : ["alice", "bob"], TimeSpan.FromHours(4));

    private static async Task<Principal> Of(AwsAccount account) => await Principal.Of(await account.Identity.Caller(CancellationToken.None), account, CancellationToken.None);
}

/// <summary>The machine's time, moved on by a test.</summary>
internal sealed class MovedTime : TimeProvider
{
    private TimeSpan _by;

    public void Advance(TimeSpan by) => _by += by;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UtcNow + _by;
}
