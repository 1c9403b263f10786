using System.Text.Json.Nodes;
using Pipeline.LocalCloud.CloudFormation;
using Pipeline.LocalCloud.CloudFormation.Templates;
using Pipeline.LocalCloud.Protocols;

namespace Pipeline.Tests.LocalCloud.CloudFormation;

public sealed class Templates
{
    private static readonly ResourceTypes Types = new(new FakeRoom().Types);

    [TestCase("!Ref Name", "shop")]
    [TestCase("!Sub '${Name}-${AWS::Region}-${!Literal}'", "shop-us-east-1-${Literal}")]
    [TestCase("!Sub ['${A}/${Name}', {A: !Ref AWS::AccountId}]", "123456789012/shop")]
    [TestCase("!Join ['-', [a, !Ref Name]]", "a-shop")]
    [TestCase("!Select [1, !Split [',', 'x,y,z']]", "y")]
    [TestCase("!Select ['1', !Ref Zones]", "b")]
    [TestCase("!FindInMap [Sizes, !Ref Name, cpu]", "256")]
    [TestCase("!FindInMap [Sizes, !FindInMap [Sizes, !Ref Name, other], cpu]", "512")]
    [TestCase("!Select [0, !FindInMap [Sizes, !Ref Name, zones]]", "a")]
    [TestCase("!If [IsShop, yes, no]", "yes")]
    [TestCase("!If [Never, yes, no]", "no")]
    [TestCase("Fn::If: [Always, {'Fn::Base64': hi}, '']", "aGk=")]
    [TestCase("!Select [2, !Cidr [10.0.0.0/16, 4, 8]]", "10.0.2.0/24")]
    [TestCase("!Select [0, !GetAZs '']", "us-east-1a")]
    [TestCase("!GetAtt A.Nested.Arn", "A:Nested.Arn")]
    [TestCase("!Sub '${A}:${A.Arn}'", "A:A:Arn")]
    [TestCase("!ImportValue shared", "import of shared")]
    public async Task An_intrinsic_gives_its_value(string expression, string expected)
    {
        var template = TemplateParser.Parse($$$"""
            Parameters: {Name: {Type: String}, Zones: {Type: CommaDelimitedList, Default: 'a, b'}}
            Mappings: {Sizes: {shop: {cpu: 256, other: big, zones: [a, b]}, big: {cpu: 512} } }
            Conditions:
              IsShop: !Equals [!Ref Name, shop]
              Never: !And [!Condition IsShop, !Not [{Condition: IsShop}]]
              Always: !Or [!Condition Never, !Condition IsShop]
            Resources:
              A: {Type: Test::Thing}
              B:
                Type: Test::Thing
                Properties:
                  Value:
                    {{{expression}}}
            """);
        var values = ParameterValues.Complete(template, new Dictionary<string, string> { ["Name"] = "shop" });
        var parameters = await ParameterValues.Evaluate(template, values, name => Task.FromResult(name));
        var scope = new Scope(template, parameters, new StackIdentity("s", "arn:s", "123456789012", "us-east-1", new Dictionary<string, string>()))
        {
            Ref = id => id,
            GetAtt = (id, attribute) => $"{id}:{attribute}",
            Import = name => $"import of {name}",
        };

        Assert.That(Intrinsics.Evaluate(template.Resources["B"].Properties["Value"]!, scope)!.ToString(), Is.EqualTo(expected));
    }

    [Test]
    public void No_value_leaves_the_property_out()
    {
        var template = TemplateParser.Parse("Resources: {A: {Type: Test::Thing, Properties: {Name: !Ref AWS::NoValue, Value: x}}}");
        var scope = new Scope(template, new Dictionary<string, JsonNode>(), new StackIdentity("s", "arn:s", "1", "r", new Dictionary<string, string>()));

        Assert.That(Intrinsics.Evaluate(template.Resources["A"].Properties, scope)!.ToJsonString(), Is.EqualTo("""{"Value":"x"}"""));
    }

    [Test]
    public void Json_and_yaml_read_the_same()
    {
        var yaml = TemplateText.Read("Resources: {A: {Type: T, Properties: {V: !GetAtt B.C.D, N: 012, F: true, D: 2012-10-17}}}");
        var json = TemplateText.Read("""{"Resources":{"A":{"Type":"T","Properties":{"V":{"Fn::GetAtt":["B","C.D"]},"N":"012","F":true,"D":"2012-10-17"}}}}""");

        Assert.That(JsonNode.DeepEquals(yaml, json), Is.True, yaml.ToJsonString());
    }

    [TestCase("Resources: {A: {Type: Test::Nothing}}", "Unrecognized resource types: [Test::Nothing (resource A)]")]
    [TestCase("Resources: {A: {Type: Test::Thing, Properties: {Colour: red}}}", "resource A (Test::Thing): Encountered unsupported property Colour")]
    [TestCase("Resources: {A: {Type: Test::Fixed, Properties: {}}}", "required property [Value] not found")]
    [TestCase("Resources: {A: {Type: Test::Fixed, Properties: {Value: 1, Nested: {Items: [{Id: 1, Other: 2}]}}}}", "unsupported property Nested.Items.Other")]
    [TestCase("Resources: {A: {Type: Test::Fixed, Properties: {Value: {Deep: 1}}}}", "Value must not be a structure")]
    [TestCase("Resources: {A: {Type: Test::Thing, Properties: {Value: !Ref B}}}", "Unresolved resource dependencies [B]")]
    [TestCase("Resources: {A: {Type: Test::Thing, Properties: {Value: !GetAtt A.Colour}}}", "does not support attribute type Colour")]
    [TestCase("Resources: {A: {Type: Test::Thing, DependsOn: B}, B: {Type: Test::Thing, Properties: {Value: !Ref A}}}", "Circular dependency between resources: [A, B]")]
    [TestCase("Resources: {A: {Type: Test::Thing, DeletionPolicy: Snapshot}}", "DeletionPolicy Snapshot is not supported for Test::Thing (resource A)")]
    [TestCase("Resources: {A: {Type: Test::Thing, Properties: {Value: {'Fn::Transform': x}}}}", "Fn::Transform is not supported")]
    [TestCase("Resources: {A: {Type: Test::Thing, Properties: {Value: !Colour x}}}", "unsupported tag !Colour at /Resources/A/Properties/Value")]
    [TestCase("Resources: {A: {Type: Test::Thing, Properties: {Value: }}}", "[/Resources/A/Properties/Value] 'null' values are not allowed")]
    [TestCase("Resources: {A: {Type: Test::Thing, Condition: Never}}", "Unresolved condition dependency Never in resource A")]
    [TestCase("Transform: AWS::Serverless-2016-10-31\nResources: {A: {Type: Test::Thing}}", "No transform named AWS::Serverless-2016-10-31 found")]
    [TestCase("Resources: {A: {Type: Test::Thing, Properties: {Value: !Length [a]}}}", "Fn::Length is not supported: it needs the transform AWS::LanguageExtensions")]
    [TestCase("Resources: {A: {Type: Test::Thing, Properties: {Value: !ToJsonString {a: b}}}}", "Fn::ToJsonString is not supported: it needs the transform AWS::LanguageExtensions")]
    [TestCase("Resources: {A: {Type: Test::Thing, Properties: {Value: !Contains [[a], a]}}}", "Fn::Contains can only be used in the Rules block")]
    [TestCase("Resources: {A: {Type: Test::Thing, Properties: {Value: !FindInMap [M, a, b, {DefaultValue: x}]}}}", "Fn::FindInMap with a DefaultValue is not supported")]
    [TestCase("Resources: {A: {Type: Test::Thing, CreationPolicy: {}}}", "'CreationPolicy' is not supported in resource A")]
    [TestCase("Rules: {R: {Assertions: [{Assert: !Equals [!Ref A, x]}]}}\nResources: {A: {Type: Test::Thing}}", "Cannot reference resources in the Rules block of the template (rule R)")]
    [TestCase("Parameters: {P: {Type: AWS::EC2::Nothing}}\nResources: {A: {Type: Test::Thing}}", "Unrecognized parameter type: AWS::EC2::Nothing (parameter P)")]
    [TestCase("Resources: {A: &a {Type: Test::Thing}, B: *a}", "YAML aliases are not allowed")]
    [TestCase("Resources: {A: {Type: Test::Thing}, A: {Type: Test::Thing}}", "the key 'A' is there twice")]
    [TestCase("Resources: {}", "At least one Resources member must be defined.")]
    public void A_template_that_could_not_be_carried_out_is_refused(string body, string reason) =>
        Assert.That(() => TemplateCheck.Run(TemplateParser.Parse(body), Types), Throws.TypeOf<AwsException>().With.Message.Contains(reason).And.Property("Code").EqualTo("ValidationError"));

    [TestCase("Type: Number, MinValue: 2", "1", "must be a number not less than 2")]
    [TestCase("Type: Number", "x", "must be a number")]
    [TestCase("Type: String, AllowedValues: [a, b]", "c", "must be one of AllowedValues")]
    [TestCase("Type: String, AllowedPattern: '[a-z]+'", "A", "must match pattern [a-z]+")]
    [TestCase("Type: String, MaxLength: 2, ConstraintDescription: be short", "abc", "failed to satisfy constraint: be short")]
    public void A_parameter_outside_its_constraints_is_refused(string definition, string value, string reason)
    {
        var template = TemplateParser.Parse($"Parameters: {{P: {{{definition}}}}}\nResources: {{A: {{Type: Test::Thing}}}}");

        Assert.That(() => ParameterValues.Complete(template, new Dictionary<string, string> { ["P"] = value }), Throws.TypeOf<AwsException>().With.Message.Contains(reason));
    }

    [Test]
    public void Unknown_and_missing_parameters_are_named()
    {
        var template = TemplateParser.Parse("Parameters: {P: {Type: String}, Q: {Type: String}}\nResources: {A: {Type: Test::Thing}}");

        Assert.That(() => ParameterValues.Complete(template, new Dictionary<string, string>()), Throws.TypeOf<AwsException>().With.Message.EqualTo("Parameters: [P, Q] must have values"));
        Assert.That(() => ParameterValues.Complete(template, new Dictionary<string, string> { ["X"] = "" }), Throws.TypeOf<AwsException>().With.Message.EqualTo("Parameters: [X] do not exist in the template"));
    }

    [Test]
    public void A_member_below_can_replace_the_whole()
    {
        var grammar = PropertyGrammar.Parse("Name! Items(Id! Count) Free(*)");

        Assert.That(grammar.ReplacesWhenChanged("Name", "a", "b"), Is.True);
        Assert.That(grammar.ReplacesWhenChanged("Items", JsonNode.Parse("""[{"Id":1,"Count":1}]"""), JsonNode.Parse("""[{"Id":1,"Count":2}]""")), Is.False);
        Assert.That(grammar.ReplacesWhenChanged("Items", JsonNode.Parse("""[{"Id":1}]"""), JsonNode.Parse("""[{"Id":2}]""")), Is.True);
        Assert.That(grammar.ReplacesWhenChanged("Free", "1", JsonNode.Parse("1")), Is.False);
    }
}
