namespace Cake.Coverlet;

/// <summary>Makes the path of a report, without its extension.</summary>
/// <param name="fileName">the name it was given</param>
/// <param name="directoryPath">the folder it was given, absolute</param>
public delegate string OutputTransformer(string fileName, string directoryPath);
