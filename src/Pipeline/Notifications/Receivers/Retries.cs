using System.Globalization;
using System.Net.Sockets;

namespace Pipeline.Notifications.Receivers;

/// <summary>Tries a receiver a few times, with growing pauses and a deadline for each attempt.</summary>
/// <param name="time">measures pauses and deadlines</param>
/// <param name="jitter">0 to 1, so that many who failed together do not come back together</param>
internal sealed class Retries(TimeProvider time, Func<double> jitter)
{
    /// <summary>Tries. Whatever goes wrong is in the answer.</summary>
    /// <param name="attempt">one attempt</param>
    /// <param name="until">when the time for all of it is over, as <see cref="TimeProvider.GetTimestamp"/> counts</param>
    /// <param name="over">cancelled then, or when nobody wants it any more</param>
    /// <returns>how often it was tried; why it was not delivered, or <c>null</c></returns>
    public async Task<(int Attempts, string? Error)> Run(Func<CancellationToken, Task<Attempt>> attempt, long until, CancellationToken over)
    {
        for (var made = 1; ; made++)
        {
            var said = await Once(attempt, over).ConfigureAwait(false);
            if (said.Why is null || !said.Again || made == Limits.Attempts || over.IsCancellationRequested)
            {
                return (made, said.Why);
            }

            var pause = said.After ?? Limits.Pause * (1 << (made - 1)) * (0.5 + (jitter() / 2));
            if (pause > time.GetElapsedTime(time.GetTimestamp(), until))
            {
                return (made, $"{said.Why}; it asks for {pause.TotalSeconds.ToString("0", CultureInfo.InvariantCulture)} s of patience, more than is left");
            }

            try
            {
                await Task.Delay(pause, time, over).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return (made, said.Why);
            }
        }
    }

    private async Task<Attempt> Once(Func<CancellationToken, Task<Attempt>> attempt, CancellationToken over)
    {
        using var deadline = new CancellationTokenSource(Limits.Attempt, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, over);
        try
        {
            // Not every library gives up when it is asked to.
            return await attempt(either.Token).WaitAsync(either.Token).ConfigureAwait(false);
        }
        catch (Exception) when (over.IsCancellationRequested)
        {
            return Attempt.Never("no answer before its time was over");
        }
        catch (Exception) when (deadline.IsCancellationRequested)
        {
            return Attempt.Later($"no answer within {Limits.Attempt.TotalSeconds.ToString("0", CultureInfo.InvariantCulture)} s");
        }
        catch (Exception e)
        {
            // News that can not be told must never become the news.
            return Attempt.Later(Reason(e));
        }
    }

    /// <summary>Exceptions name hosts and addresses; what is told of them does not.</summary>
    private static string Reason(Exception error)
    {
        for (var e = error; e is not null; e = e.InnerException)
        {
            if (e is SocketException socket)
            {
                return socket.SocketErrorCode switch
                {
                    SocketError.ConnectionRefused => "nobody listens there (connection refused)",
                    SocketError.HostNotFound or SocketError.NoData => "its host is not known",
                    _ => $"the connection failed ({socket.SocketErrorCode})",
                };
            }

            if (e is System.Security.Authentication.AuthenticationException)
            {
                return "its certificate is not trusted, or it speaks no TLS";
            }
        }

        return error is HttpRequestException http ? $"the connection failed ({http.HttpRequestError})" : $"the connection failed ({error.GetType().Name})";
    }
}
