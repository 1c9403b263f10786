using Amazon.CloudFormation;
using Amazon.CloudFormation.Model;
using Pipeline.LocalCloud.Protocols;

namespace Pipeline.Tests.Aws.Contracts;

internal static class StackScenarios
{
    private const string Template = """{"AWSTemplateFormatVersion":"2010-09-09","Parameters":{"Text":{"Type":"String"}},"Resources":{"P":{"Type":"AWS::SSM::Parameter","Properties":{"Name":{"Fn::Sub":"${AWS::StackName}-p"},"Type":"String","Value":{"Ref":"Text"}}}},"Outputs":{"Name":{"Value":{"Ref":"P"},"Export":{"Name":{"Fn::Sub":"${AWS::StackName}-name"}}}}}""";

    private const string Absent = "not implemented";

    public static IReadOnlyList<Scenario> All { get; } =
    [
        new("cloudformation", "a stack by change sets", "CreateChangeSet DescribeChangeSet ListChangeSets ExecuteChangeSet DescribeStacks DeleteChangeSet", ByChangeSets),
        new("cloudformation", "a stack directly", "CreateStack UpdateStack DescribeStacks ListStacks DescribeStackEvents DescribeStackResource DescribeStackResources ListStackResources GetTemplate ListExports DeleteStack", Directly),
        new("cloudformation", "a template's summary", "GetTemplateSummary", Summary),
        new("cloudformation", "a valid template", "ValidateTemplate", Valid) { NotOnMoto = "answers warnings of cfn-lint as errors" },
        new("cloudformation", "who imports", "CreateStack DescribeStacks ListImports", Imports) { NotOnMoto = Absent },
        new("cloudformation", "termination protection", "CreateStack DescribeStacks UpdateTerminationProtection", Protection) { NotOnMoto = Absent },
        new("cloudformation", "events of operations", "CreateStack DescribeStacks DescribeEvents", Events) { NotOnMoto = Absent },
        new("cloudformation", "drift", "CreateStack DescribeStacks DetectStackDrift DescribeStackDriftDetectionStatus DescribeStackResourceDrifts", Drift) { NotOnMoto = Absent },
        new("cloudformation", "limits", "DescribeAccountLimits", Limits) { NotOnMoto = Absent },
        new("cloudformation", "ways back", "CreateStack UpdateStack DescribeStacks CancelUpdateStack ContinueUpdateRollback RollbackStack", WaysBack) { NotOnMoto = Absent },
        new("cloudformation", "a stack policy", "CreateStack DescribeStacks SetStackPolicy GetStackPolicy", Policy),
    ];

    private static async Task ByChangeSets(ContractClients on)
    {
        var first = await ChangeSet(on, "first", ChangeSetType.CREATE, "one");
        var sets = (await on.Formation.ListChangeSetsAsync(new ListChangeSetsRequest { StackName = on.Name })).Summaries;
        var described = await on.Formation.DescribeChangeSetAsync(new DescribeChangeSetRequest { ChangeSetName = first });
        await on.Formation.ExecuteChangeSetAsync(new ExecuteChangeSetRequest { ChangeSetName = first });
        var stack = await Ended(on, StackStatus.CREATE_COMPLETE);
        var second = await ChangeSet(on, "second", ChangeSetType.UPDATE, "two");
        await on.Formation.DeleteChangeSetAsync(new DeleteChangeSetRequest { ChangeSetName = second });

        Assert.Multiple(() =>
        {
            // moto lists other stacks' as well.
            Assert.That(sets.Where(s => s.StackName == on.Name).Select(s => s.ChangeSetName), Is.EqualTo(new[] { "first" }));
            Assert.That(described.Changes.Select(c => (c.ResourceChange.Action, c.ResourceChange.LogicalResourceId, c.ResourceChange.ResourceType)), Is.EqualTo(new[] { (ChangeAction.Add, "P", "AWS::SSM::Parameter") }));
            Assert.That(stack.Parameters.Select(p => (p.ParameterKey, p.ParameterValue)), Is.EqualTo(new[] { ("Text", "one") }));
            Assert.That(stack.Tags.Select(t => (t.Key, t.Value)), Is.EqualTo(new[] { ("owner", "shop") }));
        });
    }

    private static async Task Directly(ContractClients on)
    {
        var id = (await on.Formation.CreateStackAsync(new CreateStackRequest { StackName = on.Name, TemplateBody = Template, Parameters = Text("one") })).StackId;
        var made = await Ended(on, StackStatus.CREATE_COMPLETE);
        await on.Formation.UpdateStackAsync(new UpdateStackRequest { StackName = on.Name, TemplateBody = Template, Parameters = Text("two") });
        var updated = await Ended(on, StackStatus.UPDATE_COMPLETE);
        var listed = new List<StackSummary>();
        await foreach (var summary in on.Formation.Paginators.ListStacks(new ListStacksRequest { StackStatusFilter = ["UPDATE_COMPLETE"] }).StackSummaries)
        {
            listed.Add(summary);
        }

        var events = (await on.Formation.DescribeStackEventsAsync(new DescribeStackEventsRequest { StackName = on.Name })).StackEvents;
        var resource = (await on.Formation.DescribeStackResourceAsync(new DescribeStackResourceRequest { StackName = on.Name, LogicalResourceId = "P" })).StackResourceDetail;
        var resources = (await on.Formation.DescribeStackResourcesAsync(new DescribeStackResourcesRequest { StackName = on.Name })).StackResources;
        var summaries = (await on.Formation.ListStackResourcesAsync(new ListStackResourcesRequest { StackName = on.Name })).StackResourceSummaries;
        var template = (await on.Formation.GetTemplateAsync(new GetTemplateRequest { StackName = on.Name })).TemplateBody;
        var exports = (await on.Formation.ListExportsAsync(new ListExportsRequest())).Exports;
        await on.Formation.DeleteStackAsync(new DeleteStackRequest { StackName = on.Name });
        await Poll.Until(async () => !await Exists(on), "the stack is deleted");

        Assert.Multiple(() =>
        {
            Assert.That(id, Does.StartWith($"arn:aws:cloudformation:{Moto.Region}:123456789012:stack/{on.Name}/"));
            Assert.That((made.StackId, updated.StackId), Is.EqualTo((id, id)));
            Assert.That(updated.Parameters.Single().ParameterValue, Is.EqualTo("two"));
            Assert.That(listed.Select(s => s.StackId), Does.Contain(id));
            Assert.That(events.Select(e => (e.ResourceType, e.ResourceStatus)), Does.Contain(("AWS::CloudFormation::Stack", ResourceStatus.CREATE_COMPLETE)));
            Assert.That(resource.PhysicalResourceId, Is.EqualTo(resources.Single().PhysicalResourceId).And.EqualTo(summaries.Single().PhysicalResourceId));
            Assert.That(updated.Outputs.Single().OutputValue, Is.EqualTo(resource.PhysicalResourceId));
            Assert.That(template, Does.Contain("AWS::SSM::Parameter"));
            Assert.That(exports.Single(e => e.Name == $"{on.Name}-name").Value, Is.EqualTo(resource.PhysicalResourceId));
        });
        Assert.That(Assert.ThrowsAsync<AmazonCloudFormationException>(() => on.Formation.DescribeStacksAsync(new DescribeStacksRequest { StackName = on.Name }))!.ErrorCode, Is.EqualTo("ValidationError"));
    }

    private static async Task Summary(ContractClients on)
    {
        var summary = await on.Formation.GetTemplateSummaryAsync(new GetTemplateSummaryRequest { TemplateBody = Template });

        Assert.That(summary.Parameters.Single().ParameterKey, Is.EqualTo("Text"));
        Assert.That(summary.ResourceTypes, Is.EqualTo(new[] { "AWS::SSM::Parameter" }));
    }

    private static async Task Valid(ContractClients on)
    {
        Assert.That((await on.Formation.ValidateTemplateAsync(new ValidateTemplateRequest { TemplateBody = Template })).Parameters.Single().ParameterKey, Is.EqualTo("Text"));
        Assert.That(Assert.ThrowsAsync<AmazonCloudFormationException>(() => on.Formation.ValidateTemplateAsync(new ValidateTemplateRequest { TemplateBody = "{\"Resources\":{}}" }))!.ErrorCode, Is.EqualTo("ValidationError"));
    }

    private static async Task Imports(ContractClients on)
    {
        await Made(on);
        await on.Formation.CreateStackAsync(new CreateStackRequest
        {
            StackName = $"{on.Name}-reader",
            TemplateBody = $$"""{"Resources":{"P":{"Type":"AWS::SSM::Parameter","Properties":{"Type":"String","Value":{"Fn::ImportValue":"{{on.Name}}-name"} } } } }""",
        });
        await Ended(on, StackStatus.CREATE_COMPLETE, "-reader");

        Assert.That((await on.Formation.ListImportsAsync(new ListImportsRequest { ExportName = $"{on.Name}-name" })).Imports, Is.EqualTo(new[] { $"{on.Name}-reader" }));
    }

    private static async Task Protection(ContractClients on)
    {
        await Made(on);
        await on.Formation.UpdateTerminationProtectionAsync(new UpdateTerminationProtectionRequest { StackName = on.Name, EnableTerminationProtection = true });

        Assert.That((await Ended(on, StackStatus.CREATE_COMPLETE)).EnableTerminationProtection, Is.True);
        Assert.That(Assert.ThrowsAsync<AmazonCloudFormationException>(() => on.Formation.DeleteStackAsync(new DeleteStackRequest { StackName = on.Name }))!.ErrorCode, Is.EqualTo("ValidationError"));
    }

    private static async Task Policy(ContractClients on)
    {
        await Made(on);
        const string Body = """{"Statement":[{"Effect":"Deny","Action":"Update:Replace","Principal":"*","Resource":"*"}]}""";
        await on.Formation.SetStackPolicyAsync(new SetStackPolicyRequest { StackName = on.Name, StackPolicyBody = Body });

        Assert.That((await on.Formation.GetStackPolicyAsync(new GetStackPolicyRequest { StackName = on.Name })).StackPolicyBody, Does.Contain("Update:Replace"));
    }

    private static async Task Events(ContractClients on)
    {
        await Made(on);
        var events = (await on.Formation.DescribeEventsAsync(new DescribeEventsRequest { StackName = on.Name })).OperationEvents;

        Assert.That(events.Select(e => (e.LogicalResourceId, e.ResourceStatus)), Does.Contain(("P", ResourceStatus.CREATE_COMPLETE)));
        Assert.That(events.Select(e => e.OperationId).Distinct(), Has.Exactly(1).Items);
    }

    private static async Task Drift(ContractClients on)
    {
        await Made(on);
        var id = (await on.Formation.DetectStackDriftAsync(new DetectStackDriftRequest { StackName = on.Name })).StackDriftDetectionId;
        DescribeStackDriftDetectionStatusResponse? status = null;
        await Poll.Until(async () => (status = await on.Formation.DescribeStackDriftDetectionStatusAsync(new DescribeStackDriftDetectionStatusRequest { StackDriftDetectionId = id })).DetectionStatus != StackDriftDetectionStatus.DETECTION_IN_PROGRESS, "drift is known");
        var resources = (await on.Formation.DescribeStackResourceDriftsAsync(new DescribeStackResourceDriftsRequest { StackName = on.Name })).StackResourceDrifts;

        Assert.That((status!.DetectionStatus, status.DriftedStackResourceCount), Is.EqualTo((StackDriftDetectionStatus.DETECTION_COMPLETE, (int?)0)));
        Assert.That(resources.Single().LogicalResourceId, Is.EqualTo("P"));
    }

    private static async Task Limits(ContractClients on) =>
        Assert.That((await on.Formation.DescribeAccountLimitsAsync(new DescribeAccountLimitsRequest())).AccountLimits.Select(l => l.Name), Does.Contain("StackLimit"));

    private static async Task WaysBack(ContractClients on)
    {
        var faults = SharedCloud.Server.Cloud.Faults;
        var denied = new AwsException("AccessDenied", "Not today.");
        await Made(on);
        try
        {
            faults.Add(new Fault("AWS::SSM::Parameter", "Update", FaultKind.Hang));
            await Update(on, "two");
            await on.Formation.CancelUpdateStackAsync(new CancelUpdateStackRequest { StackName = on.Name });
            await Ended(on, StackStatus.UPDATE_ROLLBACK_COMPLETE);
            faults.Clear();
            faults.Add(new Fault("AWS::SSM::Parameter", "Update", FaultKind.Refuse) { Times = 2, Refusal = denied });
            await Update(on, "three");
            await Ended(on, StackStatus.UPDATE_ROLLBACK_FAILED);
            await on.Formation.ContinueUpdateRollbackAsync(new ContinueUpdateRollbackRequest { StackName = on.Name });
            await Ended(on, StackStatus.UPDATE_ROLLBACK_COMPLETE);
            faults.Clear();
            faults.Add(new Fault("AWS::SSM::Parameter", "Update", FaultKind.Refuse) { Refusal = denied });
            await Update(on, "four", disableRollback: true);
            await Ended(on, StackStatus.UPDATE_FAILED);
            await on.Formation.RollbackStackAsync(new RollbackStackRequest { StackName = on.Name });
            await Ended(on, StackStatus.UPDATE_ROLLBACK_COMPLETE);
        }
        finally
        {
            faults.Clear();
        }
    }

    private static Task<UpdateStackResponse> Update(ContractClients on, string text, bool disableRollback = false) =>
        on.Formation.UpdateStackAsync(new UpdateStackRequest { StackName = on.Name, TemplateBody = Template, Parameters = Text(text), DisableRollback = disableRollback });

    private static async Task Made(ContractClients on)
    {
        await on.Formation.CreateStackAsync(new CreateStackRequest { StackName = on.Name, TemplateBody = Template, Parameters = Text("one") });
        await Ended(on, StackStatus.CREATE_COMPLETE);
    }

    private static async Task<string> ChangeSet(ContractClients on, string name, ChangeSetType type, string text)
    {
        var id = (await on.Formation.CreateChangeSetAsync(new CreateChangeSetRequest
        {
            StackName = on.Name, ChangeSetName = name, ChangeSetType = type, TemplateBody = Template, Parameters = Text(text), Tags = [new Tag { Key = "owner", Value = "shop" }],
        })).Id;
        await Poll.Until(async () => (await on.Formation.DescribeChangeSetAsync(new DescribeChangeSetRequest { ChangeSetName = id })).Status is { } status && (status == ChangeSetStatus.CREATE_COMPLETE || status == ChangeSetStatus.FAILED), "the change set is made");
        return id;
    }

    private static async Task<Stack> Ended(ContractClients on, StackStatus status, string suffix = "")
    {
        Stack? stack = null;
        await Poll.Until(async () => (stack = (await on.Formation.DescribeStacksAsync(new DescribeStacksRequest { StackName = on.Name + suffix })).Stacks.Single()).StackStatus == status, $"the stack is {status}");
        return stack!;
    }

    private static async Task<bool> Exists(ContractClients on)
    {
        try
        {
            await on.Formation.DescribeStacksAsync(new DescribeStacksRequest { StackName = on.Name });
            return true;
        }
        catch (AmazonCloudFormationException missing) when (missing.ErrorCode == "ValidationError")
        {
            return false;
        }
    }

    private static List<Parameter> Text(string value) => [new Parameter { ParameterKey = "Text", ParameterValue = value }];
}
