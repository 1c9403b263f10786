using Pipeline.Deployments;
using Pipeline.Ledger;
using Pipeline.Preflight;

namespace Pipeline.Parity;

/// <summary>Compares two environments, and tells what pipeline.yml declares from what merely came to be.</summary>
public static class ParityComparison
{
    /// <summary>Compares; neither side is asked anything any more.</summary>
    public static ParityReport Of(EnvironmentPicture left, EnvironmentPicture right)
    {
        var unreachable = new[] { left, right }.Where(p => p.Unreachable is not null).ToDictionary(p => p.Name, p => p.Unreachable!);
        return new ParityReport(left.Name, right.Name, unreachable.Count > 0 ? [] : [.. Services(left, right), .. Stacks(left, right)], unreachable)
        {
            IsEmpty = unreachable.Count == 0 && new[] { left, right }.All(p => p.Stacks.Count == 0 && p.Services.Count == 0),
        };
    }

    private static IEnumerable<ParityDifference> Services(EnvironmentPicture left, EnvironmentPicture right)
    {
        foreach (var name in left.Services.Keys.Union(right.Services.Keys).Order(StringComparer.Ordinal))
        {
            var (one, other) = (left.Services.GetValueOrDefault(name)?.Running, right.Services.GetValueOrDefault(name)?.Running);
            if (one?.Version != other?.Version)
            {
                yield return new ParityDifference(ParityKind.Version, name, "version", one?.Version, other?.Version, null);
            }

            if (one?.Digest != other?.Digest)
            {
                yield return new ParityDifference(ParityKind.Digest, name, "digest", one?.Digest, other?.Digest, null);
            }
        }
    }

    private static IEnumerable<ParityDifference> Stacks(EnvironmentPicture left, EnvironmentPicture right)
    {
        foreach (var name in left.Configuration.Stacks.Concat(right.Configuration.Stacks).Select(s => s.Name).Distinct())
        {
            switch (left.Stacks.GetValueOrDefault(name), right.Stacks.GetValueOrDefault(name))
            {
                case (null, null):
                    break;
                case ({ } one, { } other):
                    foreach (var difference in Stack(name, left, one, right, other))
                    {
                        yield return difference;
                    }

                    break;
                case var (one, other):
                    yield return new ParityDifference(ParityKind.Stack, name, "exists", one is null ? null : "yes", other is null ? null : "yes",
                        IsWanted(left, name) == (one is not null) && IsWanted(right, name) == (other is not null) ? "only one of the environments is configured to have it" : null);
                    break;
            }
        }
    }

    private static bool IsWanted(EnvironmentPicture picture, string stack) => picture.Configuration.Stacks.Any(s => s.Name == stack);

    private static IEnumerable<ParityDifference> Stack(string name, EnvironmentPicture left, StackPicture one, EnvironmentPicture right, StackPicture other)
    {
        if (one.Template != other.Template)
        {
            yield return new ParityDifference(ParityKind.Template, name, "template", Hashing.Of(one.Template)[..12], Hashing.Of(other.Template)[..12], DeclaredValues.Template(name, left, one, right, other));
        }

        var parameters = DeclaredValues.Parameters(name, left, one, right, other).ToList();
        foreach (var parameter in parameters.Where(p => !DeclaredValues.OfTheVersion.Contains(p.Property)))
        {
            yield return parameter;
        }

        var expected = Expected(name, one, right, other, parameters);
        foreach (var difference in Shapes(name, one.TaskDefinitions, other.TaskDefinitions, expected.Definitions).Concat(Shapes(name, one.Services, other.Services, expected.Services)))
        {
            yield return difference;
        }
    }

    /// <summary>What the right side would have if it were the left one with nothing but what is declared for the right one.</summary>
    private static (IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> Definitions, IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> Services) Expected(
        string stack, StackPicture left, EnvironmentPicture right, StackPicture other, IEnumerable<ParityDifference> parameters)
    {
        var mixed = new Dictionary<string, string>(left.Parameters);
        foreach (var declared in parameters.Where(p => p is { Declared: not null, Right: not null } || DeclaredValues.OfTheVersion.Contains(p.Property)))
        {
            mixed[declared.Property] = other.Parameters.GetValueOrDefault(declared.Property, "");
        }

        var settings = right.Configuration.Stacks.FirstOrDefault(s => s.Name == stack);
        if (settings is null || TemplateDocument.Read(left.Template) is not { } template)
        {
            return (new Dictionary<string, IReadOnlyDictionary<string, string>>(), new Dictionary<string, IReadOnlyDictionary<string, string>>());
        }

        var planned = new PlannedStack(settings, other.StackName, new StackSnapshot(left.Template, mixed, new Dictionary<string, string>()), "", null, []);
        var values = new TemplateValues(new TemplateScope(template, PlannedRelease.Parameters(right.Configuration, planned, null)) { Live = new Dictionary<string, string>(), Exports = new Dictionary<string, string>() });
        var resources = values.Resources().ToList();
        return (resources.Where(r => r.Type == "AWS::ECS::TaskDefinition").ToDictionary(r => r.LogicalId, r => FlatShape.OfTaskDefinition(r.Properties)),
            resources.Where(r => r.Type == "AWS::ECS::Service").ToDictionary(r => r.LogicalId, r => FlatShape.OfDeployedService(r.Properties)));
    }

    private static IEnumerable<ParityDifference> Shapes(
        string stack, IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> left, IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> right, IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> expected)
    {
        foreach (var id in left.Keys.Intersect(right.Keys))
        {
            var (one, other, wanted) = (left[id], right[id], expected.GetValueOrDefault(id) ?? new Dictionary<string, string>());
            foreach (var path in one.Keys.Union(other.Keys).Where(p => one.GetValueOrDefault(p) != other.GetValueOrDefault(p)).Order(StringComparer.Ordinal))
            {
                // Which image a service runs is said of the service.
                if (!(path.EndsWith(".Image", StringComparison.Ordinal) && TemplateValues.IsDeferred(wanted.GetValueOrDefault(path)) == false && wanted.GetValueOrDefault(path) == other.GetValueOrDefault(path)))
                {
                    yield return Difference(stack, path, one.GetValueOrDefault(path), other.GetValueOrDefault(path), wanted);
                }
            }
        }
    }

    private static ParityDifference Difference(string stack, string path, string? left, string? right, IReadOnlyDictionary<string, string> wanted)
    {
        var declared = wanted.TryGetValue(path, out var value)
            ? TemplateValues.IsDeferred(value) ? "names a resource of its own environment" : value == right ? "follows from what is declared" : null
            : path == "DesiredCount" ? "the template leaves the count alone" : null;
        var kind = path == "DesiredCount" ? ParityKind.Count
            : path.Contains(".Secrets.", StringComparison.Ordinal) ? ParityKind.Secret
            : path.StartsWith("Deployment", StringComparison.Ordinal) || !path.Contains('.', StringComparison.Ordinal) && wanted.ContainsKey("SchedulingStrategy") ? ParityKind.Strategy
            : ParityKind.TaskDefinition;
        return SensitiveNames.Hidden(new ParityDifference(kind, stack, path, left, right, declared));
    }
}
