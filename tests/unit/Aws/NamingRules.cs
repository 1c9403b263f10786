using System.Reflection;
using Amazon.CloudFormation;
using Amazon.CloudFormation.Model;
using Amazon.CloudWatchLogs.Model;
using Amazon.ECS;
using Amazon.ECS.Model;
using Amazon.RDS.Model;
using StandIns.Generator;

namespace Pipeline.Tests.Aws;

/// <summary>Members as the official packages have them.</summary>
public sealed class NamingRules
{
    [TestCase(typeof(Amazon.ECS.Model.Service), "DesiredCount", typeof(int?))]
    [TestCase(typeof(Amazon.ECS.Model.Service), "CreatedAt", typeof(DateTime?))]
    [TestCase(typeof(Amazon.ECS.Model.Service), "EnableECSManagedTags", typeof(bool?))]
    [TestCase(typeof(Amazon.ECS.Model.Service), "LaunchType", typeof(LaunchType))]
    [TestCase(typeof(RegisterTaskDefinitionRequest), "RequiresCompatibilities", typeof(List<string>))]
    [TestCase(typeof(LogConfiguration), "Options", typeof(Dictionary<string, string>))]
    [TestCase(typeof(CreateChangeSetRequest), "Capabilities", typeof(List<string>))]
    [TestCase(typeof(CreateChangeSetRequest), "RoleARN", typeof(string))]
    [TestCase(typeof(DBInstance), "MultiAZ", typeof(bool?))]
    [TestCase(typeof(InputLogEvent), "Timestamp", typeof(DateTime?))]
    [TestCase(typeof(GetLogEventsRequest), "StartTime", typeof(DateTime?))]
    [TestCase(typeof(FilterLogEventsRequest), "StartTime", typeof(long?))]
    [TestCase(typeof(Amazon.ECR.Model.UploadLayerPartRequest), "LayerPartBlob", typeof(MemoryStream))]
    public void A_member_has_its_name_and_type(Type owner, string member, Type type) =>
        Assert.That(owner.GetProperty(member, BindingFlags.Public | BindingFlags.Instance)?.PropertyType, Is.EqualTo(type));

    [Test]
    public void Collections_are_null_until_somebody_asks_otherwise() => Assert.That(new DescribeServicesRequest().Services, Is.Null);

    [Test]
    public void An_enumeration_knows_values_that_are_younger_than_it()
    {
        LaunchType younger = "MOON";

        Assert.Multiple(() =>
        {
            Assert.That((LaunchType)"FARGATE", Is.SameAs(LaunchType.FARGATE));
            Assert.That(younger.Value, Is.EqualTo("MOON"));
            Assert.That(NetworkMode.Awsvpc.Value, Is.EqualTo("awsvpc"));
            Assert.That(StackStatus.UPDATE_ROLLBACK_COMPLETE.Value, Is.EqualTo("UPDATE_ROLLBACK_COMPLETE"));
        });
    }

    [TestCase("DBInstanceNotFoundFault", "DBInstanceNotFoundException")]
    [TestCase("ClusterNotFoundException", "ClusterNotFoundException")]
    [TestCase("ParameterNotFound", "ParameterNotFoundException")]
    public void An_error_ends_in_Exception_once(string shape, string name) => Assert.That(Naming.Exception(shape), Is.EqualTo(name));

    [TestCase("Intelligent-Tiering", "IntelligentTiering")]
    [TestCase("awsvpc", "Awsvpc")]
    [TestCase("IN_PROGRESS", "IN_PROGRESS")]
    [TestCase("aws:ecs", "Awsecs")]
    public void An_enumerations_field_is_its_value_without_what_no_name_may_hold(string value, string name) => Assert.That(Naming.EnumerationField(value), Is.EqualTo(name));
}
