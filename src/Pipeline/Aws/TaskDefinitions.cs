using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Amazon.ECS.Model;
using Amazon.Runtime;

namespace Pipeline.Aws;

/// <summary>A task definition as ECS has it.</summary>
/// <param name="Arn">with its revision</param>
/// <param name="Active">tasks and services may be started from it</param>
/// <param name="Definition">all that registering it again takes, as <c>aws ecs register-task-definition --cli-input-json</c> reads it</param>
public sealed record RegisteredDefinition(string Arn, bool Active, JsonObject Definition);

/// <summary>ECS: whole task definitions, to be kept and to be registered again.</summary>
/// <remarks>Every member throws <see cref="AwsRefusedException"/> or <see cref="AwsUnreachableException"/>.</remarks>
public sealed class TaskDefinitions(AwsConnection aws)
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = new FirstLetter(),
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new Words() },
    };

    /// <summary>A task definition; <c>null</c>: there is none.</summary>
    /// <param name="name">ARN; or its family: the newest that is active</param>
    public async Task<RegisteredDefinition?> Find(string name, CancellationToken cancel)
    {
        try
        {
            var answer = await aws.AskRepeatedly($"read task definition '{name}'", () => aws.Ecs.DescribeTaskDefinitionAsync(new DescribeTaskDefinitionRequest { TaskDefinition = name, Include = ["TAGS"] }, cancel), cancel).ConfigureAwait(false);
            var definition = answer.TaskDefinition;
            var request = new RegisterTaskDefinitionRequest
            {
                Family = definition.Family,
                TaskRoleArn = definition.TaskRoleArn,
                ExecutionRoleArn = definition.ExecutionRoleArn,
                NetworkMode = definition.NetworkMode,
                ContainerDefinitions = definition.ContainerDefinitions,
                Volumes = definition.Volumes,
                PlacementConstraints = definition.PlacementConstraints,
                RequiresCompatibilities = definition.RequiresCompatibilities,
                Cpu = definition.Cpu,
                Memory = definition.Memory,
                PidMode = definition.PidMode,
                IpcMode = definition.IpcMode,
                ProxyConfiguration = definition.ProxyConfiguration,
                InferenceAccelerators = definition.InferenceAccelerators,
                EphemeralStorage = definition.EphemeralStorage,
                RuntimePlatform = definition.RuntimePlatform,
                EnableFaultInjection = definition.EnableFaultInjection,
                // Nobody but AWS may set its own.
                Tags = answer.Tags is { Count: > 0 } tags ? [.. tags.Where(t => !t.Key.StartsWith("aws:", StringComparison.Ordinal))] : null,
            };
            return new RegisteredDefinition(definition.TaskDefinitionArn, definition.Status?.Value != "INACTIVE", Members(request));
        }
        catch (AwsRefusedException e) when (e.Code == "ClientException")
        {
            return null;
        }
    }

    /// <summary>Registers a task definition as the next revision of its family.</summary>
    /// <returns>its ARN</returns>
    public async Task<string> Register(JsonObject definition, CancellationToken cancel)
    {
        var request = new RegisterTaskDefinitionRequest();
        foreach (var property in typeof(RegisterTaskDefinitionRequest).GetProperties().Where(p => p.DeclaringType == typeof(RegisterTaskDefinitionRequest) && p.CanWrite))
        {
            if (definition[Json.PropertyNamingPolicy!.ConvertName(property.Name)] is { } value)
            {
                property.SetValue(request, value.Deserialize(property.PropertyType, Json));
            }
        }

        var answer = await aws.Ask($"register task definition '{request.Family}'", () => aws.Ecs.RegisterTaskDefinitionAsync(request, cancel), cancel).ConfigureAwait(false);
        return answer.TaskDefinition.TaskDefinitionArn;
    }

    /// <summary>The request's own members; what the clients' runtime adds to every request is none of them.</summary>
    private static JsonObject Members(RegisterTaskDefinitionRequest request)
    {
        var members = new JsonObject();
        foreach (var property in typeof(RegisterTaskDefinitionRequest).GetProperties().Where(p => p.DeclaringType == typeof(RegisterTaskDefinitionRequest) && p.CanWrite))
        {
            if (property.GetValue(request) is { } value)
            {
                members[Json.PropertyNamingPolicy!.ConvertName(property.Name)] = JsonSerializer.SerializeToNode(value, property.PropertyType, Json);
            }
        }

        return members;
    }

    /// <summary>The clients write the first letter of every member's name large, and change nothing else.</summary>
    private sealed class FirstLetter : JsonNamingPolicy
    {
        public override string ConvertName(string name) => char.ToLowerInvariant(name[0]) + name[1..];
    }

    /// <summary>The clients' enumerations are texts.</summary>
    private sealed class Words : JsonConverterFactory
    {
        public override bool CanConvert(Type typeToConvert) => typeToConvert.IsSubclassOf(typeof(ConstantClass));

        public override JsonConverter? CreateConverter(Type typeToConvert, JsonSerializerOptions options) => (JsonConverter)Activator.CreateInstance(typeof(Word<>).MakeGenericType(typeToConvert))!;
    }

    private sealed class Word<T> : JsonConverter<T>
        where T : ConstantClass
    {
        public override T? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => (T)Activator.CreateInstance(typeof(T), reader.GetString())!;

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(value.Value);
    }
}
