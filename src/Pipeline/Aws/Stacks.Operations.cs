using Amazon.CloudFormation.Model;

namespace Pipeline.Aws;

/// <content>What is done to a whole stack.</content>
public sealed partial class Stacks
{
    /// <summary>Starts to delete a stack; one that is gone is fine.</summary>
    /// <param name="stack">name or ARN</param>
    /// <param name="clientToken">the same token twice is one operation</param>
    public Task Delete(string stack, string clientToken, CancellationToken cancel) => aws.Ask(
        $"delete stack '{stack}'",
        () => aws.CloudFormation.DeleteStackAsync(new DeleteStackRequest { StackName = stack, ClientRequestToken = clientToken }, cancel),
        cancel);

    /// <summary>Stops a running update: the stack goes back to what it was. Only <c>UPDATE_IN_PROGRESS</c> takes it.</summary>
    /// <param name="stack">name or ARN</param>
    /// <param name="clientToken">the same token twice is one operation</param>
    public Task CancelUpdate(string stack, string clientToken, CancellationToken cancel) => aws.Ask(
        $"cancel the update of stack '{stack}'",
        () => aws.CloudFormation.CancelUpdateStackAsync(new CancelUpdateStackRequest { StackName = stack, ClientRequestToken = clientToken }, cancel),
        cancel);

    /// <summary>Lets a rollback that got stuck (<c>UPDATE_ROLLBACK_FAILED</c>) try once more, without skipping any resource.</summary>
    /// <param name="stack">name or ARN</param>
    /// <param name="clientToken">the same token twice is one operation</param>
    public Task ContinueRollback(string stack, string clientToken, CancellationToken cancel) => aws.Ask(
        $"continue the rollback of stack '{stack}'",
        () => aws.CloudFormation.ContinueUpdateRollbackAsync(new ContinueUpdateRollbackRequest { StackName = stack, ClientRequestToken = clientToken }, cancel),
        cancel);

    /// <summary>Rolls an update back that failed and was left so (<c>UPDATE_FAILED</c>).</summary>
    /// <param name="stack">name or ARN</param>
    /// <param name="clientToken">the same token twice is one operation</param>
    public Task Rollback(string stack, string clientToken, CancellationToken cancel) => aws.Ask(
        $"roll stack '{stack}' back",
        () => aws.CloudFormation.RollbackStackAsync(new RollbackStackRequest { StackName = stack, ClientRequestToken = clientToken, RetainExceptOnCreate = true }, cancel),
        cancel);

    /// <summary>Sets the stack policy; setting it twice is setting it once.</summary>
    /// <param name="stack">name or ARN</param>
    /// <param name="policy">JSON</param>
    public Task SetPolicy(string stack, string policy, CancellationToken cancel) => aws.AskRepeatedly(
        $"set the policy of stack '{stack}'",
        () => aws.CloudFormation.SetStackPolicyAsync(new SetStackPolicyRequest { StackName = stack, StackPolicyBody = policy }, cancel),
        cancel);

    /// <summary>Makes AWS refuse to delete the stack, or allow it again; twice is once.</summary>
    /// <param name="stack">name or ARN</param>
    public Task Protect(string stack, bool protect, CancellationToken cancel) => aws.AskRepeatedly(
        $"{(protect ? "protect" : "stop protecting")} stack '{stack}'",
        () => aws.CloudFormation.UpdateTerminationProtectionAsync(new UpdateTerminationProtectionRequest { StackName = stack, EnableTerminationProtection = protect }, cancel),
        cancel);
}
