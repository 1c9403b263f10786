using System.Globalization;

namespace Pipeline.Checks.Load;

/// <summary>Numbers of a load as people read them.</summary>
internal static class LoadText
{
    /// <summary><c>0.4 ms</c>, <c>12 ms</c>, <c>1.25 s</c>.</summary>
    public static string Time(decimal milliseconds) => milliseconds switch
    {
        < 10 => Text($"{milliseconds:0.#} ms"),
        < 1000 => Text($"{milliseconds:0} ms"),
        _ => Text($"{milliseconds / 1000:0.##} s"),
    };

    /// <summary>A value beside its bound, or a bound: nothing is rounded away that decides.</summary>
    public static string Exact(decimal milliseconds) => milliseconds < 1000 ? Text($"{milliseconds:0.######} ms") : Text($"{milliseconds / 1000:0.#########} s");

    public static string Exact(TimeSpan time) => Exact(LatencyHistogram.Milliseconds(time));

    public static string Number(decimal value) => Text($"{value:0.######}");

    public static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
