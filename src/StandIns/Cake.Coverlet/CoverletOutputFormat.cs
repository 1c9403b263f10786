namespace Cake.Coverlet;

/// <summary>The reports that Coverlet can write.</summary>
[Flags]
#pragma warning disable CA1008, CA1720 // the official names and values
public enum CoverletOutputFormat
{
    /// <summary>Coverlet's own, which a later run can merge with.</summary>
    json = 0x1,

    /// <summary>lcov.info.</summary>
    lcov = 0x2,

    /// <summary>OpenCover's XML.</summary>
    opencover = 0x4,

    /// <summary>Cobertura's XML.</summary>
    cobertura = 0x8,

    /// <summary>TeamCity's service messages.</summary>
    teamcity = 0x10,
}
