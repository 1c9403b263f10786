using Amazon.CloudFormation.Model;
using Pipeline.Aws;
using Pipeline.Ledger;
using Pipeline.LocalCloud;
using Pipeline.LocalCloud.Protocols;
using Pipeline.StackOperations;
using Pipeline.Tests.Contracts;
using Fault = Pipeline.LocalCloud.Protocols.Fault;
using Task = System.Threading.Tasks.Task;

namespace Pipeline.Tests.StackOperations;

/// <summary>An embedded cloud for a fixture, and for each test one stack of one or two parameters whose steps can be made to fail.</summary>
public abstract class StackGround
{
    private protected const string Parameter = "AWS::SSM::Parameter";
    private protected const string Token = "dev-20261123-054500-3f2c1ab-ground"; // pipeline:allow-secret it names an operation
    private AwsConnection _connection = null!;

    private protected CloudServer Cloud { get; private set; } = null!;

    private protected Stacks Stacks { get; private set; } = null!;

    private protected Amazon.CloudFormation.IAmazonCloudFormation Formation => _connection.CloudFormation;

    private protected string Name { get; private set; } = "";

    private protected List<string> Progress { get; } = [];

    private protected List<StackOperation> Journal { get; } = [];

    private protected StackRules Rules { get; set; } = null!;

    [OneTimeSetUp]
    public async Task StartCloud()
    {
        Cloud = await CheckedCloud.Start();
        _connection = AwsConnection.ToEmbeddedCloud(new Uri(Cloud.Endpoint).Port, "eu-central-1", "123456789012");
        Stacks = new Stacks(_connection);
        await new ObjectStore(_connection, "ledger").EnsureBucket(CancellationToken.None);
    }

    [OneTimeTearDown]
    public async Task StopCloud()
    {
        _connection.Dispose();
        await Cloud.DisposeAsync();
    }

    [SetUp]
    public void NameStack()
    {
        Name = $"ground-{Guid.NewGuid():N}"[..20];
        Rules = new StackRules("dev", TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(1), TimeSpan.FromMilliseconds(200));
        Progress.Clear();
        Journal.Clear();
    }

    [TearDown]
    public void ClearFaults() => Cloud.Cloud.Faults.Clear();

    /// <summary>One parameter, or with a second value two of them, the second behind the first.</summary>
    private protected string Template(string value, string? second = null) => $$"""
        Resources:
          A: {Type: {{Parameter}}, Properties: {Name: /{{Name}}/a, Type: String, Value: '{{value}}'} }
        """ + (second is null ? "" : $$"""

          B: {Type: {{Parameter}}, DependsOn: A, Properties: {Name: /{{Name}}/b, Type: String, Value: '{{second}}'} }
        """);

    /// <summary>The first parameter under another name: replaced, and the old one deleted afterwards.</summary>
    private protected static string Renamed(string template) => template.Replace("/a,", "/renamed,", StringComparison.Ordinal);

    /// <summary>A third parameter behind the second.</summary>
    private protected string Three(string template) => $"{template}\n  C: {{Type: {Parameter}, DependsOn: B, Properties: {{Name: /{Name}/c, Type: String, Value: '1'}}}}\n";

    private protected StackWork Work(string template, string token = Token) => new("ground", Name, new StackSnapshot(template, new Dictionary<string, string>(), new Dictionary<string, string> { ["owner"] = "me" }), token);

    private protected Task<StackResult> Apply(string template, string token = Token, CancellationToken cancel = default) => Apply(Work(template, token), cancel);

    private protected Task<StackResult> Apply(StackWork work, CancellationToken cancel = default) => new StackDeployer(Stacks, Rules, new TemplateShelf(new ObjectStore(_connection, "ledger"))).Apply(
        work,
        operation =>
        {
            Journal.Add(operation);
            return Task.CompletedTask;
        },
        Progress.Add,
        cancel);

    /// <summary>A first deployment that goes well.</summary>
    private protected async Task Created(string template)
    {
        Assert.That((await Apply(template, "dev-0-ground")).Outcome, Is.EqualTo(AfterOperation.Applied));
        Journal.Clear();
        Progress.Clear();
    }

    private protected void Refuse(string step, int call = 1, int times = 1) =>
        Cloud.Cloud.Faults.Add(new Fault(Parameter, step, FaultKind.Refuse) { Call = call, Times = times, Refusal = new AwsException("InvalidRequest", "told to fail") });

    private protected void Hang(string step, int call = 1) => Cloud.Cloud.Faults.Add(new Fault(Parameter, step, FaultKind.Hang) { Call = call });

    private protected void Faulty(string operation, FaultKind kind, int call = 1, int times = 1, AwsException? refusal = null) =>
        Cloud.Cloud.Faults.Add(new Fault("cloudformation", operation, kind) { Call = call, Times = times, Refusal = refusal });

    private protected int Hits => Cloud.Cloud.Faults.Shown().Sum(f => (int)f!["hits"]!);

    /// <summary>Somebody else's operation.</summary>
    private protected Task Somebody(string template, bool update = false, bool disableRollback = false) => update
        ? Formation.UpdateStackAsync(new UpdateStackRequest { StackName = Name, TemplateBody = template, ClientRequestToken = "Console-UpdateStack-1", DisableRollback = disableRollback })
        : Formation.CreateStackAsync(new CreateStackRequest { StackName = Name, TemplateBody = template, ClientRequestToken = "Console-CreateStack-1", DisableRollback = disableRollback });

    private protected async Task<string?> Status() => (await Stacks.Describe(Name, CancellationToken.None))?.Status;

    private protected Task Reaches(string status, string? id = null) => Poll.Until(async () => (await Stacks.Describe(id ?? Name, CancellationToken.None))?.Status == status, $"the stack is {status}");

    private protected string? Value(string parameter) => Cloud.Cloud.Parameters.Store.Resolve($"/{Name}/{parameter}");

    private protected static void Refused(StackResult result, params string[] said)
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That((result.Outcome, result.Changed), Is.EqualTo((AfterOperation.Undone, false)));
            Assert.That(result.Reasons[0], Does.StartWith("REFUSED: stack "));
            foreach (var text in said)
            {
                Assert.That(string.Join('\n', result.Reasons), Does.Contain(text));
            }
        }
    }
}
