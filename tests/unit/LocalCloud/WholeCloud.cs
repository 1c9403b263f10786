using System.Text.Json.Nodes;
using Pipeline.LocalCloud;
using Pipeline.LocalCloud.Protocols;

namespace Pipeline.Tests.LocalCloud;

/// <summary>Every room of the cloud in this process, called as the front calls them; nothing listens.</summary>
internal sealed class WholeCloud : IDisposable
{
    private readonly Cloud _cloud = new(new CloudOptions(4510, null), TimeProvider.System);

    public async Task<JsonObject> Call(string service, string operation, string body) => await _cloud.Services.First(s => s.SigningName == service).Operations[operation](
        new AwsRequest(operation, (JsonObject)JsonNode.Parse(body)!, new Caller("123456789012", "arn:aws:iam::123456789012:user/developer", "ID"), "eu-central-1", CancellationToken.None));

    /// <summary>Creates or updates a stack and waits for its end.</summary>
    /// <returns>its status and outputs</returns>
    public async Task<(string Status, IReadOnlyDictionary<string, string> Outputs)> Deploy(string template, string operation = "CreateStack", string name = "s")
    {
        await Call("cloudformation", operation, new JsonObject { ["StackName"] = name, ["TemplateBody"] = template }.ToJsonString());
        var stack = await Settled(name);
        return (stack.Text("StackStatus")!, stack.Objects("Outputs").ToDictionary(output => output.Text("OutputKey")!, output => output.Text("OutputValue")!));
    }

    public async Task Delete(string name = "s")
    {
        var id = (await Stack(name)).Text("StackId")!;
        await Call("cloudformation", "DeleteStack", $$"""{"StackName":"{{name}}"}""");
        Assert.That((await Settled(id)).Text("StackStatus"), Is.EqualTo("DELETE_COMPLETE"), await Reasons(id));
    }

    /// <summary>Why resources failed.</summary>
    public async Task<string> Reasons(string name = "s") => string.Join("\n", (await Call("cloudformation", "DescribeStackEvents", $$"""{"StackName":"{{name}}"}""")).Objects("StackEvents")
        .Where(e => e.Text("ResourceStatus")!.EndsWith("FAILED", StringComparison.Ordinal)).Select(e => $"{e.Text("LogicalResourceId")}: {e.Text("ResourceStatusReason")}"));

    public void Dispose() => _cloud.Dispose();

    private async Task<JsonObject> Stack(string name) => (await Call("cloudformation", "DescribeStacks", $$"""{"StackName":"{{name}}"}""")).Objects("Stacks").Single();

    private async Task<JsonObject> Settled(string name)
    {
        JsonObject? stack = null;
        await Poll.Until(async () => !(stack = await Stack(name)).Text("StackStatus")!.EndsWith("_IN_PROGRESS", StringComparison.Ordinal), $"the stack {name} is settled");
        return stack!;
    }
}
