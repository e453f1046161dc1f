using System.Net;

namespace TPacket.Transports.Tests.Harness;

/// <summary>A transport on top of another transport, with suitable peers.</summary>
internal abstract class TestTransport(Transport inner) : Transport
{
    protected Transport Inner => inner;

    /// <summary>The address to listen on.</summary>
    public virtual EndPoint Address => new IPEndPoint(IPAddress.Loopback, 0);

    /// <summary>Whether a peer can reset a connection.</summary>
    public virtual bool Resets => true;

    public virtual Task<Peer> ConnectPeerAsync(EndPoint listener) => Peer.ConnectAsync(listener);

    /// <summary>Connects a peer whose connection is accepted without having to be started.</summary>
    public virtual Task<Peer> ConnectUnstartedPeerAsync(EndPoint listener) => ConnectPeerAsync(listener);

    /// <summary>Waits until a connection accepts bytes or has ended.</summary>
    public virtual ValueTask OpenedAsync(TransportConnection connection, Func<bool> hasEnded) => ValueTask.CompletedTask;

    public override TransportListener Bind(EndPoint endPoint) => new Listener(inner.Bind(endPoint), Wrap);

    public override async ValueTask<TransportConnection> ConnectAsync(EndPoint endPoint, CancellationToken cancellationToken = default) =>
        Wrap(await inner.ConnectAsync(endPoint, cancellationToken));

    protected virtual TransportConnection Wrap(TransportConnection connection) => connection;

    protected override void Dispose(bool disposing)
    {
        inner.Dispose();
        base.Dispose(disposing);
    }

    private sealed class Listener(TransportListener inner, Func<TransportConnection, TransportConnection> wrap) : TransportListener
    {
        public override EndPoint EndPoint => inner.EndPoint;

        public override void Start(Action<TransportConnection> accepted, Action<Exception> failed) =>
            inner.Start(connection => accepted(wrap(connection)), failed);

        public override ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
