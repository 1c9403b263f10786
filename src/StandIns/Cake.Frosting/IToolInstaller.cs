using Cake.Core.Packaging;

namespace Cake.Frosting;

/// <summary>Installs the tools that a host was told to install.</summary>
public interface IToolInstaller
{
    /// <summary>Installs one with the first package installer that can.</summary>
    void Install(PackageReference tool);
}
