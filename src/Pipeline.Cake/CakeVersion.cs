using System.Reflection;
using Cake.Cli;
using Cake.Core;

namespace Pipeline.Cake;

/// <summary>The version of the Cake that runs, which Cake itself reads from the program it is part of.</summary>
internal sealed class CakeVersion : IVersionResolver
{
    public string GetVersion() => GetProductVersion().Split('+')[0];

    public string GetProductVersion() =>
        typeof(ICakeEngine).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";
}
