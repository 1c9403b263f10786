using System.Globalization;
using System.Text.RegularExpressions;
using Pipeline.LocalCloud.Protocols;

namespace Pipeline.LocalCloud.Metrics;

/// <summary>What was measured within a span of time, as far as the statistics need it.</summary>
internal sealed partial class Sample
{
    private readonly SortedDictionary<double, double> _values = [];
    private double _sum;
    private double _count;
    private double _minimum = double.PositiveInfinity;
    private double _maximum = double.NegativeInfinity;
    private bool _isPartial;

    public static Sample Of(double value, double count = 1)
    {
        var sample = new Sample();
        sample.Add(value, count);
        return sample;
    }

    /// <summary>Of values that are known only by their sum and extremes, so without percentiles where they differ.</summary>
    public static Sample OfSet(double sum, double count, double minimum, double maximum)
    {
        var sample = new Sample { _sum = sum, _count = count, _minimum = minimum, _maximum = maximum, _isPartial = minimum != maximum };
        sample._values[minimum] = count;
        return sample;
    }

    /// <summary>Of values sorted into classes, of which the sum and the largest are known exactly.</summary>
    public static Sample OfClasses(IEnumerable<(double Bound, double Count)> classes, double sum, double maximum)
    {
        var sample = new Sample();
        foreach (var (bound, count) in classes.Where(known => known.Count > 0))
        {
            sample.Add(Math.Min(bound, maximum), count);
        }

        sample._sum = sum;
        return sample;
    }

    public void Add(double value, double count)
    {
        _values[value] = _values.GetValueOrDefault(value) + count;
        _sum += value * count;
        _count += count;
        _minimum = Math.Min(_minimum, value);
        _maximum = Math.Max(_maximum, value);
    }

    public void Add(Sample other)
    {
        foreach (var (value, count) in other._values)
        {
            _values[value] = _values.GetValueOrDefault(value) + count;
        }

        _sum += other._sum;
        _count += other._count;
        _minimum = Math.Min(_minimum, other._minimum);
        _maximum = Math.Max(_maximum, other._maximum);
        _isPartial |= other._isPartial;
    }

    /// <summary>A statistic by its name in the public API; <c>null</c> where the sample cannot tell it.</summary>
    public double? Value(string statistic) => _count == 0 && statistic is not ("Sum" or "SampleCount") ? null : statistic switch
    {
        "Sum" => _sum,
        "SampleCount" => _count,
        "Average" => _sum / _count,
        "Minimum" => _minimum,
        "Maximum" => _maximum,
        _ => _isPartial ? null : Percentile(double.Parse(statistic.AsSpan(1), CultureInfo.InvariantCulture)),
    };

    /// <exception cref="AwsException">InvalidParameterValue</exception>
    public static string RequireStatistic(string? name) => name is "Sum" or "SampleCount" or "Average" or "Minimum" or "Maximum" || (name is not null && PercentileName().IsMatch(name))
        ? name
        : throw MetricRefusals.Invalid($"The statistic '{name}' is not supported: SampleCount, Sum, Average, Minimum, Maximum and percentiles such as p99 are.");

    private double Percentile(double percent)
    {
        var rank = percent / 100 * _count;
        var seen = 0d;
        foreach (var (value, count) in _values)
        {
            seen += count;
            if (seen >= rank)
            {
                return value;
            }
        }

        return _maximum;
    }

    [GeneratedRegex(@"^p(100|\d{1,2}(\.\d{1,10})?)$")]
    private static partial Regex PercentileName();
}
