using System.Net;
using TPacket.Transports.Loops;
using TPacket.Transports.Proxy;

namespace TPacket.Transports;

/// <summary>
/// A connection that a proxy has forwarded with the PROXY protocol, version 1 or 2. A <see cref="ProxyListener"/> accepts such connections. The handler receives the bytes that follow the header.
/// </summary>
/// <remarks>
/// The header is not encrypted, so a <see cref="TlsConnection"/> is created on top of this connection and not below it.
/// </remarks>
public sealed class ProxiedConnection : TransportConnection
{
    private readonly TransportConnection _inner;
    private readonly ProxyGate _gate;

    /// <summary>
    /// Creates a connection that owns the proxy's connection. If the peer is not trusted or sends no header, the connection is closed, and <see cref="TransportHandler.OnClosed"/> receives a
    /// <see cref="ProxyHeaderException"/>. There is no deadline for the header.
    /// </summary>
    /// <param name="inner">The proxy's connection, accepted and not started.</param>
    /// <param name="options">The trusted networks and the limits of the header.</param>
    internal ProxiedConnection(TransportConnection inner, ProxyOptions options)
    {
        ArgumentNullException.ThrowIfNull(inner);
        ArgumentNullException.ThrowIfNull(options);
        _inner = inner;
        _gate = new ProxyGate(inner, options);
    }

    /// <summary>The address to which the client has connected, from the header; the local address of the proxy's connection if the header has none.</summary>
    public override EndPoint? LocalEndPoint
    {
        get
        {
            var own = _inner.LocalEndPoint;
            return own is not null && _gate.Header.HasAddresses ? _gate.Header.Destination : own;
        }
    }

    /// <summary>The client's address from the header; the proxy's address if the header has none (<see cref="HasClientAddress"/>).</summary>
    public override EndPoint? RemoteEndPoint => _gate.Header.HasAddresses ? _gate.Header.Source : _inner.RemoteEndPoint;

    /// <inheritdoc/>
    public override bool IsProxied => true;

    /// <summary>The proxy's address, or null if there is none.</summary>
    public EndPoint? ProxyEndPoint => _inner.RemoteEndPoint;

    /// <summary>
    /// Whether the header has the addresses of the client, even if the client's address cannot be represented. False for a proxy's own connection (<c>LOCAL</c>) and for a client that the proxy does
    /// not know (<c>UNKNOWN</c>). <see cref="RemoteEndPoint"/> is then the proxy's address.
    /// </summary>
    public bool HasClientAddress => _gate.Header.HasAddresses;

    /// <summary>The time for which the <see cref="ProxyListener"/> has waited for the header.</summary>
    public TimeSpan HeaderDuration { get; internal set; }

    /// <inheritdoc/>
    public override bool HasUnreadInput => _inner.HasUnreadInput;

    /// <inheritdoc/>
    public override void Start(TransportHandler handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        _gate.Start(handler);
    }

    /// <inheritdoc/>
    public override int TrySend(ReadOnlySpan<byte> bytes) => _inner.TrySend(bytes);

    /// <inheritdoc/>
    public override int TrySend(ReadOnlySpan<byte> head, ReadOnlySpan<byte> body) => _inner.TrySend(head, body);

    /// <inheritdoc/>
    internal override bool TryHandOver(IFlushable flushable) => _inner.TryHandOver(flushable);

    /// <inheritdoc/>
    public override int SendWhenWritable(ReadOnlySpan<byte> bytes) => _inner.SendWhenWritable(bytes);

    /// <inheritdoc/>
    public override void PauseReceiving() => _inner.PauseReceiving();

    /// <inheritdoc/>
    public override void ResumeReceiving() => _inner.ResumeReceiving();

    /// <inheritdoc/>
    public override void ShutdownSend() => _inner.ShutdownSend();

    /// <inheritdoc/>
    public override void Close() => _inner.Close();

    /// <inheritdoc/>
    public override void Abort() => _inner.Abort();

    /// <summary>Begins to read the header before <see cref="Start"/>.</summary>
    /// <param name="read">Called after the header was read. Starts or closes the connection.</param>
    /// <param name="ended">Called if the connection ends without a header, with the reason, or null after <see cref="Close"/>.</param>
    internal void ReadHeader(Action<ProxiedConnection> read, Action<ProxiedConnection, ProxyHeaderException?> ended) =>
        _gate.ReadHeader(() => read(this), error => ended(this, error));

    /// <summary>Ends a connection whose header is late. Does nothing if the header was read or is available in the socket; the caller tries again later.</summary>
    internal void TimeOut()
    {
        if (!_inner.HasUnreadInput)
            _gate.Reject(new ProxyHeaderException(ProxyHeaderFailure.TimedOut));
    }
}
