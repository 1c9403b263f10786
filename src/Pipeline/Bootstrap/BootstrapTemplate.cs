using System.Text.Json.Nodes;
using Pipeline.Approvals;
using Pipeline.Aws;
using Pipeline.Configuration;

namespace Pipeline.Bootstrap;

/// <summary>The stack that all environments of one account and region share: <c>infra/bootstrap.yaml</c>. It is written for the services that pipeline.yml names.</summary>
internal static class BootstrapTemplate
{
    private const int ImagesKept = 200;

    public static string Text(PipelineConfiguration configuration) => """
        # Written from pipeline.yml and src/Pipeline/Bootstrap by the tests (docs/aws.md says how); ./build.sh --target=Bootstrap deploys it.

        """ + TemplateYaml.Write(Template(configuration));

    private static JsonObject Template(PipelineConfiguration configuration)
    {
        var resources = new JsonObject { ["LedgerBucket"] = Bucket(), ["LedgerBucketPolicy"] = Policy(), ["GitHub"] = GitHub() };
        foreach (var repository in configuration.Services.Select(s => s.Repository).Distinct(StringComparer.Ordinal))
        {
            resources[LogicalId(repository)] = Repository(repository);
        }

        return new JsonObject
        {
            ["AWSTemplateFormatVersion"] = "2010-09-09",
            ["Description"] = "What the pipeline needs before its first deployment - the ledger's bucket, image repositories, GitHub as an identity provider.",
            ["Parameters"] = new JsonObject
            {
                ["LedgerBucketName"] = new JsonObject { ["Type"] = "String", ["Description"] = "S3 names are unique on all of AWS, so it carries account and region" },
                ["GitHubProvider"] = new JsonObject
                {
                    ["Type"] = "String",
                    ["Default"] = "false",
                    ["AllowedValues"] = new JsonArray("true", "false"),
                    ["Description"] = "Make it here. An account has one at most, so only where nobody else made it",
                },
            },
            ["Conditions"] = new JsonObject { ["MakesGitHubProvider"] = new JsonObject { ["Fn::Equals"] = new JsonArray(Ref("GitHubProvider"), "true") } },
            ["Resources"] = resources,
            ["Outputs"] = new JsonObject { ["LedgerBucket"] = new JsonObject { ["Value"] = Ref("LedgerBucket") } },
        };
    }

    private static JsonObject Bucket() => new()
    {
        ["Type"] = "AWS::S3::Bucket",
        ["DeletionPolicy"] = "Retain",
        ["UpdateReplacePolicy"] = "Retain",
        ["Properties"] = new JsonObject
        {
            ["BucketName"] = Ref("LedgerBucketName"),
            ["BucketEncryption"] = new JsonObject
            {
                ["ServerSideEncryptionConfiguration"] = new JsonArray(new JsonObject { ["ServerSideEncryptionByDefault"] = new JsonObject { ["SSEAlgorithm"] = "AES256" } }),
            },
            ["VersioningConfiguration"] = new JsonObject { ["Status"] = "Enabled" },
            ["PublicAccessBlockConfiguration"] = new JsonObject { ["BlockPublicAcls"] = true, ["BlockPublicPolicy"] = true, ["IgnorePublicAcls"] = true, ["RestrictPublicBuckets"] = true },
            ["OwnershipControls"] = new JsonObject { ["Rules"] = new JsonArray(new JsonObject { ["ObjectOwnership"] = "BucketOwnerEnforced" }) },
            ["LifecycleConfiguration"] = new JsonObject
            {
                ["Rules"] = new JsonArray(new JsonObject
                {
                    ["Id"] = "old-versions",
                    ["Status"] = "Enabled",
                    ["NoncurrentVersionExpiration"] = new JsonObject { ["NoncurrentDays"] = 365 },
                    ["AbortIncompleteMultipartUpload"] = new JsonObject { ["DaysAfterInitiation"] = 7 },
                }),
            },
        },
    };

    private static JsonObject Policy() => new()
    {
        ["Type"] = "AWS::S3::BucketPolicy",
        ["Properties"] = new JsonObject
        {
            ["Bucket"] = Ref("LedgerBucket"),
            ["PolicyDocument"] = new JsonObject
            {
                ["Version"] = "2012-10-17",
                ["Statement"] = new JsonArray([new JsonObject
                {
                    ["Sid"] = AwsAccount.BootstrapMark,
                    ["Effect"] = "Deny",
                    ["Principal"] = "*",
                    ["Action"] = "s3:*",
                    ["Resource"] = new JsonArray(new JsonObject { ["Fn::GetAtt"] = "LedgerBucket.Arn" }, new JsonObject { ["Fn::Sub"] = "${LedgerBucket.Arn}/*" }),
                    ["Condition"] = new JsonObject { ["Bool"] = new JsonObject { ["aws:SecureTransport"] = "false" } },
                }, .. VotePolicy.Statements(Key).Select(s => s!.DeepClone())]),
            },
        },
    };

    /// <summary>Keys of the bucket; variables of the policy's language are none of CloudFormation's.</summary>
    private static JsonObject Key(string pattern) => new() { ["Fn::Sub"] = $"${{LedgerBucket.Arn}}/{pattern.Replace("${", "${!", StringComparison.Ordinal)}" };

    /// <summary>Without a thumbprint: AWS checks GitHub's certificate with its own list of authorities.</summary>
    private static JsonObject GitHub() => new()
    {
        ["Type"] = "AWS::IAM::OIDCProvider",
        ["Condition"] = "MakesGitHubProvider",
        ["Properties"] = new JsonObject { ["Url"] = "https://token.actions.githubusercontent.com", ["ClientIdList"] = new JsonArray("sts.amazonaws.com") },
    };

    private static JsonObject Repository(string name) => new()
    {
        ["Type"] = "AWS::ECR::Repository",
        ["DeletionPolicy"] = "Retain",
        ["UpdateReplacePolicy"] = "Retain",
        ["Properties"] = new JsonObject
        {
            ["RepositoryName"] = name,
            // A tag is made of a service's inputs and never moves.
            ["ImageTagMutability"] = "IMMUTABLE",
            ["ImageScanningConfiguration"] = new JsonObject { ["ScanOnPush"] = true },
            ["EncryptionConfiguration"] = new JsonObject { ["EncryptionType"] = "AES256" },
            ["LifecyclePolicy"] = new JsonObject { ["LifecyclePolicyText"] = Lifecycle() },
        },
    };

    /// <summary>Generous: a rollback needs its image.</summary>
    private static string Lifecycle() => new JsonObject
    {
        ["rules"] = new JsonArray(
            Expire(1, "no tag", new JsonObject { ["tagStatus"] = "untagged", ["countType"] = "sinceImagePushed", ["countUnit"] = "days", ["countNumber"] = 14 }),
            Expire(2, $"all but the last {ImagesKept}", new JsonObject { ["tagStatus"] = "any", ["countType"] = "imageCountMoreThan", ["countNumber"] = ImagesKept })),
    }.ToJsonString();

    private static JsonObject Expire(int priority, string description, JsonObject selection) => new()
    {
        ["rulePriority"] = priority, ["description"] = description, ["selection"] = selection, ["action"] = new JsonObject { ["type"] = "expire" },
    };

    /// <summary><c>storefront/api</c> → <c>RepositoryStorefrontApi</c>.</summary>
    private static string LogicalId(string repository) =>
        "Repository" + string.Concat(repository.Split('/', '.', '_', '-').Select(part => char.ToUpperInvariant(part[0]) + part[1..]));

    private static JsonObject Ref(string name) => new() { ["Ref"] = name };
}
