using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Pipeline.LocalCloud.Ecs;

/// <summary>Free loopback ports for tasks: below the range from which the system takes the ports of outgoing connections.</summary>
internal sealed class PortAllocator
{
    private const int First = 20_000;
    private const int Count = 12_000;
    private readonly ConcurrentDictionary<int, byte> _taken = new();
    private int _next = Random.Shared.Next(Count);

    public int Take()
    {
        for (var tries = 0; tries < Count; tries++)
        {
            var port = First + (int)((uint)Interlocked.Increment(ref _next) % Count);
            if (_taken.TryAdd(port, 0))
            {
                if (IsFree(port))
                {
                    return port;
                }

                _taken.TryRemove(port, out _);
            }
        }

        throw new TaskStartFailure($"RESOURCE:PORTS: no free port between {First} and {First + Count} on 127.0.0.1");
    }

    public void Return(int port) => _taken.TryRemove(port, out _);

    private static bool IsFree(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
