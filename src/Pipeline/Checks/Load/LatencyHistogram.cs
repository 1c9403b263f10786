using System.Numerics;

namespace Pipeline.Checks.Load;

/// <summary>Counts times in bounded memory: exact below a quarter of a millisecond, above it never more than 0.8 % too long.</summary>
internal sealed class LatencyHistogram
{
    private const int Steps = 128;
    private const int LongestPower = 40;
    private readonly int[] _counts = new int[(LongestPower - 5) * Steps];
    private Int128 _ticks;

    public long Count { get; private set; }

    public TimeSpan Longest { get; private set; }

    /// <summary>In milliseconds, exact.</summary>
    public decimal Mean => Count == 0 ? 0 : (decimal)_ticks / Count / TimeSpan.TicksPerMillisecond;

    public void Add(TimeSpan time)
    {
        var ticks = Math.Max(0, time.Ticks);
        _counts[Index(Math.Min((ticks + TimeSpan.TicksPerMicrosecond - 1) / TimeSpan.TicksPerMicrosecond, (1L << LongestPower) - 1))]++;
        _ticks += ticks;
        Count++;
        Longest = time > Longest ? time : Longest;
    }

    /// <summary>The shortest time within which so many percent of the others lie, by nearest rank; in milliseconds, at most 0.8 % too long.</summary>
    public decimal Percentile(int percent)
    {
        var rank = ((Count * percent) + 99) / 100;
        var seen = 0L;
        for (var i = 0; i < _counts.Length; i++)
        {
            seen += _counts[i];
            if (seen >= rank && seen > 0)
            {
                return Math.Min(UpperEdge(i) / 1000m, Milliseconds(Longest));
            }
        }

        return 0;
    }

    public static decimal Milliseconds(TimeSpan time) => time.Ticks / (decimal)TimeSpan.TicksPerMillisecond;

    /// <summary>Steps of 1 up to 256, then of 2 up to 512, and so on: each power of two has 128.</summary>
    private static int Index(long value)
    {
        var shift = Math.Max(0, BitOperations.Log2((ulong)value | 1) - 7);
        return (shift * Steps) + (int)(value >> shift);
    }

    private static long UpperEdge(int index)
    {
        var shift = Math.Max(0, (index / Steps) - 1);
        return ((index - (shift * (long)Steps) + 1) << shift) - 1;
    }
}
