using Pipeline.Assemblies;

namespace Pipeline.Parity;

/// <summary>What pipeline.yml gives the environments differently, and so wants to differ.</summary>
internal static class DeclaredValues
{
    /// <summary>Parameters that are the release's, not the environment's.</summary>
    public static IReadOnlyList<string> OfTheVersion { get; } = ["ImageUri", "Version"];

    private const string Masked = "****";
    private const string EnvironmentName = "EnvironmentName";

    /// <summary>The parameters of a stack that differ.</summary>
    public static IEnumerable<ParityDifference> Parameters(string stack, EnvironmentPicture left, StackPicture one, EnvironmentPicture right, StackPicture other)
    {
        foreach (var name in one.Parameters.Keys.Union(other.Parameters.Keys).Order(StringComparer.Ordinal))
        {
            var (live, lives) = (one.Parameters.GetValueOrDefault(name), other.Parameters.GetValueOrDefault(name));
            if (live == lives)
            {
                continue;
            }

            var (wanted, wants) = (Given(left, stack, name), Given(right, stack, name));
            var configured = wanted != wants;
            var asConfigured = (wanted ?? live) == live && (wants ?? lives) == lives || live == Masked || lives == Masked;
            yield return SensitiveNames.Hidden(new ParityDifference(ParityKind.Parameter, stack, name, live, lives,
                name == EnvironmentName && live == left.Name && lives == right.Name ? "the environment's name"
                : configured && asConfigured ? $"pipeline.yml gives it to {left.Name} and {right.Name} differently"
                : null)
            {
                Note = asConfigured || OfTheVersion.Contains(name) ? null : "pipeline.yml says something else now: deploy, or somebody changed it by hand",
            });
        }
    }

    /// <summary>Why two templates differ: each is the one of its own cloud assembly; <c>null</c>: that is not why.</summary>
    public static string? Template(string stack, EnvironmentPicture left, StackPicture one, EnvironmentPicture right, StackPicture other) =>
        Written(left, stack) is { } mine && Written(right, stack) is { } others && mine != others && mine == one.Template && others == other.Template
            ? "each environment has its own in pipeline.yml"
            : null;

    private static string? Given(EnvironmentPicture picture, string stack, string name)
    {
        var settings = picture.Configuration.Stacks.FirstOrDefault(s => s.Name == stack);
        return settings?.Parameters.GetValueOrDefault(name) ?? picture.Configuration.Environment.Parameters.GetValueOrDefault(name) ?? settings?.Artifact?.Parameters.GetValueOrDefault(name);
    }

    private static string? Written(EnvironmentPicture picture, string stack)
    {
        if (picture.Configuration.Stacks.FirstOrDefault(s => s.Name == stack) is not { } settings)
        {
            return null;
        }

        var path = Path.Combine(picture.Configuration.Root, settings.Template);
        return !File.Exists(path) ? null : settings.Artifact is null ? File.ReadAllText(path) : BootstrapCheck.Without(File.ReadAllText(path));
    }
}
