using System.Globalization;
using Cake.Core;
using Cake.Core.IO;

namespace Cake.Coverlet.Internal;

/// <summary>Coverlet's settings as the MSBuild properties that <c>coverlet.msbuild</c> reads.</summary>
internal static class CoverageArguments
{
    public static ProcessArgumentBuilder AppendTo(
        ProcessArgumentBuilder arguments, CoverletSettings settings, ICakeEnvironment environment, FilePath project)
    {
        Property("CollectCoverage", settings.CollectCoverage.ToString());
        List("CoverletOutputFormat", Flags(settings.CoverletOutputFormat));
        if (settings.Threshold is { } threshold)
        {
            Property("Threshold", threshold <= 100
                ? threshold.ToString(CultureInfo.InvariantCulture)
                : throw new InvalidOperationException("Threshold Percentage cannot be set as greater than 100%"));
            List("ThresholdType", settings.ThresholdType == ThresholdType.NotSet ? [] : Flags(settings.ThresholdType));
        }

        Path("CoverletOutput", Output(settings, environment, project));
        List("ExcludeByFile", settings.ExcludeByFile);
        List("Include", settings.Include);
        List("Exclude", settings.Exclude);
        List("ExcludeByAttribute", settings.ExcludeByAttribute);
        Path("MergeWith", settings.MergeWithFile?.GetExtension() == ".json" ? settings.MergeWithFile.MakeAbsolute(environment).FullPath : null);
        Property("IncludeTestAssembly", settings.IncludeTestAssembly?.ToString());
        return arguments;

        void Property(string name, string? value)
        {
            if (value is not null)
            {
                arguments.AppendSwitch($"/property:{name}", "=", value);
            }
        }

        void Path(string name, string? value)
        {
            if (value is not null)
            {
                arguments.AppendSwitchQuoted($"/property:{name}", "=", value);
            }
        }

        // MSBuild splits a property at its commas unless quotes reach it, hence the escaped ones.
        void List(string name, IEnumerable<string> values)
        {
            if (values.Any())
            {
                arguments.Append($"/property:{name}=\\\"{string.Join(',', values.Select(value => value.Trim()))}\\\"");
            }
        }
    }

    /// <summary>A folder, which Coverlet wants with a closing slash, or folder and name.</summary>
    private static string? Output(CoverletSettings settings, ICakeEnvironment environment, FilePath project)
    {
        if (string.IsNullOrEmpty(settings.CoverletOutputName))
        {
            return settings.CoverletOutputDirectory is { } folder ? folder.MakeAbsolute(environment).FullPath + "/" : null;
        }

        var directory = (settings.CoverletOutputDirectory ?? project.GetDirectory()).MakeAbsolute(environment).FullPath;
        return FilePath.FromString(settings.OutputTransformer(settings.CoverletOutputName, directory)).MakeAbsolute(environment).FullPath;
    }

    private static IEnumerable<string> Flags(Enum value) => value.ToString("g").Split(',').Select(name => name.ToLowerInvariant());
}
