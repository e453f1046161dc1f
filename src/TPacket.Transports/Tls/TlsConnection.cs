using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using TPacket.Transports.Loops;
using TPacket.Transports.Native;
using TPacket.Transports.Streams;

namespace TPacket.Transports;

/// <summary>
/// TLS over another connection. <see cref="StreamConnection.Start"/> begins the handshake. The handler receives decrypted bytes after the handshake. Until then
/// <see cref="StreamConnection.TrySend(ReadOnlySpan{byte})"/> accepts no bytes; <see cref="TransportHandler.OnWritable"/> follows the handshake if it was requested.
/// </summary>
/// <remarks>
/// <para>
/// A failed handshake ends the connection: <see cref="TransportHandler.OnClosed"/> receives a <see cref="TlsHandshakeException"/>. The handshake has no deadline. To enforce a
/// deadline, call <see cref="StreamConnection.Close"/> when it has passed. Before the end of the handshake, this call releases everything at once.
/// </para>
/// <para>
/// The peer's close_notify leads to <see cref="TransportHandler.OnEndOfInput"/>. A stream that ends without close_notify may have been truncated (RFC 8446, section 6.1), so the connection ends with an
/// <see cref="EndOfStreamException"/>.
/// </para>
/// <para>The handshake runs on the thread pool, because its computation would delay an event loop. Everything after it runs on the threads of the connection below.</para>
/// </remarks>
public sealed class TlsConnection : StreamConnection
{
    // ContentType handshake of a TLS record (RFC 8446, section 5.1).
    private const byte HandshakeRecord = 0x16;

    private readonly TransportConnection _inner;
    private readonly TransportStream _transport;
    private readonly StreamTurn _turn;
    private readonly SslStream _tls;
    private readonly TlsServerOptions? _server;
    private readonly SslClientAuthenticationOptions? _client;
    private bool _isOpen;

    private TlsConnection(
        TransportConnection inner, TransportStream transport, StreamTurn turn, SslStream tls, TlsServerOptions? server, SslClientAuthenticationOptions? client, TimeProvider? timeProvider)
        : base(tls, timeProvider)
    {
        (_inner, _transport, _turn, _tls, _server, _client) = (inner, transport, turn, tls, server, client);
        // No read is pending during a pause and after the end of the input, so only this callback reports the end of the connection.
        transport.Input.Closed = error =>
        {
            if (error is null)
                Close();
            else if (Volatile.Read(ref _isOpen))
                Fail(error);
        };
    }

    /// <inheritdoc/>
    public override EndPoint? LocalEndPoint => HasEnded ? null : _inner.LocalEndPoint;

    /// <inheritdoc/>
    public override EndPoint? RemoteEndPoint => _inner.RemoteEndPoint;

    /// <inheritdoc/>
    public override bool IsProxied => _inner.IsProxied;

    /// <inheritdoc/>
    public override bool HasUnreadInput => IsReading && (_inner.HasUnreadInput || _transport.Input.Peek() is not null);

    /// <summary>The negotiated TLS version; <see cref="SslProtocols.None"/> before the end of the handshake.</summary>
    public SslProtocols Protocol => Volatile.Read(ref _isOpen) ? _tls.SslProtocol : SslProtocols.None;

    /// <summary>The protocol that ALPN (RFC 7301) has negotiated; the default value if there is none.</summary>
    public SslApplicationProtocol ApplicationProtocol => Volatile.Read(ref _isOpen) ? _tls.NegotiatedApplicationProtocol : default;

    /// <summary>Creates the server's side of a TLS connection.</summary>
    /// <param name="inner">The connection below, accepted and not started. The result owns it.</param>
    /// <param name="options">The options of the handshake and of the close.</param>
    /// <param name="timeProvider">The clock for <see cref="StreamConnection.Linger"/>; null for the system's clock.</param>
    public static TlsConnection AsServer(TransportConnection inner, TlsServerOptions options, TimeProvider? timeProvider = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        return Create(inner, options, client: null, timeProvider);
    }

    /// <summary>Creates the client's side of a TLS connection, with <see cref="CreateClientOptions"/>.</summary>
    /// <param name="inner">The connection below, connected and not started. The result owns it.</param>
    /// <param name="targetHost">The host name that the server's certificate must contain.</param>
    /// <param name="timeProvider">The clock for <see cref="StreamConnection.Linger"/>; null for the system's clock.</param>
    public static TlsConnection AsClient(TransportConnection inner, string targetHost, TimeProvider? timeProvider = null) =>
        AsClient(inner, CreateClientOptions(targetHost), timeProvider);

    /// <summary>Creates the client's side of a TLS connection.</summary>
    /// <param name="inner">The connection below, connected and not started. The result owns it.</param>
    /// <param name="options">The options of the handshake, which <see cref="StreamConnection.Start"/> uses unchanged.</param>
    /// <param name="timeProvider">The clock for <see cref="StreamConnection.Linger"/>; null for the system's clock.</param>
    public static TlsConnection AsClient(TransportConnection inner, SslClientAuthenticationOptions options, TimeProvider? timeProvider = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        return Create(inner, server: null, options, timeProvider);
    }

    /// <summary>Creates the default options of a client: TLS 1.2 and 1.3, ALPN with <c>http/1.1</c>, and the system's validation of certificates.</summary>
    /// <param name="targetHost">The host name that the server's certificate must contain.</param>
    public static SslClientAuthenticationOptions CreateClientOptions(string targetHost) => new()
    {
        TargetHost = targetHost,
        EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
        ApplicationProtocols = [SslApplicationProtocol.Http11],
        AllowRenegotiation = false,
    };

    /// <inheritdoc/>
    internal override bool TryHandOver(IFlushable flushable) => _inner.TryHandOver(flushable);

    /// <inheritdoc/>
    protected override async ValueTask ShutdownStreamAsync()
    {
        // The runtime allows concurrent reads and writes, but no shutdown at the same time as either.
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _turn.Run(() => SendCloseNotify(done));
        await done.Task.ConfigureAwait(false);
        _transport.ShutdownSend();
    }

    /// <inheritdoc/>
    protected override void ResetStream() => _transport.Abort();

    private protected override async ValueTask OpenAsync(CancellationToken cancellationToken)
    {
        _transport.Input.ContinuesElsewhere = true;
        OpenSslBuffers.Apply();
        _transport.Start();
        var isBeforeFirstByte = _server is not null;
        try
        {
            if (_server is not null)
            {
                await CheckFirstByteAsync(cancellationToken).ConfigureAwait(false);
                isBeforeFirstByte = false;
                await _tls.AuthenticateAsServerAsync(_server.ToAuthenticationOptions(), cancellationToken).ConfigureAwait(false);
            }
            else
            {
                await _tls.AuthenticateAsClientAsync(_client!, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is not (TlsHandshakeException or OutOfMemoryException) && !WasReleased)
        {
            throw ToHandshakeException(e, isBeforeFirstByte);
        }

        _transport.Input.ContinuesElsewhere = false;
        Volatile.Write(ref _isOpen, true);
    }

    private protected override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        _turn.Enter();
        try
        {
            return _tls.ReadAsync(buffer, cancellationToken);
        }
        finally
        {
            _turn.Exit();
        }
    }

    private protected override void CheckEndOfInput()
    {
        // The runtime does not read beyond close_notify, so it has read the end of the stream only if there was no close_notify.
        if (_transport.Input.EndWasRead)
            throw new EndOfStreamException("The peer's stream has ended without close_notify.");
    }

    // The error of the connection below is more precise than the exception of the stream above it.
    private protected override Exception? Explain(Exception error) => error is not TlsHandshakeException && _transport.Input.IsClosed ? _transport.Input.Error : error;

    private static TlsConnection Create(TransportConnection inner, TlsServerOptions? server, SslClientAuthenticationOptions? client, TimeProvider? timeProvider)
    {
        ArgumentNullException.ThrowIfNull(inner);
        var turn = new StreamTurn();
        var transport = new TransportStream(inner, turn);
        var tls = new SslStream(transport);
        return server is null
            ? new TlsConnection(inner, transport, turn, tls, server, client, timeProvider)
            : new TlsConnection(inner, transport, turn, tls, server, client, timeProvider) { Linger = server.Linger };
    }

    private async ValueTask CheckFirstByteAsync(CancellationToken cancellationToken)
    {
        await _transport.ReadAsync(Memory<byte>.Empty, cancellationToken).ConfigureAwait(false);
        if (_transport.Input.Peek() is not { } first)
            throw PeerDisconnected(isBeforeFirstByte: true, error: null);
        if (first != HandshakeRecord)
            throw new TlsHandshakeException(TlsHandshakeFailure.PlainText, $"The peer does not speak TLS: its first byte is 0x{first:x2}.");
    }

    /// <summary>Whether the connection below was closed from this side, for example by the end of its transport.</summary>
    private bool WasReleased => _transport.Input is { IsClosed: true, Error: null };

    private static TlsHandshakeException PeerDisconnected(bool isBeforeFirstByte, Exception? error) => isBeforeFirstByte
        ? new TlsHandshakeException(TlsHandshakeFailure.PeerDisconnected, "The peer disconnected before its first byte.", error) { IsBeforeFirstByte = true }
        : new TlsHandshakeException(TlsHandshakeFailure.PeerDisconnected, "The peer disconnected during the TLS handshake.", error);

    private TlsHandshakeException ToHandshakeException(Exception error, bool isBeforeFirstByte) => _transport.Input.EndWasRead || _transport.Input.Error is not null
        ? PeerDisconnected(isBeforeFirstByte, _transport.Input.Error ?? error)
        : new TlsHandshakeException(TlsHandshakeFailure.Refused, $"The TLS handshake failed: {(error.InnerException ?? error).Message}", error);

    private void SendCloseNotify(TaskCompletionSource done)
    {
        try
        {
            var sending = _tls.ShutdownAsync();
            if (sending.IsCompletedSuccessfully)
                done.SetResult();
            else
                _ = sending.ContinueWith(static (sending, done) => ((TaskCompletionSource)done!).SetFromTask(sending), done, TaskScheduler.Default);
        }
        catch (Exception e)
        {
            done.SetException(e);
        }
    }
}
