using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace TPacket.Transports.Tests.Harness;

/// <summary>The runtime's own TLS stream on a plain socket at the other end of a TLS connection.</summary>
internal sealed class TlsPeer : Peer
{
    private readonly SslStream _stream;
    private bool _refused;

    private TlsPeer(Socket socket)
        : base(socket) => _stream = new SslStream(new NetworkStream(socket, ownsSocket: true));

    public SslStream Stream => _stream;

    /// <summary>Creates a client's options, which trust only the tests' own authority.</summary>
    public static SslClientAuthenticationOptions Options(SslProtocols protocols = SslProtocols.None) => new()
    {
        TargetHost = TestCertificates.Host,
        EnabledSslProtocols = protocols,
        CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            CustomTrustStore = { TestCertificates.Root },
            RevocationMode = X509RevocationMode.NoCheck,
        },
    };

    /// <summary>Performs the handshake. A failed handshake leaves the stream ended.</summary>
    public static async Task<TlsPeer> CreateAsync(Socket socket, SslClientAuthenticationOptions options)
    {
        var peer = new TlsPeer(socket);
        using var deadline = Deadline.Start();
        try
        {
            await peer._stream.AuthenticateAsClientAsync(options, deadline.Token);
        }
        catch (Exception e) when (e is IOException or AuthenticationException)
        {
            peer._refused = true;
        }

        return peer;
    }

    public override void ShutdownSend()
    {
        try
        {
            _stream.ShutdownAsync().Wait(Deadline.Limit);
        }
        catch (Exception)
        {
            // The other end has disconnected, or the stream has failed.
        }

        base.ShutdownSend();
    }

    public override void Dispose()
    {
        _stream.Dispose();
        base.Dispose();
    }

    protected override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            return _refused ? 0 : await _stream.ReadAsync(buffer, cancellationToken);
        }
        catch (IOException e)
        {
            throw e.InnerException as SocketException ?? new SocketException((int)SocketError.ConnectionReset);
        }
    }

    protected override ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) =>
        _refused ? ValueTask.CompletedTask : _stream.WriteAsync(bytes, cancellationToken);
}
