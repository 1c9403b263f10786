using System.Text.Json.Nodes;
using Pipeline.LocalCloud;
using Pipeline.LocalCloud.CloudFormation;
using Pipeline.Processes;

namespace Pipeline.Tests.LocalCloud.CloudFormation;

/// <summary>What each resource type of the cloud knows against the public schema of that type, as cfn-lint carries it.</summary>
public sealed class PublicSchemas
{
    /// <summary>Where the cloud makes a resource anew that the service could change in place: the result is the same, the way is longer.</summary>
    private static readonly string[] Known =
    [
        "AWS::EC2::VPCGatewayAttachment.InternetGatewayId: replaces here, changes in place there",
        "AWS::EC2::VPCGatewayAttachment.VpnGatewayId: replaces here, changes in place there",
        "AWS::IAM::Policy.PolicyName: replaces here, changes in place there",
    ];

    [Test]
    public async Task Properties_replacements_and_requirements_are_those_of_the_public_schemas()
    {
        var python = Requires.Program("cfn-lint", "python3");
        using var cloud = new Cloud(new CloudOptions(4510, null), TimeProvider.System);
        var types = cloud.ResourceTypes.ToDictionary(type => type.Name);
        var result = await ChildProcess.Run(
            new Command(python, ["-c", """
                import json, sys
                try:
                    from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER as manager
                except ImportError:
                    sys.exit(3)
                out = {}
                for name in sys.argv[1:]:
                    schema = manager.get_resource_schema('us-east-1', name).schema
                    strip = lambda key: [p.replace('/properties/', '') for p in schema.get(key, [])]
                    out[name] = {'properties': list(schema['properties']), 'required': schema.get('required', []), 'createOnly': strip('createOnlyProperties'), 'sometimes': strip('conditionalCreateOnlyProperties'), 'readOnly': strip('readOnlyProperties')}
                print(json.dumps(out))
                """, .. types.Keys], TestContext.CurrentContext.WorkDirectory) { Timeout = TimeSpan.FromMinutes(2) },
            CancellationToken.None);
        Requires.That(result.ExitCode != 3, "cfn-lint", "python3 has no module cfnlint");
        Assert.That(result.ExitCode, Is.Zero, result.Error);

        var schemas = (JsonObject)JsonNode.Parse(result.Output)!;
        var findings = types.Values.SelectMany(type => Findings(type, (JsonObject)schemas[type.Name]!)).Except(Known).ToList();
        Assert.That(findings, Is.Empty, string.Join("\n", findings));
    }

    private static IEnumerable<string> Findings(ResourceType type, JsonObject schema)
    {
        IReadOnlyList<string> Names(string member) => [.. schema[member]!.AsArray().Select(name => name!.ToString())];
        var (known, createOnly, readOnly) = (Names("properties"), Names("createOnly"), Names("readOnly").Select(name => name.Replace('/', '.')).ToList());
        foreach (var (name, replaces) in TopLevel(type.Properties))
        {
            if (!known.Contains(name) || readOnly.Contains(name))
            {
                yield return $"{type.Name}.{name}: no property of the public type";
            }
            else if (type.Update is not null && replaces != createOnly.Contains(name) && !Names("sometimes").Contains(name))
            {
                yield return $"{type.Name}.{name}: {(replaces ? "replaces here, changes in place there" : "changes in place here, replaces there")}";
            }
        }

        foreach (var name in Names("required").Except(type.Required.Split(' ')))
        {
            yield return $"{type.Name}.{name}: required there, not here";
        }

        foreach (var name in type.Attributes.Split(' ', StringSplitOptions.RemoveEmptyEntries).Where(name => !readOnly.Contains(name) && !known.Contains(name)))
        {
            yield return $"{type.Name}.{name}: no attribute of the public type";
        }
    }

    private static IEnumerable<(string Name, bool Replaces)> TopLevel(string notation)
    {
        var depth = 0;
        var name = "";
        foreach (var c in notation + " ")
        {
            if (depth == 0 && (char.IsAsciiLetterOrDigit(c) || c == '!'))
            {
                name += c;
            }
            else if (depth == 0 && name.Length > 0)
            {
                yield return (name.TrimEnd('!'), name.EndsWith('!'));
                name = "";
            }

            depth += c switch { '(' => 1, ')' => -1, _ => 0 };
        }
    }
}
