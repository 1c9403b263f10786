using Pipeline.Aws;
using Pipeline.StackOperations;
using Pipeline.Tests.Aws;

namespace Pipeline.Tests.StackOperations;

/// <summary>CloudFormation as a script: what a follower sees, look by look.</summary>
internal static class CannedStack
{
    public const string Token = "dev-1-shop"; // pipeline:allow-secret it names an operation
    public const string Id = "arn:aws:cloudformation:eu-central-1:123456789012:stack/shop/1";
    public static readonly StackWork Work = new("shop", "dev-shop", new("", new Dictionary<string, string>(), new Dictionary<string, string>()), Token);
    public static readonly ChangeSet Executed = new("arn:set", "r-1", Id, "CREATE_COMPLETE", null) { ExecutionStatus = "EXECUTE_COMPLETE", Changes = [] };

    /// <summary>Follows the execution of a change set through a script.</summary>
    public static async Task<AfterOperation> Follow(params CannedEndpoint.Answer[] script)
    {
        await using var endpoint = await CannedEndpoint.Start(script);
        using var aws = AwsConnection.ToEmbeddedCloud(new Uri(endpoint.Url).Port, "eu-central-1", "123456789012");
        var rules = new StackRules("dev", TimeSpan.FromMilliseconds(2), TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(5));
        return await new OperationFollower(new Stacks(aws), rules).Follow(Executed, Work, _ => { }, CancellationToken.None);
    }

    /// <summary>One look: the stack's status, and its events, newest first.</summary>
    public static CannedEndpoint.Answer[] Look(string? status, params (string Status, string Token)[] events) => [Stack(status), Events(events)];

    public static CannedEndpoint.Answer Stack(string? status) => status is null
        ? new(400, $"<ErrorResponse><Error><Type>Sender</Type><Code>ValidationError</Code><Message>Stack with id {Id} does not exist</Message></Error><RequestId>1</RequestId></ErrorResponse>")
        : new(200, Answer("DescribeStacks", $"<Stacks><member><StackName>shop</StackName><StackId>{Id}</StackId><StackStatus>{status}</StackStatus><CreationTime>2026-11-23T05:00:00Z</CreationTime></member></Stacks>"));

    public static CannedEndpoint.Answer Throttled() => new(400, "<ErrorResponse><Error><Type>Sender</Type><Code>Throttling</Code><Message>Rate exceeded</Message></Error><RequestId>1</RequestId></ErrorResponse>");

    public static CannedEndpoint.Answer ChangeSet(string execution, string changes = "") => new(200, Answer("DescribeChangeSet",
        $"<ChangeSetId>arn:set</ChangeSetId><ChangeSetName>r-1</ChangeSetName><StackId>{Id}</StackId><Status>CREATE_COMPLETE</Status><ExecutionStatus>{execution}</ExecutionStatus>{changes}"));

    private static CannedEndpoint.Answer Events(IEnumerable<(string Status, string Token)> events) => new(200, Answer("DescribeStackEvents", $"<StackEvents>{string.Concat(events.Select((e, i) =>
        $"<member><EventId>{i}</EventId><StackId>{Id}</StackId><StackName>shop</StackName><LogicalResourceId>shop</LogicalResourceId><PhysicalResourceId>{Id}</PhysicalResourceId><ResourceType>AWS::CloudFormation::Stack</ResourceType><ResourceStatus>{e.Status}</ResourceStatus><ClientRequestToken>{e.Token}</ClientRequestToken><Timestamp>2026-11-23T05:00:0{9 - i}Z</Timestamp></member>"))}</StackEvents>"));

    private static string Answer(string operation, string result) =>
        $"<{operation}Response xmlns=\"http://cloudformation.amazonaws.com/doc/2010-05-15/\"><{operation}Result>{result}</{operation}Result><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></{operation}Response>";
}
