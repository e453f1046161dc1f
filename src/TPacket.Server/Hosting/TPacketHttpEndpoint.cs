namespace TPacket.Server.Hosting;

/// <summary>A path of an HTTP server at which the tPacket server accepts clients, into the same rooms as all other clients. Thread-safe.</summary>
internal sealed class TPacketHttpEndpoint
{
    private readonly HttpConnectionAcceptor _acceptor;

    internal TPacketHttpEndpoint(HttpConnectionAcceptor acceptor) => _acceptor = acceptor;

    /// <summary>
    /// The time in which a closed connection may still write the data that it has accepted: <see cref="TPacketServerOptions.CloseTimeout"/>, at most 24 days.
    /// </summary>
    public TimeSpan Linger => _acceptor.Linger;

    /// <summary>Checks the limits of the server and the handshake policy, answers the request, and serves the client until its connection ends.</summary>
    /// <param name="upgrade">The request.</param>
    /// <param name="stopping">Cancelled when the HTTP server is about to stop: the connection is closed with 1001.</param>
    /// <returns>Completes when the request is refused or the connection has ended. Fails with the exceptions of <see cref="HttpUpgrade"/>.</returns>
    public Task ServeAsync(HttpUpgrade upgrade, CancellationToken stopping = default)
    {
        ArgumentNullException.ThrowIfNull(upgrade);
        return _acceptor.ServeAsync(upgrade, stopping);
    }
}
