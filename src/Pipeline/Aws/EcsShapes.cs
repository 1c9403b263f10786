using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Amazon.ECS.Model;
using Amazon.Runtime;

namespace Pipeline.Aws;

/// <summary>ECS's answers as trees, for comparisons: every member that has a value, under its name as CloudFormation spells it.</summary>
/// <remarks>Every member throws <see cref="AwsRefusedException"/> or <see cref="AwsUnreachableException"/>.</remarks>
public sealed class EcsShapes(AwsConnection aws)
{
    private static readonly JsonSerializerOptions Format = new() { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, Converters = { new Words() } };

    /// <summary>A task definition.</summary>
    /// <param name="taskDefinition">ARN, or family and revision</param>
    public async Task<JsonObject> TaskDefinition(string taskDefinition, CancellationToken cancel)
    {
        var answer = await aws.Ask(
            $"describe task definition '{taskDefinition}'",
            () => aws.Ecs.DescribeTaskDefinitionAsync(new DescribeTaskDefinitionRequest { TaskDefinition = taskDefinition }, cancel),
            cancel).ConfigureAwait(false);
        return Tree(answer.TaskDefinition);
    }

    /// <summary>A service; <c>null</c>: there is none.</summary>
    /// <param name="arn">arn:aws:ecs:REGION:ACCOUNT:service/CLUSTER/NAME</param>
    public async Task<JsonObject?> Service(string arn, CancellationToken cancel)
    {
        if (arn.Split('/') is not [_, var cluster, _])
        {
            return null;
        }

        var answer = await aws.Ask(
            $"describe service '{arn}'",
            () => aws.Ecs.DescribeServicesAsync(new DescribeServicesRequest { Cluster = cluster, Services = [arn] }, cancel),
            cancel).ConfigureAwait(false);
        return answer.Services?.Where(s => s.Status != "INACTIVE").Select(Tree).FirstOrDefault();
    }

    private static JsonObject Tree<T>(T shape) => JsonSerializer.SerializeToNode(shape, Format)!.AsObject();

    /// <summary>The clients' enumerations are classes around a word.</summary>
    private sealed class Words : JsonConverter<ConstantClass>
    {
        public override bool CanConvert(Type typeToConvert) => typeToConvert.IsAssignableTo(typeof(ConstantClass));

        public override ConstantClass Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => throw new NotSupportedException();

        public override void Write(Utf8JsonWriter writer, ConstantClass value, JsonSerializerOptions options) => writer.WriteStringValue(value.Value);
    }
}
