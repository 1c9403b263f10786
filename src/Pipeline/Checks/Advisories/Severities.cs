using System.Text.Json;

namespace Pipeline.Checks.Advisories;

/// <summary>How bad a vulnerability is, in one word.</summary>
internal static class Severities
{
    private static readonly string[] Words = ["low", "moderate", "high", "critical"];

    /// <summary>What GitHub says, else the rating of the CVSS 3 score, else the vector as it is; <c>null</c>: nothing is said.</summary>
    public static string? Of(OsvAdvisory advisory)
    {
        if (advisory.DatabaseSpecific?.Severity is { ValueKind: JsonValueKind.String } said && Word(said.GetString()) is { } word)
        {
            return word;
        }

        var vectors = (advisory.Severity ?? []).Select(s => s.Score).OfType<string>().ToList();
        return vectors.Select(Cvss3.Score).OfType<double>().Select(Rating).FirstOrDefault() ?? vectors.FirstOrDefault();
    }

    /// <summary>One of ours; <c>null</c>: none of them.</summary>
    public static string? Word(string? text) => text?.ToLowerInvariant() switch
    {
        "medium" => "moderate",
        { } word when Words.Contains(word) => word,
        _ => null,
    };

    /// <summary>The worse, the higher; what nobody rated comes between low and moderate.</summary>
    public static double Rank(string? severity) => Array.IndexOf(Words, severity) is >= 0 and var rank ? rank : 0.5;

    private static string Rating(double score) => score switch { >= 9 => "critical", >= 7 => "high", >= 4 => "moderate", _ => "low" };
}

/// <summary>The base score of a CVSS 3 vector (https://www.first.org/cvss/v3-1/specification-document, section 7).</summary>
internal static class Cvss3
{
    /// <returns><c>null</c>: it is no complete vector of version 3</returns>
    public static double? Score(string vector)
    {
        if (!vector.StartsWith("CVSS:3.", StringComparison.Ordinal))
        {
            return null;
        }

        var metrics = vector.Split('/').Skip(1).Select(m => m.Split(':')).Where(m => m.Length == 2).GroupBy(m => m[0]).ToDictionary(g => g.Key, g => g.First()[1]);
        var changed = metrics.GetValueOrDefault("S") == "C";
        double Weight(string metric, params (string Value, double Weight)[] weights) =>
            metrics.TryGetValue(metric, out var value) && Array.Find(weights, w => w.Value == value) is { Value: not null } found ? found.Weight : double.NaN;
        double Impact(string metric) => Weight(metric, ("H", 0.56), ("L", 0.22), ("N", 0));

        var exploitability = 8.22 * Weight("AV", ("N", 0.85), ("A", 0.62), ("L", 0.55), ("P", 0.2)) * Weight("AC", ("L", 0.77), ("H", 0.44))
            * Weight("PR", ("N", 0.85), ("L", changed ? 0.68 : 0.62), ("H", changed ? 0.5 : 0.27)) * Weight("UI", ("N", 0.85), ("R", 0.62));
        var loss = 1 - ((1 - Impact("C")) * (1 - Impact("I")) * (1 - Impact("A")));
        var impact = changed ? (7.52 * (loss - 0.029)) - (3.25 * Math.Pow(loss - 0.02, 15)) : 6.42 * loss;
        var score = impact <= 0 ? 0 : RoundUp(Math.Min((changed ? 1.08 : 1) * (impact + exploitability), 10));
        return double.IsNaN(impact + exploitability) ? null : score;
    }

    private static double RoundUp(double value)
    {
        var whole = (int)Math.Round(value * 100_000);
        return whole % 10_000 == 0 ? whole / 100_000.0 : (Math.Floor(whole / 10_000.0) + 1) / 10;
    }
}
