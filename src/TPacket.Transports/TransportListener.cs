using System.Net;

namespace TPacket.Transports;

/// <summary>Listens on an address and accepts connections.</summary>
public abstract class TransportListener : IAsyncDisposable
{
    /// <summary>The bound address. If port 0 was requested, this address has the port that the system has chosen.</summary>
    public abstract EndPoint EndPoint { get; }

    /// <summary>Begins to accept connections.</summary>
    /// <param name="accepted">Receives each connection, one call at a time. The callback must return quickly and must start or close the connection.</param>
    /// <param name="failed">
    /// Receives each exception of <paramref name="accepted"/>, whose connection is then closed. Also receives the first error of accepting after a success; the listener pauses and tries again.
    /// <see cref="Transport.Suspended"/> receives a shortage of descriptors or memory instead.
    /// </param>
    /// <exception cref="ObjectDisposedException">The listener or its transport was disposed of.</exception>
    public abstract void Start(Action<TransportConnection> accepted, Action<Exception> failed);

    /// <summary>Stops accepting and releases the address. Accepted connections stay open.</summary>
    public abstract ValueTask DisposeAsync();

    /// <summary>The pause after an error of accepting.</summary>
    private protected static TimeSpan PauseAfterFailure { get; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Delivers a connection. An exception of <paramref name="accepted"/> closes the connection and does not end the listener.</summary>
    private protected static void Deliver(TransportConnection connection, Action<TransportConnection> accepted, Action<Exception> failed)
    {
        try
        {
            accepted(connection);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            connection.Close();
            failed(e);
        }
    }
}
