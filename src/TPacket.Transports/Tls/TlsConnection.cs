using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using TPacket.Transports.Native;
using TPacket.Transports.Streams;

namespace TPacket.Transports;

/// <summary>
/// TLS over another connection. <see cref="StreamConnection.Start"/> begins the handshake; the handler gets what was decrypted, and nothing before the handshake is done. Nothing is
/// taken to be sent before either: <see cref="StreamConnection.TrySend(ReadOnlySpan{byte})"/> takes none of it, and <see cref="TransportHandler.OnWritable"/> comes after the handshake to whoever has asked for it.
/// </summary>
/// <remarks>
/// <para>
/// A handshake that fails ends the connection: <see cref="TransportHandler.OnClosed"/> gets a <see cref="TlsHandshakeException"/>. There is no deadline for it but that of whoever calls
/// <see cref="StreamConnection.Close"/>, which releases everything at once.
/// </para>
/// <para>
/// The peer's close_notify is <see cref="TransportHandler.OnEndOfInput"/>; a stream that ends without one may have been cut (RFC 8446, section 6.1), so it ends the connection with an
/// <see cref="EndOfStreamException"/>.
/// </para>
/// <para>The handshake runs on the thread pool, since its arithmetic would hold an event loop up; everything after it on the threads of the connection below.</para>
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
        // Nobody reads during a pause and after the end of the peer's bytes; then this is the only way to hear of it.
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

    /// <summary>The version that was agreed on; <see cref="SslProtocols.None"/> before the end of the handshake.</summary>
    public SslProtocols Protocol => Volatile.Read(ref _isOpen) ? _tls.SslProtocol : SslProtocols.None;

    /// <summary>What ALPN has chosen; empty where it has not.</summary>
    public SslApplicationProtocol ApplicationProtocol => Volatile.Read(ref _isOpen) ? _tls.NegotiatedApplicationProtocol : default;

    /// <summary>The server's side.</summary>
    /// <param name="inner">The connection below, accepted and not started; owned from here on.</param>
    /// <param name="options">Certificate, versions, and how long the connection lingers.</param>
    /// <param name="timeProvider">The clock for <see cref="StreamConnection.Linger"/>; the system's where null.</param>
    public static TlsConnection AsServer(TransportConnection inner, TlsServerOptions options, TimeProvider? timeProvider = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        return Create(inner, options, client: null, timeProvider);
    }

    /// <summary>The client's side, with <see cref="CreateClientOptions"/>.</summary>
    /// <param name="inner">The connection below, connected and not started; owned from here on.</param>
    /// <param name="targetHost">The name that the server's certificate has to be for.</param>
    /// <param name="timeProvider">The clock for <see cref="StreamConnection.Linger"/>; the system's where null.</param>
    public static TlsConnection AsClient(TransportConnection inner, string targetHost, TimeProvider? timeProvider = null) =>
        AsClient(inner, CreateClientOptions(targetHost), timeProvider);

    /// <summary>The client's side.</summary>
    /// <param name="inner">The connection below, connected and not started; owned from here on.</param>
    /// <param name="options">Used as they are, not before <see cref="StreamConnection.Start"/>.</param>
    /// <param name="timeProvider">The clock for <see cref="StreamConnection.Linger"/>; the system's where null.</param>
    public static TlsConnection AsClient(TransportConnection inner, SslClientAuthenticationOptions options, TimeProvider? timeProvider = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        return Create(inner, server: null, options, timeProvider);
    }

    /// <summary>What a client starts from: TLS 1.2 and 1.3, <c>http/1.1</c>, and the system's judgement of certificates.</summary>
    /// <param name="targetHost">The name that the server's certificate has to be for.</param>
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
        // The runtime keeps encrypting and decrypting apart, but not this from either.
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
            throw Judge(e, isBeforeFirstByte);
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
        // After close_notify nothing more is read.
        if (_transport.Input.EndWasRead)
            throw new EndOfStreamException("The peer's stream has ended without close_notify.");
    }

    // What ended the connection below says more than what the stream above it makes of that.
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
            throw PeerGone(isBeforeFirstByte: true, error: null);
        if (first != HandshakeRecord)
            throw new TlsHandshakeException(TlsHandshakeFailure.PlainText, $"The peer does not speak TLS: its first byte is 0x{first:x2}.");
    }

    /// <summary>Whether the connection below was released from this side, as by its transport's end.</summary>
    private bool WasReleased => _transport.Input is { IsClosed: true, Error: null };

    private static TlsHandshakeException PeerGone(bool isBeforeFirstByte, Exception? error) => isBeforeFirstByte
        ? new TlsHandshakeException(TlsHandshakeFailure.PeerGone, "The peer went away before its first byte.", error) { IsBeforeFirstByte = true }
        : new TlsHandshakeException(TlsHandshakeFailure.PeerGone, "The peer went away during the TLS handshake.", error);

    private TlsHandshakeException Judge(Exception error, bool isBeforeFirstByte) => _transport.Input.EndWasRead || _transport.Input.Error is not null
        ? PeerGone(isBeforeFirstByte, _transport.Input.Error ?? error)
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
