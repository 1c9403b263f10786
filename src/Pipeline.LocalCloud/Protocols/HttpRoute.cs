namespace Pipeline.LocalCloud.Protocols;

/// <summary>
/// A part of the endpoint that is not an AWS protocol, such as the image registry under <c>/v2/</c>. Its handler gets every request whose path starts
/// with <paramref name="Prefix"/>, checked for host and origin but not for a signature: it authenticates its callers itself. Bodies have no size limit.
/// </summary>
internal sealed record HttpRoute(string Prefix, Func<HttpContext, Task> Handle);

/// <summary>
/// What a room does all the time beside answering: started once the endpoint listens, cancelled and awaited when the cloud stops.
/// A loop that throws anything but its own cancellation ends the cloud.
/// </summary>
internal sealed record BackgroundLoop(string Name, Func<CancellationToken, Task> Run);
