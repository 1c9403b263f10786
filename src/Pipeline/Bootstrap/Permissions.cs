namespace Pipeline.Bootstrap;

/// <summary>One operation that the code asks AWS for, and what IAM wants for it.</summary>
/// <param name="Service">the client's namespace below <c>Amazon</c>; <c>Registry</c>: the registry's own protocol; <c>Shelf</c>: templates that CloudFormation reads with the caller's rights</param>
/// <param name="Operation">the client's method less <c>Async</c></param>
/// <param name="Roles">who asks for it</param>
/// <param name="Scope">about what</param>
/// <param name="Actions">as policies name them; none: it needs no permission</param>
public sealed record Permission(string Service, string Operation, Roles Roles, Scope Scope, IReadOnlyList<string> Actions);

/// <summary>
/// Every operation of AWS that the code calls, in one table: the roles' policies are made from it, and a test compares it with the
/// compiled code in both directions.
/// </summary>
public static class Permissions
{
    private static readonly Dictionary<string, string> Prefixes = new(StringComparer.Ordinal)
    {
        ["ApplicationAutoScaling"] = "application-autoscaling",
        ["CloudFormation"] = "cloudformation",
        ["CloudWatch"] = "cloudwatch",
        ["CloudWatchLogs"] = "logs",
        ["ECR"] = "ecr",
        ["ECS"] = "ecs",
        ["ElasticLoadBalancingV2"] = "elasticloadbalancing",
        ["IdentityManagement"] = "iam",
        ["RDS"] = "rds",
        ["Registry"] = "ecr",
        ["S3"] = "s3",
        ["Shelf"] = "s3",
        ["SecretsManager"] = "secretsmanager",
        ["SecurityToken"] = "sts",
        ["SimpleNotificationService"] = "sns",
        ["SimpleSystemsManagement"] = "ssm",
    };

    /// <summary>The table. <c>Operation=Action,Action</c> where IAM's words differ, <c>Operation=</c> where it wants nothing.</summary>
    public static IReadOnlyList<Permission> All { get; } =
    [
        .. Of("SecurityToken", Roles.Everybody, Scope.Anything, "GetCallerIdentity="),

        .. Of("S3", Roles.Everybody, Scope.LedgerBucket, "HeadBucket=ListBucket ListObjectsV2=ListBucket"),
        .. Of("S3", Roles.Everybody, Scope.Ledger, "GetObject"),
        .. Of("S3", Roles.Writers, Scope.OwnLedger, "PutObject DeleteObject"),
        .. Of("Shelf", Roles.Plan | Roles.Writers, Scope.Templates, "Put=PutObject Read=GetObject"),
        .. Of("S3", Roles.None, Scope.Anything, "PutBucket= GetBucketPolicy= PutBucketPolicy="),

        .. Of("CloudFormation", Roles.Everybody, Scope.Stacks, "DescribeStacks DescribeStackEvents ListStackResources GetTemplate"),
        .. Of("CloudFormation", Roles.Everybody, Scope.Stacks, "GetStackPolicy DetectStackDrift=DetectStackDrift,DetectStackResourceDrift DescribeStackResourceDrifts"),
        .. Of("CloudFormation", Roles.Everybody, Scope.Anything, "ListExports ListStacks DescribeAccountLimits DescribeStackDriftDetectionStatus"),
        .. Of("CloudFormation", Roles.Plan | Roles.Writers, Scope.Stacks, "CreateChangeSet=CreateChangeSet,TagResource DescribeChangeSet DeleteChangeSet ListChangeSets"),
        .. Of("CloudFormation", Roles.Writers, Scope.Stacks, "ExecuteChangeSet ContinueUpdateRollback RollbackStack CancelUpdateStack SetStackPolicy UpdateTerminationProtection"),
        .. Of("CloudFormation", Roles.Deploy, Scope.Stacks, "DeleteStack"),

        .. Of("ECS", Roles.Everybody, Scope.Services, "DescribeServices ListServiceDeployments DescribeServiceDeployments DescribeServiceRevisions DescribeTasks"),
        .. Of("ECS", Roles.Everybody, Scope.Anything, "ListTasks DescribeTaskDefinition"),
        .. Of("ECS", Roles.Writers, Scope.Services, "StopServiceDeployment ContinueServiceDeployment StopTask"),
        .. Of("ECS", Roles.Writers, Scope.Definitions, "RunTask=RunTask,TagResource"),

        .. Of("ElasticLoadBalancingV2", Roles.Everybody, Scope.Anything, "DescribeTargetHealth DescribeTargetGroups DescribeListeners DescribeRules DescribeLoadBalancers DescribeAccountLimits"),
        .. Of("ApplicationAutoScaling", Roles.Everybody, Scope.Anything, "DescribeScalableTargets"),
        .. Of("CloudWatch", Roles.Everybody, Scope.Alarms, "DescribeAlarms"),
        .. Of("CloudWatch", Roles.Everybody, Scope.Anything, "GetMetricData"),
        .. Of("CloudWatch", Roles.Writers, Scope.ZoneMetrics, "PutMetricData"),
        .. Of("CloudWatchLogs", Roles.Everybody, Scope.Logs, "GetLogEvents"),
        .. Of("CloudWatchLogs", Roles.Everybody, Scope.Anything, "DescribeLogGroups"),

        .. Of("ECR", Roles.Everybody, Scope.Anything, "GetAuthorizationToken"),
        .. Of("ECR", Roles.Everybody, Scope.Repositories, "DescribeRepositories DescribeImages"),
        .. Of("ECR", Roles.None, Scope.Anything, "CreateRepository="),
        .. Of("Registry", Roles.Everybody, Scope.Repositories, "Pull=BatchGetImage,GetDownloadUrlForLayer"),
        .. Of("Registry", Roles.Deploy, Scope.Repositories, "Push=BatchCheckLayerAvailability,InitiateLayerUpload,UploadLayerPart,CompleteLayerUpload,PutImage"),

        .. Of("IdentityManagement", Roles.Everybody, Scope.TaskRoles, "GetRole"),
        .. Of("IdentityManagement", Roles.Everybody, Scope.RolesAskedAbout, "SimulatePrincipalPolicy"),
        .. Of("IdentityManagement", Roles.Everybody, Scope.Anything, "SimulateCustomPolicy"),
        // Bootstrapping is an administrator's business.
        .. Of("IdentityManagement", Roles.None, Scope.Anything, "GetOpenIDConnectProvider="),
        // The embedded cloud's people.
        .. Of("IdentityManagement", Roles.None, Scope.Anything, "CreateUser= CreateAccessKey= ListAccessKeys= DeleteAccessKey="),
        .. Of("SecretsManager", Roles.Everybody, Scope.Secrets, "DescribeSecret"),
        // Whether a secret holds a JSON key is only to be seen in its value, and receivers' addresses are values; CloudFormation reads values with these roles' rights anyway.
        .. Of("SecretsManager", Roles.Writers, Scope.Secrets, "GetSecretValue"),
        .. Of("SimpleNotificationService", Roles.Writers, Scope.Topics, "Publish"),
        .. Of("SimpleSystemsManagement", Roles.Everybody, Scope.Parameters, "GetParameters"),

        // Backups are taken by whoever changes the environment; deleting old ones and bringing one back is more than a rollback.
        .. Of("RDS", Roles.Everybody, Scope.Anything, "DescribeDBInstances DescribeDBSnapshots"),
        .. Of("RDS", Roles.Writers, Scope.Databases, "CreateDBSnapshot=CreateDBSnapshot,AddTagsToResource"),
        .. Of("RDS", Roles.Deploy, Scope.Databases, "DeleteDBSnapshot RestoreDBInstanceFromDBSnapshot=RestoreDBInstanceFromDBSnapshot,AddTagsToResource"),
        .. Of("ECS", Roles.Deploy, Scope.Anything, "RegisterTaskDefinition"),
        .. Of("SimpleSystemsManagement", Roles.Deploy, Scope.Parameters, "PutParameter"),
    ];

    private static IEnumerable<Permission> Of(string service, Roles roles, Scope scope, string operations) => operations.Split(' ').Select(written =>
    {
        var parts = written.Split('=');
        var actions = parts is [_, var named] ? named.Split(',', StringSplitOptions.RemoveEmptyEntries) : [parts[0]];
        return new Permission(service, parts[0], roles, scope, [.. actions.Select(action => $"{Prefixes[service]}:{action}")]);
    });
}
