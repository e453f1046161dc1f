using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace TPacket.Transports.Tests.Harness;

/// <summary>The other end of a TLS connection: the runtime's own stream, on a plain socket.</summary>
internal sealed class TlsPeer : Peer
{
    private readonly SslStream _stream;
    private bool _refused;

    private TlsPeer(Socket socket)
        : base(socket) => _stream = new SslStream(new NetworkStream(socket, ownsSocket: true));

    public SslStream Stream => _stream;

    /// <summary>A client's options: the tests' authority is trusted, and no other.</summary>
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

    /// <summary>Does the handshake; one that fails is the end of the peer's stream.</summary>
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
            // The other end is gone already, or the stream is broken.
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
