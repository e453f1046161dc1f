using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace TPacket.Transports.Tests.Support;

/// <summary>A listener of the transport under test, and plain sockets that connect to it.</summary>
internal sealed class Pair : IAsyncDisposable
{
    private readonly TransportListener _listener;
    private readonly ConcurrentDictionary<EndPoint, TaskCompletionSource<RecordingHandler>> _accepted = new();

    public Pair(Transport transport, Func<TransportConnection, RecordingHandler>? handle = null)
    {
        handle ??= static connection => new RecordingHandler(connection);
        _listener = transport.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Start(
            connection =>
            {
                var handler = handle(connection);
                connection.Start(handler);
                Accepted(connection.RemoteEndPoint!).SetResult(handler);
            },
            Failures.Add);
    }

    public List<Exception> Failures { get; } = [];

    public IPEndPoint EndPoint => (IPEndPoint)_listener.EndPoint;

    public async Task<(Socket Peer, RecordingHandler Handler)> ConnectAsync()
    {
        var peer = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await peer.ConnectAsync(EndPoint);
        return (peer, await Accepted(peer.LocalEndPoint!).Task.Within());
    }

    public ValueTask DisposeAsync() => _listener.DisposeAsync();

    private TaskCompletionSource<RecordingHandler> Accepted(EndPoint peer) =>
        _accepted.GetOrAdd(peer, static _ => new TaskCompletionSource<RecordingHandler>(TaskCreationOptions.RunContinuationsAsynchronously));
}
