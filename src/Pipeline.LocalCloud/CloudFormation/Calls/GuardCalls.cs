using System.Text.Json.Nodes;
using Pipeline.LocalCloud.CloudFormation.Stacks;
using Pipeline.LocalCloud.CloudFormation.Templates;
using Pipeline.LocalCloud.Protocols;

namespace Pipeline.LocalCloud.CloudFormation.Calls;

/// <summary>What protects a stack: its policy, and its protection against deletion.</summary>
internal sealed class GuardCalls(StackStore store, Submission submission)
{
    public AwsService On(AwsService service) => service
        .On("SetStackPolicy", SetPolicy)
        .On("GetStackPolicy", GetPolicy)
        .On("UpdateTerminationProtection", Protect);

    private async Task<JsonObject> SetPolicy(AwsRequest request)
    {
        var stack = store.Get(Submission.Member(request, "StackName"));
        var template = stack.Current is null ? throw Refusals.Invalid($"Stack [{stack.Name}] has no resources yet.") : TemplateParser.Parse(stack.Current.Body);
        var policy = await submission.Policy(request, "StackPolicy", template) ?? throw Refusals.Invalid("You must specify either StackPolicyURL or StackPolicyBody");
        store.Change(stack.Id, current => current with { Policy = policy });
        return [];
    }

    private JsonObject GetPolicy(AwsRequest request) => new() { ["StackPolicyBody"] = store.Get(Submission.Member(request, "StackName")).Policy };

    private JsonObject Protect(AwsRequest request)
    {
        var stack = store.Get(Submission.Member(request, "StackName"));
        var enable = request.Body.Flag("EnableTerminationProtection") ?? throw Refusals.Invalid("EnableTerminationProtection is required.");
        store.Change(stack.Id, current => current with { TerminationProtection = enable });
        return new JsonObject { ["StackId"] = stack.Id };
    }
}
