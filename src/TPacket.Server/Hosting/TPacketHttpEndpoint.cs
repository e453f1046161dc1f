using TPacket.Server.Hosting;

namespace TPacket.Server;

/// <summary>A path of an HTTP server through which clients come, to the same rooms as all others. Thread-safe.</summary>
public sealed class TPacketHttpEndpoint
{
    private readonly HttpConnectionAcceptor _acceptor;

    internal TPacketHttpEndpoint(HttpConnectionAcceptor acceptor) => _acceptor = acceptor;

    /// <summary>How long a connection may still write, after its close, what it has taken before: the server's <see cref="TPacketServerOptions.CloseTimeout"/>, 24 days at most.</summary>
    public TimeSpan Linger => _acceptor.Linger;

    /// <summary>Has the handshake policy decide about a request, within the limits of the server; answers it, and serves the client to its end.</summary>
    /// <param name="upgrade">The request.</param>
    /// <param name="stopping">Cancelled when the HTTP server is about to stop: the connection is closed with 1001.</param>
    /// <returns>A task that completes when the request was refused, or the connection is gone. What <see cref="HttpUpgrade"/> throws, it throws.</returns>
    public Task ServeAsync(HttpUpgrade upgrade, CancellationToken stopping = default)
    {
        ArgumentNullException.ThrowIfNull(upgrade);
        return _acceptor.ServeAsync(upgrade, stopping);
    }
}
