using Cake.Core;
using Cake.Core.Configuration;
using Cake.Core.IO;

namespace Cake.Frosting.Internal;

internal sealed record ConfigurationValue(string Key, string Value);

/// <summary>Cake's configuration file, environment and arguments, over what the host was told in code.</summary>
internal sealed class FrostingConfiguration(
    IEnumerable<ConfigurationValue> values, IFileSystem fileSystem, ICakeEnvironment environment, ICakeArguments arguments) : ICakeConfiguration
{
    private readonly ICakeConfiguration _configuration = new CakeConfigurationProvider(fileSystem, environment).CreateConfiguration(
        environment.WorkingDirectory,
        values.GroupBy(value => value.Key, StringComparer.OrdinalIgnoreCase).ToDictionary(group => group.Key, group => group.Last().Value, StringComparer.OrdinalIgnoreCase),
        arguments.GetArguments().ToDictionary(argument => argument.Key, argument => argument.Value?.FirstOrDefault() ?? string.Empty));

    public string GetValue(string key) => _configuration.GetValue(key);
}
