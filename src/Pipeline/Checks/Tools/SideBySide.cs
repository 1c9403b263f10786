namespace Pipeline.Checks.Tools;

/// <summary>Runs the parts of a check in parallel, no more at a time than the machine has cores; the first that throws ends the others.</summary>
internal static class SideBySide
{
    /// <returns>every work's parts, in the order of the works, whichever ended first</returns>
    public static async Task<IReadOnlyList<CheckPart>> Run(IReadOnlyList<Func<CancellationToken, Task<IReadOnlyList<CheckPart>>>> works, CancellationToken cancel)
    {
        var parts = new IReadOnlyList<CheckPart>[works.Count];
        var cores = new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancel };
        await Parallel.ForAsync(0, works.Count, cores, async (i, token) => parts[i] = await works[i](token).ConfigureAwait(false)).ConfigureAwait(false);
        return [.. parts.SelectMany(p => p)];
    }
}
