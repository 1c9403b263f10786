using Cake.Common.Tools.DotNet;
using Cake.Common.Tools.DotNet.Test;
using Cake.Core;
using Cake.Core.Annotations;
using Cake.Core.IO;
using Cake.Coverlet.Internal;

namespace Cake.Coverlet;

/// <summary>Tests with coverage, through the test project's reference to <c>coverlet.msbuild</c>.</summary>
[CakeAliasCategory("DotNet")]
public static class CoverletAliases
{
    /// <summary>Runs a test project and measures what it covers.</summary>
    [CakeMethodAlias]
    [CakeAliasCategory("Test")]
    public static void DotNetTest(this ICakeContext context, FilePath project, DotNetTestSettings settings, CoverletSettings coverletSettings)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(project);
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(coverletSettings);
        var others = settings.ArgumentCustomization;
        settings.ArgumentCustomization = arguments =>
            CoverageArguments.AppendTo(others?.Invoke(arguments) ?? arguments, coverletSettings, context.Environment, project);
        context.DotNetTest(project.FullPath, settings);
    }
}
