using Amazon.CloudFormation;
using Amazon.CloudFormation.Model;

namespace Pipeline.Tests.Aws.Contracts;

/// <summary>What the product's clients cannot make themselves: a stack makes it.</summary>
internal static class StackGround
{
    public static async Task<IReadOnlyDictionary<string, string>> Make(ContractClients on, string template)
    {
        await on.Formation.CreateStackAsync(new CreateStackRequest { StackName = on.Name, TemplateBody = template });
        Stack? stack = null;
        await Poll.Until(async () => (stack = (await on.Formation.DescribeStacksAsync(new DescribeStacksRequest { StackName = on.Name })).Stacks.Single()).StackStatus != StackStatus.CREATE_IN_PROGRESS, "the ground is made");
        Assert.That(stack!.StackStatus, Is.EqualTo(StackStatus.CREATE_COMPLETE), stack.StackStatusReason);
        return (await on.Formation.DescribeStackResourcesAsync(new DescribeStackResourcesRequest { StackName = on.Name })).StackResources.ToDictionary(r => r.LogicalResourceId, r => r.PhysicalResourceId);
    }
}
