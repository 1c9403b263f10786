using Pipeline.LocalCloud.Identity;

namespace Pipeline.LocalCloud.Protocols;

/// <summary>The door of the endpoint: who may come in, and to which room a request goes.</summary>
internal sealed class Gate(CloudServer server)
{
    private readonly Front _front = new(server.Cloud.Services, server.Cloud.Faults, server.Cloud.Options.Observe);
    private readonly Control _control = new(server);
    private readonly SignatureVerifier _verifier = new(server.Cloud.Identities, server.Cloud.Time);
    private readonly HashSet<string> _hosts = new(StringComparer.OrdinalIgnoreCase)
    {
        $"127.0.0.1:{server.Cloud.Options.Port}", $"localhost:{server.Cloud.Options.Port}", $"[::1]:{server.Cloud.Options.Port}",
    };

    public async Task Answer(HttpContext http)
    {
        // A long poll must not hold up the end of the cloud.
        using var either = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, server.Stopping);
        http.RequestAborted = either.Token;
        EndWhenNotContinued(http);
        try
        {
            RefuseStrangers(http.Request);
            await Dispatch(http);
        }
        catch (SignatureFailure failure)
        {
            await WireRefusal.Write(http, failure);
        }
        catch (AwsException refusal)
        {
            await WireRefusal.Write(http, refusal);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            http.Abort();
        }
        catch (BadHttpRequestException broken)
        {
            await WireRefusal.Write(http, new AwsException("IncompleteBody", broken.Message));
        }
        catch (Exception e) when (!http.Response.HasStarted)
        {
            await Console.Error.WriteLineAsync($"{http.Request.Method} {http.Request.Path} {http.Request.Headers["X-Amz-Target"]}: {e}");
            await WireRefusal.Write(http, new AwsException("InternalFailure", $"The embedded cloud failed: {e.Message}", 500));
        }
    }

    /// <summary>A client that waits for "100 Continue" and is answered at once must not use the connection again: botocore would misread the next answer on it.</summary>
    private static void EndWhenNotContinued(HttpContext http)
    {
        if (http.Request.Headers.Expect.Count > 0)
        {
            http.Response.OnStarting(() =>
            {
                if (http.Request.ContentLength == 0 || http.Response.StatusCode >= 300)
                {
                    http.Response.Headers.Connection = "close";
                }

                return Task.CompletedTask;
            });
        }
    }

    private async Task Dispatch(HttpContext http)
    {
        var path = http.Request.Path.Value ?? "/";
        if (Control.IsOpen(http.Request))
        {
            await _control.Answer(http, caller: null);
        }
        else if (server.Cloud.Routes.FirstOrDefault(r => path.StartsWith(r.Prefix, StringComparison.Ordinal)) is { } route)
        {
            await route.Handle(http);
        }
        else
        {
            var request = await _verifier.Verify(http.Request);
            if (path.StartsWith(Control.Prefix, StringComparison.Ordinal))
            {
                await _control.Answer(http, request);
            }
            else if (request.Service == "s3")
            {
                await server.Cloud.Storage.Answer(http, request, server.Cloud.Faults);
            }
            else if (request.Service == Dns.DnsRoom.Service)
            {
                await server.Cloud.Dns.Answer(http);
            }
            else
            {
                await _front.Answer(http, request);
            }
        }
    }

    /// <summary>A web page that a browser shows may reach loopback too, by a name that leads here or by a cross-site request.</summary>
    private void RefuseStrangers(HttpRequest request)
    {
        if (!_hosts.Contains(request.Host.Value ?? ""))
        {
            throw new AwsException("AccessDeniedException", "The embedded cloud answers only requests to 127.0.0.1 or localhost.", 403);
        }

        if (request.Headers.ContainsKey("Origin"))
        {
            throw new AwsException("AccessDeniedException", "The embedded cloud answers no requests from web pages.", 403);
        }
    }
}
