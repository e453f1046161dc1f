using System.Net;

namespace TPacket.Transports;

/// <summary>An address that is being listened on.</summary>
public abstract class TransportListener : IAsyncDisposable
{
    /// <summary>The address that was bound, with the port that the system picked where 0 was asked for.</summary>
    public abstract EndPoint EndPoint { get; }

    /// <summary>Begins to accept.</summary>
    /// <param name="accepted">Called for each connection, one at a time; has to be quick, and to start or close the connection.</param>
    /// <param name="failed">
    /// Called with what <paramref name="accepted"/> threw; its connection is closed. Also when accepting failed; the listener pauses and tries again, and the next failure is told after a success.
    /// A shortage of descriptors or memory is told to <see cref="Transport.Suspended"/> instead.
    /// </param>
    /// <exception cref="ObjectDisposedException">The listener was disposed of, or the transport, with what it needs.</exception>
    public abstract void Start(Action<TransportConnection> accepted, Action<Exception> failed);

    /// <summary>Stops to accept and releases the address. Connections live on.</summary>
    public abstract ValueTask DisposeAsync();
}
