using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Pipeline.Bootstrap;
using Repository = Pipeline.Tests.Configuration.Repository;

namespace Pipeline.Tests.Bootstrap;

/// <summary>The table of permissions against the compiled code and the templates.</summary>
public sealed partial class PermissionsTests
{
    private const int LargestManagedPolicy = 6144;

    [Test]
    public void Every_operation_that_the_compiled_code_calls_is_in_the_table_and_no_other()
    {
        var called = Called().ToHashSet(StringComparer.Ordinal);
        var listed = Permissions.All.Where(p => p.Service is not ("Registry" or "Shelf")).Select(p => $"{p.Service}.{p.Operation}").ToList();

        Assert.Multiple(() =>
        {
            Assert.That(called.Except(listed), Is.Empty, "called, but nobody is permitted to: add it to Permissions.cs");
            Assert.That(listed.Except(called), Is.Empty, "permitted, but nobody calls it: remove it from Permissions.cs");
            Assert.That(listed, Is.Unique);
            Assert.That(called, Has.Count.GreaterThan(30), "the scan finds calls");
        });
    }

    [Test]
    public void Nobody_who_only_looks_may_change_anything()
    {
        var actions = Permissions.All.Where(p => p.Roles.HasFlag(Roles.Read)).SelectMany(p => p.Actions);

        Assert.That(actions, Is.All.Match("^[a-z0-9-]+:(Get|List|Describe|Detect|Simulate|BatchGet)[A-Za-z]+$"));
    }

    [Test]
    public void Who_plans_changes_nothing_but_change_sets_and_the_templates_they_are_made_of()
    {
        var actions = Permissions.All.Where(p => p.Roles.HasFlag(Roles.Plan) && !p.Roles.HasFlag(Roles.Read)).SelectMany(p => p.Actions);

        Assert.That(actions, Is.EquivalentTo(new[] { "cloudformation:CreateChangeSet", "cloudformation:TagResource", "cloudformation:DescribeChangeSet", "cloudformation:DeleteChangeSet", "cloudformation:ListChangeSets", "s3:PutObject", "s3:GetObject" }));
    }

    [Test]
    public void Every_resource_type_of_the_repository_s_templates_has_its_rights()
    {
        var known = ResourceRights.All.SelectMany(r => r.Types).ToHashSet(StringComparer.Ordinal);
        var used = Directory.EnumerateFiles(Path.Combine(Repository.Root, "samples"), "*.*", SearchOption.AllDirectories)
            .Where(f => f.EndsWith(".yaml", StringComparison.Ordinal) || f.EndsWith(".template.json", StringComparison.Ordinal))
            .Where(f => !f.Contains("node_modules", StringComparison.Ordinal))
            .SelectMany(f => ResourceType().Matches(File.ReadAllText(f)).Select(m => m.Groups[1].Value))
            .Distinct();

        Assert.That(used.Where(t => t != "CDK::Metadata").Except(known), Is.Empty, "the deploy role could not make such resources: add them to ResourceRights.cs");
    }

    [Test]
    public void A_policy_is_as_small_as_IAM_demands()
    {
        var policies = AccessTemplate.Template()["Resources"]!.AsObject().Where(r => (string?)r.Value!["Type"] == "AWS::IAM::ManagedPolicy").ToList();

        Assert.That(policies, Has.Count.EqualTo(8));
        foreach (var (name, policy) in policies)
        {
            // As long as names get: the system, the environment, an account, a region, and a dozen of repositories.
            var text = Spelt(policy!["Properties"]!["PolicyDocument"]!).ToJsonString();
            Assert.That(text, Has.Length.LessThan(LargestManagedPolicy), name);
        }
    }

    [Test]
    public void The_template_is_as_small_as_CloudFormation_demands() =>
        Assert.That(System.Text.Encoding.UTF8.GetByteCount(AccessTemplate.Text()), Is.LessThan(51_200));

    [Test]
    public void The_deploy_role_cannot_reach_the_pipeline_s_own_roles_and_stacks()
    {
        var resources = AccessTemplate.Template()["Resources"]!.AsObject();
        var statements = resources.Where(r => r.Key is "DeployPolicy" or "DeployServicesPolicy" or "DeployFoundationsPolicy").SelectMany(r => r.Value!["Properties"]!["PolicyDocument"]!["Statement"]!.AsArray());

        foreach (var statement in statements.Where(s => s!["Action"]!.AsArray().Any(a => a!.GetValue<string>().StartsWith("iam:", StringComparison.Ordinal) && !a.GetValue<string>().StartsWith("iam:Simulate", StringComparison.Ordinal))))
        {
            Assert.That(statement!["Resource"]!.ToJsonString(), Does.Not.Contain("role/pipeline").And.Not.EqualTo("\"*\"").And.Not.Contain(":role/*"), statement.ToJsonString());
        }

        foreach (var role in resources.Where(r => (string?)r.Value!["Type"] == "AWS::IAM::Role"))
        {
            Assert.That((string?)role.Value!["Properties"]!["Path"], Is.EqualTo("/pipeline/"));
        }
    }

    [Test]
    public void GitHub_is_trusted_by_the_exact_subject_and_audience_only()
    {
        var roles = AccessTemplate.Template()["Resources"]!.AsObject().Where(r => (string?)r.Value!["Type"] == "AWS::IAM::Role").Select(r => r.Value!).ToList();
        var subjects = new List<string>();
        foreach (var role in roles)
        {
            var trust = role["Properties"]!["AssumeRolePolicyDocument"]!["Statement"]![0]!["Fn::If"]![1]!;
            var condition = trust["Condition"]!.AsObject();
            Assert.That(condition.Select(c => c.Key), Is.EqualTo(new[] { "StringEquals" }), "never StringLike");
            var equals = condition["StringEquals"]!.AsObject();
            Assert.That((string?)equals["token.actions.githubusercontent.com:aud"], Is.EqualTo("sts.amazonaws.com"));
            subjects.Add((string)equals["token.actions.githubusercontent.com:sub"]!["Fn::Sub"]!);
        }

        Assert.That(subjects, Is.Unique.And.Count.EqualTo(4).And.All.StartsWith("repo:${GitHubRepository}:environment:${EnvironmentName}").And.None.Contains("*"));
    }

    /// <summary>Calls of methods of a client's interface, wherever they stand in the assembly.</summary>
    private static IEnumerable<string> Called()
    {
        using var file = new PEReader(File.OpenRead(typeof(Permissions).Assembly.Location));
        var metadata = file.GetMetadataReader();
        foreach (var member in metadata.MemberReferences.Select(metadata.GetMemberReference).Where(m => m.Parent.Kind == HandleKind.TypeReference))
        {
            var type = metadata.GetTypeReference((TypeReferenceHandle)member.Parent);
            var (space, owner, name) = (metadata.GetString(type.Namespace), metadata.GetString(type.Name), metadata.GetString(member.Name));
            if (space.StartsWith("Amazon.", StringComparison.Ordinal) && owner.StartsWith("IAmazon", StringComparison.Ordinal))
            {
                Assert.That(name, Does.Not.Contain("Paginators"), "a paginator's calls are not seen by this test");
                if (name.EndsWith("Async", StringComparison.Ordinal))
                {
                    yield return $"{space["Amazon.".Length..]}.{name[..^"Async".Length]}";
                }
            }
        }
    }

    private static JsonNode Spelt(JsonNode node) => node switch
    {
        JsonObject { Count: 1 } map when map["Fn::Sub"] is { } text => JsonValue.Create(text.GetValue<string>()
            .Replace("${System}", new string('s', 20), StringComparison.Ordinal).Replace("${EnvironmentName}", "production", StringComparison.Ordinal)
            .Replace("${AWS::Partition}", "aws", StringComparison.Ordinal).Replace("${AWS::Region}", "ap-northeast-1", StringComparison.Ordinal)
            .Replace("${AWS::AccountId}", "123456789012", StringComparison.Ordinal).Replace("${LedgerBucket}", new string('b', 63), StringComparison.Ordinal)),
        JsonObject { Count: 1 } map when map["Ref"] is { } name => name.GetValue<string>() == "RepositoryArns"
            ? new JsonArray([.. Enumerable.Repeat($"arn:aws:ecr:ap-northeast-1:123456789012:repository/{new string('r', 40)}", 12).Select(a => JsonValue.Create(a))])
            : JsonValue.Create(new string('v', 20)),
        JsonObject map => new JsonObject(map.Select(m => KeyValuePair.Create(m.Key, (JsonNode?)Spelt(m.Value!)))),
        JsonArray list => new JsonArray([.. list.Select(i => Spelt(i!))]),
        _ => node.DeepClone(),
    };

    [GeneratedRegex(@"Type[""']?:\s*[""']?AWS::([A-Za-z0-9]+::[A-Za-z0-9]+)")]
    private static partial Regex ResourceType();
}
