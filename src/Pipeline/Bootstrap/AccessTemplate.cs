using System.Text.Json.Nodes;

namespace Pipeline.Bootstrap;

/// <summary>The stack with the pipeline's roles for one environment: <c>infra/access.yaml</c>.</summary>
internal static class AccessTemplate
{
    private const string GitHub = "token.actions.githubusercontent.com";

    /// <summary>Each role, the end of its GitHub environment's name, and what it is for.</summary>
    private static readonly (Roles Role, string Suffix, string Description)[] Known =
    [
        (Roles.Read, "-read", "Looks at what runs - Status, History, Diagnose, Doctor"),
        (Roles.Plan, "-plan", "Looks, and prepares change sets that nobody has executed"),
        (Roles.Deploy, "", "Pushes images and changes the environment"),
        (Roles.Rollback, "-rollback", "Brings back what ran before"),
    ];

    private static readonly string[] WrittenByApprovers = ["approvals/${!aws:PrincipalArn}/${!aws:userid}/*", "environments/${EnvironmentName}/audit*", "environments/${EnvironmentName}/requests/*"];

    public static string Text() => """
        # Written from src/Pipeline/Bootstrap by the tests (docs/aws.md says how); ./build.sh --target=Bootstrap deploys it.

        """ + TemplateYaml.Write(Template());

    internal static JsonObject Template() => new()
    {
        ["AWSTemplateFormatVersion"] = "2010-09-09",
        ["Description"] = "The pipeline's roles for one environment - read, plan, deploy, rollback.",
        // The linter's list of actions is older than ecs:ContinueServiceDeployment.
        ["Metadata"] = new JsonObject { ["cfn-lint"] = new JsonObject { ["config"] = new JsonObject { ["ignore_checks"] = new JsonArray("W3037") } } },
        ["Parameters"] = new JsonObject
        {
            ["System"] = new JsonObject { ["Type"] = "String", ["AllowedPattern"] = "[a-z][a-z0-9-]{0,30}" },
            ["EnvironmentName"] = new JsonObject { ["Type"] = "String", ["AllowedPattern"] = "[a-z][a-z0-9-]{0,30}" },
            ["LedgerBucket"] = new JsonObject { ["Type"] = "String" },
            ["RepositoryArns"] = new JsonObject { ["Type"] = "CommaDelimitedList", ["Description"] = "The services' image repositories" },
            ["GitHubRepository"] = new JsonObject
            {
                ["Type"] = "String",
                ["Default"] = "",
                ["AllowedPattern"] = "([A-Za-z0-9][A-Za-z0-9-]*/[A-Za-z0-9._-]+)?",
                ["Description"] = "owner/name, spelt exactly as on GitHub, never with a wildcard. Empty - only principals of this account may take the roles",
            },
        },
        ["Conditions"] = new JsonObject { ["UsesGitHub"] = new JsonObject { ["Fn::Not"] = new JsonArray(new JsonObject { ["Fn::Equals"] = new JsonArray(Ref("GitHubRepository"), "") }) } },
        ["Resources"] = Resources(),
        ["Outputs"] = new JsonObject(Known.Select(k => KeyValuePair.Create($"{k.Role}Role", (JsonNode?)new JsonObject { ["Value"] = new JsonObject { ["Fn::GetAtt"] = $"{k.Role}Role.Arn" } }))
            .Append(KeyValuePair.Create("ApprovePolicy", (JsonNode?)new JsonObject { ["Value"] = Ref("ApprovePolicy") }))),
    };

    private static JsonObject Resources()
    {
        var resources = new JsonObject();
        foreach (var (role, suffix, description) in Known)
        {
            resources[$"{role}Role"] = Role(role, suffix, description);
            resources[$"{role}Policy"] = Policy(role, $"What the pipeline itself asks for as {role.ToString().ToLowerInvariant()}", PolicyDocument.OfCalls(role));
        }

        foreach (var role in new[] { Roles.Deploy, Roles.Rollback })
        {
            resources[$"{role}ServicesPolicy"] = Policy(role, "What CloudFormation asks for with this role's rights - services", PolicyDocument.OfServices(role));
        }

        resources["DeployFoundationsPolicy"] = Policy(Roles.Deploy, "What CloudFormation asks for with this role's rights - networks, databases, queues", PolicyDocument.OfFoundations());
        resources["ApprovePolicy"] = Approve();
        return resources;
    }

    /// <summary>For people and not for a role: whoever takes a role names his own session, so a role's session is nobody in particular.</summary>
    private static JsonObject Approve() => new()
    {
        ["Type"] = "AWS::IAM::ManagedPolicy",
        ["Properties"] = new JsonObject
        {
            ["Path"] = "/pipeline/",
            ["Description"] = "What an approver needs - attach it to those whom gates.approval.approvers names",
            ["PolicyDocument"] = new JsonObject
            {
                ["Version"] = "2012-10-17",
                ["Statement"] = new JsonArray(
                    Allow("See", "s3:GetObject", Scope.Ledger.Resource()),
                    Allow("Find", "s3:ListBucket", Scope.LedgerBucket.Resource()),
                    Allow("Vote", "s3:PutObject", new JsonArray([.. WrittenByApprovers.Select(key => Sub($"arn:${{AWS::Partition}}:s3:::${{LedgerBucket}}/{key}"))]))),
            },
        },
    };

    private static JsonObject Allow(string name, string action, JsonNode resource) => new() { ["Sid"] = name, ["Effect"] = "Allow", ["Action"] = action, ["Resource"] = resource };

    private static JsonObject Role(Roles role, string suffix, string description) => new()
    {
        ["Type"] = "AWS::IAM::Role",
        ["Properties"] = new JsonObject
        {
            // Outside of what the deploy role may change: it can not give itself more rights.
            ["Path"] = "/pipeline/",
            ["RoleName"] = Sub($"${{System}}-${{EnvironmentName}}-{role.ToString().ToLowerInvariant()}"),
            ["Description"] = description,
            // A deployment of many stacks may take longer than the hour that is usual.
            ["MaxSessionDuration"] = role is Roles.Deploy or Roles.Rollback ? 14400 : 3600,
            ["AssumeRolePolicyDocument"] = new JsonObject
            {
                ["Version"] = "2012-10-17",
                ["Statement"] = new JsonArray(new JsonObject { ["Fn::If"] = new JsonArray("UsesGitHub", FromGitHub(suffix), FromAccount()) }),
            },
            ["Tags"] = Tags(),
        },
    };

    /// <summary>One GitHub environment of one repository: with an environment the subject has no branch, so the environment must limit branches.</summary>
    private static JsonObject FromGitHub(string suffix) => new()
    {
        ["Effect"] = "Allow",
        ["Principal"] = new JsonObject { ["Federated"] = Sub($"arn:${{AWS::Partition}}:iam::${{AWS::AccountId}}:oidc-provider/{GitHub}") },
        ["Action"] = "sts:AssumeRoleWithWebIdentity",
        ["Condition"] = new JsonObject
        {
            ["StringEquals"] = new JsonObject
            {
                [$"{GitHub}:aud"] = "sts.amazonaws.com",
                [$"{GitHub}:sub"] = Sub($"repo:${{GitHubRepository}}:environment:${{EnvironmentName}}{suffix}"),
            },
        },
    };

    private static JsonObject FromAccount() => new()
    {
        ["Effect"] = "Allow",
        ["Principal"] = new JsonObject { ["AWS"] = Sub("arn:${AWS::Partition}:iam::${AWS::AccountId}:root") },
        ["Action"] = "sts:AssumeRole",
    };

    private static JsonObject Policy(Roles role, string description, JsonObject document) => new()
    {
        ["Type"] = "AWS::IAM::ManagedPolicy",
        ["Properties"] = new JsonObject
        {
            ["Path"] = "/pipeline/",
            ["Description"] = description,
            ["Roles"] = new JsonArray(Ref($"{role}Role")),
            ["PolicyDocument"] = document,
        },
    };

    /// <summary>Spelt as the stack's own tags are: IAM takes keys that differ only in case for the same, and refuses them.</summary>
    private static JsonArray Tags() =>
    [
        new JsonObject { ["Key"] = "system", ["Value"] = Ref("System") },
        new JsonObject { ["Key"] = "environment", ["Value"] = Ref("EnvironmentName") },
    ];

    private static JsonObject Ref(string name) => new() { ["Ref"] = name };

    private static JsonObject Sub(string text) => new() { ["Fn::Sub"] = text };
}
