using System.Reflection;
using System.Text.RegularExpressions;
using Cake.Core;
using Cake.Core.IO;

namespace Cake.Docker.Internal;

/// <summary>What settings look like on the command line.</summary>
internal static partial class DockerOptions
{
    public static void AppendTo<TSettings>(ProcessArgumentBuilder arguments, TSettings settings)
        where TSettings : AutoToolSettings
    {
        foreach (var property in typeof(TSettings).GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly))
        {
            var isSecret = settings.SecretProperties.Contains(property.Name);
            switch (property.GetValue(settings))
            {
                case true:
                    arguments.Append(Option(property.Name));
                    break;
                case string text:
                    Append(arguments, property.Name, text, isSecret);
                    break;
                case string[] texts:
                    foreach (var text in texts)
                    {
                        Append(arguments, property.Name, text, isSecret);
                    }

                    break;
            }
        }
    }

    private static void Append(ProcessArgumentBuilder arguments, string property, string value, bool isSecret)
    {
        if (value.Length > 0)
        {
            arguments.Append(Option(property));
            _ = isSecret ? arguments.AppendQuotedSecret(value) : arguments.AppendQuoted(value);
        }
    }

#pragma warning disable CA1308 // options are lower case
    private static string Option(string property) => "--" + Hump().Replace(property, "-$0").ToLowerInvariant();
#pragma warning restore CA1308

    [GeneratedRegex("(?<!^)[A-Z]")]
    private static partial Regex Hump();
}
