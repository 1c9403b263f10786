using Cake.Common.Tools.DotNet;
using Cake.Core.IO;

namespace Cake.Coverlet;

/// <summary>What Coverlet is to measure and to write.</summary>
#pragma warning disable CA1002, CA2227 // the official members
public class CoverletSettings : DotNetSettings
{
    /// <summary>Whether anything is measured.</summary>
    public bool CollectCoverage { get; set; }

    /// <summary>The reports to write.</summary>
    public CoverletOutputFormat CoverletOutputFormat { get; set; } = CoverletOutputFormat.json;

    /// <summary>The folder of the reports; <c>null</c>: the test project's.</summary>
    public DirectoryPath? CoverletOutputDirectory { get; set; }

    /// <summary>The name of the reports without extension; <c>null</c>: <c>coverage</c>.</summary>
    public string? CoverletOutputName { get; set; }

    /// <summary>Makes the path of the reports from their folder and name.</summary>
    public OutputTransformer OutputTransformer { get; set; } = (fileName, directoryPath) => $"{directoryPath}/{fileName}";

    /// <summary>Below this, in percent, the run fails; <c>null</c>: it does not.</summary>
    public uint? Threshold { get; set; }

    /// <summary>What <see cref="Threshold"/> applies to.</summary>
    public ThresholdType ThresholdType { get; set; }

    /// <summary>Source files to leave out, as globs.</summary>
    public List<string> ExcludeByFile { get; set; } = [];

    /// <summary>Attributes whose bearers are left out.</summary>
    public List<string> ExcludeByAttribute { get; set; } = [];

    /// <summary>Types to leave out, as <c>[assembly]type</c> filters.</summary>
    public List<string> Exclude { get; set; } = [];

    /// <summary>Types to measure, as <c>[assembly]type</c> filters; empty: all.</summary>
    public List<string> Include { get; set; } = [];

    /// <summary>A JSON report to add this run to.</summary>
    public FilePath? MergeWithFile { get; set; }

    /// <summary>Whether the tests themselves are measured; <c>null</c>: Coverlet's default, no.</summary>
    public bool? IncludeTestAssembly { get; set; }

    /// <summary>Adds to <see cref="Exclude"/>.</summary>
    public CoverletSettings WithFilter(string filter) => With(() => Exclude.Add(filter));

    /// <summary>Adds to <see cref="Include"/>.</summary>
    public CoverletSettings WithInclusion(string filter) => With(() => Include.Add(filter));

    /// <summary>Adds to <see cref="ExcludeByFile"/>.</summary>
    public CoverletSettings WithFileExclusion(string file) => With(() => ExcludeByFile.Add(file));

    /// <summary>Adds to <see cref="ExcludeByAttribute"/>.</summary>
    public CoverletSettings WithAttributeExclusion(string attribute) => With(() => ExcludeByAttribute.Add(attribute));

    /// <summary>Adds to <see cref="ThresholdType"/>.</summary>
    public CoverletSettings WithThresholdType(ThresholdType type) => With(() => ThresholdType |= type);

    /// <summary>Adds to <see cref="CoverletOutputFormat"/>.</summary>
    public CoverletSettings WithFormat(CoverletOutputFormat format) => With(() => CoverletOutputFormat |= format);

    /// <summary>Replaces <see cref="CoverletOutputFormat"/>.</summary>
    public CoverletSettings SetFormat(CoverletOutputFormat format) => With(() => CoverletOutputFormat = format);

    private CoverletSettings With(Action change)
    {
        change();
        return this;
    }
}
