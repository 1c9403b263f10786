using System.Diagnostics;
using System.Text;
using Pipeline.Configuration;
using Pipeline.Processes;

namespace Pipeline.Checks.Load;

/// <summary>Makes a load: requests at a constant rate, each measured from the moment it was due.</summary>
/// <param name="service">its base URL</param>
/// <param name="patience">a request is given up after this long; so is, after the load's end, what could never be begun</param>
/// <param name="recorder">told what became of each</param>
internal sealed class LoadRunner(Uri service, LoadSettings load, TimeSpan patience, LoadRecorder recorder)
{
    private readonly ConstantRate _pace = new(load.Rate, load.Users);
    private readonly int[] _turns = Turns([.. load.Requests.Select(r => r.Weight)]);
    private TimeSpan _cpu;
    private TimeSpan _from;

    /// <summary>How many requests are to be measured.</summary>
    public static long Planned(LoadSettings load) => Count(load, load.Duration);

    /// <summary>Runs to its end.</summary>
    /// <exception cref="OperationCanceledException">it was cancelled; what the recorder has is all there is</exception>
    public async Task Run(CancellationToken cancel)
    {
        using var http = new HttpClient(new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            MaxConnectionsPerServer = load.Users,
            ConnectTimeout = patience,
        })
        { Timeout = Timeout.InfiniteTimeSpan };
        await _pace.Run(Count(load, load.WarmUp) + Planned(load), due => One(http, due, cancel), cancel).ConfigureAwait(false);
    }

    /// <summary>How much of the machine's processors this process has used since measuring began.</summary>
    public decimal Processors()
    {
        var wall = _pace.Elapsed - _from;
        return wall <= TimeSpan.Zero ? 0 : (decimal)((Used() - _cpu) / wall / Environment.ProcessorCount);
    }

    /// <summary>Which request comes when: each as often as its weight says, and spread as evenly as that goes, always in the same order.</summary>
    internal static int[] Turns(IReadOnlyList<int> weights)
    {
        var credit = new int[weights.Count];
        var turns = new int[weights.Sum()];
        for (var turn = 0; turn < turns.Length; turn++)
        {
            for (var i = 0; i < credit.Length; i++)
            {
                credit[i] += weights[i];
            }

            turns[turn] = Array.IndexOf(credit, credit.Max());
            credit[turns[turn]] -= turns.Length;
        }

        return turns;
    }

    private static long Count(LoadSettings load, TimeSpan time) => ((time.Ticks * load.Rate) + TimeSpan.TicksPerSecond - 1) / TimeSpan.TicksPerSecond;

    private static TimeSpan Used()
    {
        using var process = Process.GetCurrentProcess();
        return process.TotalProcessorTime;
    }

    private async Task One(HttpClient http, Due due, CancellationToken cancel)
    {
        if (due.Number == Count(load, load.WarmUp))
        {
            (_cpu, _from) = (Used(), _pace.Elapsed);
        }

        var kind = _turns[due.Number % _turns.Length];
        var begun = _pace.Elapsed;
        var failure = begun > load.WarmUp + load.Duration + patience
            ? (LoadRecorder.NeverBegun, $"all {load.Users} users were busy until {Reporting.Durations.Text(patience)} after the end")
            : await Ask(http, load.Requests[kind], cancel).ConfigureAwait(false);
        recorder.Add(new LoadAnswer(due, kind, begun, _pace.Elapsed, failure));
    }

    private async Task<(string Kind, string Example)?> Ask(HttpClient http, LoadRequest what, CancellationToken cancel)
    {
        using var given = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        given.CancelAfter(patience);
        try
        {
            using var request = new HttpRequestMessage(new HttpMethod(what.Method), new Uri(service, what.Path));
            request.Content = what.Body is null ? null : new StringContent(what.Body, Encoding.UTF8, "application/json");
            using var answer = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, given.Token).ConfigureAwait(false);
            await answer.Content.CopyToAsync(Stream.Null, given.Token).ConfigureAwait(false);
            return (int)answer.StatusCode < 400 ? null : ($"status {(int)answer.StatusCode}", $"{what.Method} {what.Path}");
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return (LoadRecorder.Timeout, $"{what.Method} {what.Path} was given up after {Reporting.Durations.Text(patience)}");
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            cancel.ThrowIfCancellationRequested();
            return ("connection", $"{what.Method} {what.Path}: {TerminalText.Echo(e.Message)}");
        }
    }
}
