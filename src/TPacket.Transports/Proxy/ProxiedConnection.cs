using System.Net;
using TPacket.Transports.Proxy;

namespace TPacket.Transports;

/// <summary>
/// A connection that a proxy has passed on, whose first bytes say where it comes from (the PROXY protocol, versions 1 and 2). The handler gets what follows them.
/// </summary>
/// <remarks>
/// <para>
/// The peer has to be trusted and has to send a header; any other is refused: the connection is closed, and <see cref="TransportHandler.OnClosed"/> gets a <see cref="ProxyHeaderException"/>. There is no
/// deadline but that of whoever calls <see cref="Close"/>. A <see cref="ProxyListener"/> has one, and knows the addresses when it hands a connection over.
/// </para>
/// <para>TLS stands on this, not the other way round: the header is not encrypted.</para>
/// </remarks>
public sealed class ProxiedConnection : TransportConnection
{
    private readonly TransportConnection _inner;
    private readonly ProxyGate _gate;

    /// <summary>Owns a connection that was accepted and not started.</summary>
    /// <param name="inner">The proxy's connection.</param>
    /// <param name="options">Who is trusted, and the bound of the header.</param>
    internal ProxiedConnection(TransportConnection inner, ProxyOptions options)
    {
        ArgumentNullException.ThrowIfNull(inner);
        ArgumentNullException.ThrowIfNull(options);
        _inner = inner;
        _gate = new ProxyGate(inner, options);
    }

    /// <summary>The address that the client has connected to, as soon as the header is read; the proxy's connection's before.</summary>
    public override EndPoint? LocalEndPoint
    {
        get
        {
            var own = _inner.LocalEndPoint;
            return own is not null && _gate.Header.HasAddresses ? _gate.Header.Destination : own;
        }
    }

    /// <summary>The client's address as soon as the header is read; the proxy's before, and where the header has none: the proxy's own connections.</summary>
    public override EndPoint? RemoteEndPoint => _gate.Header.HasAddresses ? _gate.Header.Source : _inner.RemoteEndPoint;

    /// <inheritdoc/>
    public override bool IsProxied => true;

    /// <summary>The proxy's address, or null where there is none.</summary>
    public EndPoint? ProxyEndPoint => _inner.RemoteEndPoint;

    /// <summary>
    /// Whether the header says where the client comes from, be it from an address that nobody can tell. False before it is read, for a proxy's own connection (<c>LOCAL</c>), and where the proxy does
    /// not know its client (<c>UNKNOWN</c>): <see cref="RemoteEndPoint"/> is the proxy's then.
    /// </summary>
    public bool HasClientAddress => _gate.Header.HasAddresses;

    /// <summary>How long a <see cref="ProxyListener"/> has waited for the header; zero without one.</summary>
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

    /// <summary>Reads the header before there is a handler.</summary>
    /// <param name="read">Called when it is read: starts the connection, or closes it.</param>
    /// <param name="ended">Called when the connection ends without one, with the reason or null after <see cref="Close"/>.</param>
    internal void ReadHeader(Action<ProxiedConnection> read, Action<ProxiedConnection, ProxyHeaderException?> ended) =>
        _gate.ReadHeader(() => read(this), error => ended(this, error));

    /// <summary>Ends a connection whose header takes too long, unless it is read, or lies in the socket; to be called again then.</summary>
    internal void TimeOut()
    {
        if (!_inner.HasUnreadInput)
            _gate.Refuse(new ProxyHeaderException(ProxyHeaderFailure.TimedOut));
    }
}
