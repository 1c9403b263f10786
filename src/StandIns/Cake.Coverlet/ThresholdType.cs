namespace Cake.Coverlet;

/// <summary>What a minimum applies to.</summary>
[Flags]
#pragma warning disable CA1008 // the official names and values
public enum ThresholdType
{
    /// <summary>Coverlet's default.</summary>
    NotSet = 0x0,

    /// <summary>Lines.</summary>
    Line = 0x1,

    /// <summary>Branches.</summary>
    Branch = 0x2,

    /// <summary>Methods.</summary>
    Method = 0x4,
}
