using System.Text.Json.Nodes;
using Pipeline.Parity;

namespace Pipeline.Tests.Parity;

/// <summary>Task definitions and services that mean the same are the same.</summary>
public sealed class FlatShapeTests
{
    [TestCase("""{"Cpu":"1 vCPU","Memory":"2GB"}""", """{"Cpu":"1024","Memory":"2048"}""", TestName = "Sizes have one spelling")]
    [TestCase("""{"Cpu":"0.25 vCPU","Memory":"0.5 GB"}""", """{"Cpu":"256","Memory":"512"}""")]
    [TestCase("""{"Cpu":"256"}""", """{"Cpu":"256","Revision":7,"Status":"ACTIVE","TaskDefinitionArn":"arn:x","RegisteredAt":"2026-11-23T09:00:00Z","Compatibilities":["EC2","FARGATE"]}""", TestName = "What AWS only tells does not count")]
    [TestCase("""{"RequiresCompatibilities":["FARGATE","EC2"]}""", """{"RequiresCompatibilities":["EC2","FARGATE"]}""", TestName = "The order of a set does not count")]
    [TestCase("""{"Cpu":"256"}""", """{"Cpu":"256","RuntimePlatform":{"CpuArchitecture":"X86_64","OperatingSystemFamily":"LINUX"},"Volumes":[]}""", TestName = "A default said and a default left out are the same")]
    public void Definitions_that_mean_the_same(string one, string other) =>
        Assert.That(Definition(one), Is.EqualTo(Definition(other)));

    [TestCase("""{"Name":"a","Image":"i"}""", """{"Name":"a","Image":"i","Essential":true,"Cpu":0,"MountPoints":[]}""")]
    [TestCase("""{"Name":"a","Image":"i","Essential":"true"}""", """{"Name":"a","Image":"i","Essential":true}""", TestName = "A template's text and the API's flag are the same")]
    [TestCase("""{"Name":"a","Image":"i","PortMappings":[{"ContainerPort":"8080"}]}""", """{"Name":"a","Image":"i","PortMappings":[{"ContainerPort":8080,"HostPort":8080,"Protocol":"tcp"}]}""")]
    [TestCase("""{"Name":"a","Image":"i","Environment":[{"Name":"B","Value":"2"},{"Name":"A","Value":"1"}]}""", """{"Name":"a","Image":"i","Environment":[{"Name":"A","Value":"1"},{"Name":"B","Value":"2"}]}""", TestName = "Variables are told apart by name, not by place")]
    public void Containers_that_mean_the_same(string one, string other) =>
        Assert.That(Definition($$"""{"ContainerDefinitions":[{{one}}]}"""), Is.EqualTo(Definition($$"""{"ContainerDefinitions":[{{other}}]}""")));

    [TestCase("""{"Name":"a","Image":"i","Command":["x","y"]}""", """{"Name":"a","Image":"i","Command":["y","x"]}""", TestName = "The order of a command counts")]
    [TestCase("""{"Name":"a","Image":"i"}""", """{"Name":"a","Image":"i","Essential":false}""")]
    public void Containers_that_do_not(string one, string other) =>
        Assert.That(Definition($$"""{"ContainerDefinitions":[{{one}}]}"""), Is.Not.EqualTo(Definition($$"""{"ContainerDefinitions":[{{other}}]}""")));

    [Test]
    public void A_path_says_which_container_and_which_variable() =>
        Assert.That(Definition("""{"ContainerDefinitions":[{"Name":"api","Image":"i","Environment":[{"Name":"LEVEL","Value":"debug"}],"Secrets":[{"Name":"KEY","ValueFrom":"arn:s"}]}]}"""),
            Does.ContainKey("ContainerDefinitions.api.Environment.LEVEL").WithValue("debug").And.ContainKey("ContainerDefinitions.api.Secrets.KEY").WithValue("arn:s"));

    [Test]
    public void A_service_is_what_shapes_its_deployments() =>
        Assert.That(FlatShape.OfDeployedService(JsonNode.Parse("""{"ServiceArn":"arn:x","RunningCount":2,"DesiredCount":2,"DeploymentConfiguration":{"Strategy":"ROLLING","MaximumPercent":200}}""")!.AsObject()),
            Is.EqualTo(FlatShape.OfDeployedService(JsonNode.Parse("""{"DesiredCount":"2"}""")!.AsObject())));

    private static IReadOnlyDictionary<string, string> Definition(string json) => FlatShape.OfTaskDefinition(JsonNode.Parse(json)!.AsObject());
}
