using System.Text.Json.Nodes;

namespace Pipeline.Bootstrap;

/// <summary>
/// What CloudFormation does with the caller's own rights, because the pipeline gives it no role (a stack keeps a service role, and lends
/// it to whoever may touch the stack). Coarser than <see cref="Permissions"/>: it is derived from the resource types, not from calls.
/// </summary>
/// <param name="Types">the templates' resource types that need it, below <c>AWS::</c></param>
/// <param name="Roles">who deploys such resources</param>
/// <param name="Scope">on what</param>
/// <param name="Actions">what they need</param>
internal sealed record ResourceRights(IReadOnlyList<string> Types, Roles Roles, Scope Scope, IReadOnlyList<string> Actions)
{
    private const string Own = "${System}-${EnvironmentName}";

    private static readonly Func<JsonNode> InRegion = () => new JsonObject { ["StringEquals"] = new JsonObject { ["aws:RequestedRegion"] = new JsonObject { ["Ref"] = "AWS::Region" } } };

    public static IReadOnlyList<ResourceRights> All { get; } =
    [
        Of("EC2::VPC EC2::Subnet EC2::InternetGateway EC2::VPCGatewayAttachment EC2::RouteTable EC2::Route EC2::SubnetRouteTableAssociation EC2::NatGateway EC2::EIP EC2::SecurityGroup EC2::SecurityGroupIngress EC2::SecurityGroupEgress EC2::VPCEndpoint",
            Roles.Deploy, new Scope("Networks", () => "*", InRegion), "ec2",
            """
            Describe* CreateTags DeleteTags CreateVpc DeleteVpc ModifyVpcAttribute CreateSubnet DeleteSubnet ModifySubnetAttribute
            CreateInternetGateway DeleteInternetGateway AttachInternetGateway DetachInternetGateway
            CreateRouteTable DeleteRouteTable AssociateRouteTable DisassociateRouteTable ReplaceRouteTableAssociation CreateRoute DeleteRoute ReplaceRoute
            AllocateAddress ReleaseAddress AssociateAddress DisassociateAddress CreateNatGateway DeleteNatGateway
            CreateSecurityGroup DeleteSecurityGroup AuthorizeSecurityGroup* RevokeSecurityGroup* UpdateSecurityGroupRuleDescriptions* ModifySecurityGroupRules
            CreateVpcEndpoint ModifyVpcEndpoint DeleteVpcEndpoints
            """),
        Of("ECS::Cluster ECS::ClusterCapacityProviderAssociations ECS::TaskDefinition ECS::Service", Roles.Writers, new Scope("Containers", () => "*", InRegion), "ecs",
            "Describe* List* CreateCluster UpdateCluster UpdateClusterSettings DeleteCluster PutClusterCapacityProviders RegisterTaskDefinition DeregisterTaskDefinition CreateService UpdateService DeleteService TagResource UntagResource"),
        // A service's tasks enter and leave subnets and security groups.
        Of("ECS::Service", Roles.Rollback, new Scope("NetworksSeen", () => "*", InRegion), "ec2", "DescribeSubnets DescribeSecurityGroups DescribeVpcs"),
        Of("ElasticLoadBalancingV2::LoadBalancer ElasticLoadBalancingV2::TargetGroup ElasticLoadBalancingV2::Listener ElasticLoadBalancingV2::ListenerRule",
            Roles.Writers, new Scope("LoadBalancers", () => "*", InRegion), "elasticloadbalancing",
            """
            Describe* AddTags RemoveTags CreateLoadBalancer DeleteLoadBalancer ModifyLoadBalancerAttributes SetSecurityGroups SetSubnets
            CreateTargetGroup DeleteTargetGroup ModifyTargetGroup ModifyTargetGroupAttributes RegisterTargets DeregisterTargets
            CreateListener DeleteListener ModifyListener ModifyListenerAttributes CreateRule DeleteRule ModifyRule SetRulePriorities
            """),
        Of("ApplicationAutoScaling::ScalableTarget ApplicationAutoScaling::ScalingPolicy", Roles.Writers, new Scope("Scaling", () => "*", InRegion), "application-autoscaling",
            "Describe* RegisterScalableTarget DeregisterScalableTarget PutScalingPolicy DeleteScalingPolicy TagResource UntagResource ListTagsForResource"),
        Of("Logs::LogGroup", Roles.Writers, Scope.Logs with { Name = "LogGroups" }, "logs",
            "CreateLogGroup DeleteLogGroup PutRetentionPolicy DeleteRetentionPolicy TagResource UntagResource ListTagsForResource DescribeIndexPolicies GetDataProtectionPolicy"),
        Of("CloudWatch::Alarm CloudWatch::Dashboard", Roles.Writers,
            new Scope("AlarmsAndDashboards", () => new JsonArray(Scope.Arn("cloudwatch", $"alarm:{Own}-*"), Scope.Sub($"arn:${{AWS::Partition}}:cloudwatch::${{AWS::AccountId}}:dashboard/{Own}-*"))), "cloudwatch",
            "PutMetricAlarm DeleteAlarms TagResource UntagResource ListTagsForResource PutDashboard GetDashboard DeleteDashboards"),
        Of("IAM::Role IAM::Policy", Roles.Writers, Scope.TaskRoles with { Name = "RolesMade" }, "iam",
            "CreateRole DeleteRole GetRole UpdateRole UpdateRoleDescription UpdateAssumeRolePolicy PutRolePolicy DeleteRolePolicy GetRolePolicy AttachRolePolicy DetachRolePolicy ListRolePolicies ListAttachedRolePolicies TagRole UntagRole ListRoleTags"),
        Of("ECS::TaskDefinition ECS::Service", Roles.Writers,
            Scope.TaskRoles with { Name = "RolesPassed", Condition = () => new JsonObject { ["StringEquals"] = new JsonObject { ["iam:PassedToService"] = new JsonArray("ecs-tasks.amazonaws.com", "ecs.amazonaws.com") } } }, "iam", "PassRole"),
        Of("ECS::Service ElasticLoadBalancingV2::LoadBalancer RDS::DBInstance ApplicationAutoScaling::ScalableTarget", Roles.Deploy,
            new Scope("ServiceLinkedRoles", () => Scope.Sub("arn:${AWS::Partition}:iam::${AWS::AccountId}:role/aws-service-role/*"), () => new JsonObject
            {
                ["StringEquals"] = new JsonObject { ["iam:AWSServiceName"] = new JsonArray("ecs.amazonaws.com", "elasticloadbalancing.amazonaws.com", "rds.amazonaws.com", "ecs.application-autoscaling.amazonaws.com") },
            }), "iam", "CreateServiceLinkedRole"),
        Of("RDS::DBInstance RDS::DBSubnetGroup RDS::DBParameterGroup", Roles.Deploy,
            Scope.Databases, "rds",
            "CreateDBInstance ModifyDBInstance DeleteDBInstance RebootDBInstance CreateDBSubnetGroup ModifyDBSubnetGroup DeleteDBSubnetGroup CreateDBParameterGroup ModifyDBParameterGroup ResetDBParameterGroup DeleteDBParameterGroup CreateDBSnapshot AddTagsToResource RemoveTagsFromResource ListTagsForResource"),
        Of("RDS::DBInstance RDS::DBSubnetGroup", Roles.Deploy, Scope.Anything, "rds", "DescribeDBInstances DescribeDBSubnetGroups DescribeDBSnapshots DescribeDBParameterGroups DescribeDBParameters"),
        Of("SQS::Queue SQS::QueuePolicy", Roles.Deploy, new Scope("Queues", () => Scope.Arn("sqs", $"{Own}-*")), "sqs",
            "CreateQueue DeleteQueue GetQueueAttributes SetQueueAttributes GetQueueUrl TagQueue UntagQueue ListQueueTags"),
        Of("SNS::Topic SNS::Subscription", Roles.Deploy, new Scope("Topics", () => Scope.Arn("sns", $"{Own}-*")), "sns",
            "CreateTopic DeleteTopic GetTopicAttributes SetTopicAttributes Subscribe Unsubscribe GetSubscriptionAttributes ListSubscriptionsByTopic TagResource UntagResource ListTagsForResource GetDataProtectionPolicy"),
        Of("SecretsManager::Secret", Roles.Deploy, new Scope("SecretsMade", () => "*", () => Scope.Tagged("aws:RequestTag")), "secretsmanager", "CreateSecret TagResource"),
        Of("SecretsManager::Secret SecretsManager::SecretTargetAttachment", Roles.Deploy, Scope.Secrets, "secretsmanager",
            "UpdateSecret PutSecretValue DeleteSecret DescribeSecret GetSecretValue UntagResource"),
        Of("SecretsManager::Secret", Roles.Deploy, Scope.Anything, "secretsmanager", "GetRandomPassword"),
        Of("SSM::Parameter", Roles.Deploy, Scope.Parameters, "ssm", "PutParameter DeleteParameter GetParameters AddTagsToResource RemoveTagsFromResource ListTagsForResource"),
        Of("S3::Bucket S3::BucketPolicy", Roles.Deploy, new Scope("Buckets", () => Scope.Sub($"arn:${{AWS::Partition}}:s3:::{Own}-*")), "s3",
            "CreateBucket DeleteBucket GetBucket* PutBucket* GetEncryptionConfiguration PutEncryptionConfiguration GetLifecycleConfiguration PutLifecycleConfiguration GetAccelerateConfiguration GetAnalyticsConfiguration GetInventoryConfiguration GetMetricsConfiguration GetReplicationConfiguration GetIntelligentTieringConfiguration"),
    ];

    private static ResourceRights Of(string types, Roles roles, Scope scope, string prefix, string actions) =>
        new(types.Split(' '), roles, scope, [.. actions.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries).Select(action => $"{prefix}:{action}")]);
}
