namespace Pipeline.LocalCloud.Ecs;

/// <summary>Tasks that end by themselves are started again with growing pauses; a deployment whose tasks fail does not hold up the others.</summary>
internal sealed class StartPauses(ScaledClock clock)
{
    private readonly Dictionary<string, (int Failures, DateTimeOffset Next)> _byDeployment = new(StringComparer.Ordinal);

    /// <returns>how many in a row</returns>
    public int Fail(string? deployment)
    {
        var failures = _byDeployment.GetValueOrDefault(deployment ?? "").Failures + 1;
        // 10 s, 20 s, 40 s, … up to 15 minutes of AWS's time.
        var pause = failures < 2 ? TimeSpan.Zero : clock.Seconds(Math.Min(10 * Math.Pow(2, Math.Min(failures, 12) - 2), 900));
        _byDeployment[deployment ?? ""] = (failures, clock.Now + pause);
        return failures;
    }

    public bool MayStart(string deployment) => clock.Now >= _byDeployment.GetValueOrDefault(deployment).Next;

    public void Forget() => _byDeployment.Clear();
}
