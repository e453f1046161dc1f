using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TPacket.Server.Diagnostics;
using TPacket.Server.Sessions.Limits;
using TPacket.WebSockets;

namespace TPacket.Server.Hosting;

/// <summary>Counts the connections of the server and enforces its limits. Thread-safe.</summary>
internal sealed class ConnectionLimits(ServerMetrics metrics, TimeProvider timeProvider, IOptions<TPacketServerOptions> options, ILogger<ConnectionAcceptor> logger)
{
    private static readonly HttpRefusal _full = new(503, "This server has the maximum number of connections.");
    private static readonly HttpRefusal _tooMany = new(429, "There are too many connections from this address.");

    private readonly TPacketServerOptions _options = options.Value;
    private readonly AddressLimiter _addresses = new(options.Value.MaxConnectionsPerAddress);
    private int _count;

    /// <summary>The number of connections, including connections in their handshake.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Counts one more connection, unless a limit is reached.</summary>
    /// <param name="remote">The peer's address.</param>
    /// <param name="isAddressCounted">Whether the connection counts for the limit of its address.</param>
    /// <param name="place">The place of the connection. The caller passes it to <see cref="Release"/>.</param>
    /// <returns>Null if the connection is admitted; otherwise the answer for an HTTP client.</returns>
    public HttpRefusal? Admit(EndPoint? remote, bool isAddressCounted, out ConnectionPlace place)
    {
        place = default;
        var most = _options.MaxConnections;
        if (Interlocked.Increment(ref _count) > most)
        {
            OnLimit(remote, most, nameof(TPacketServerOptions.MaxConnections));
            return _full;
        }

        if (isAddressCounted && !_addresses.TryEnter(AddressLimiter.Key(remote)))
        {
            OnLimit(remote, _addresses.Limit, nameof(TPacketServerOptions.MaxConnectionsPerAddress));
            return _tooMany;
        }

        place = new ConnectionPlace(timeProvider.GetTimestamp(), isAddressCounted);
        return null;
    }

    /// <summary>Releases the place of a connection that has ended; later calls have no effect. The user of the connection may still be in its room.</summary>
    /// <param name="place">The place.</param>
    /// <param name="remote">The address that <see cref="Admit"/> counted.</param>
    /// <param name="end">The end of the connection.</param>
    public void Release(ref ConnectionPlace place, EndPoint? remote, ConnectionEnd end)
    {
        if (!place.TryRelease())
            return;
        Interlocked.Decrement(ref _count);
        if (place.IsAddressCounted)
            _addresses.Leave(AddressLimiter.Key(remote));
        metrics.ConnectionClosed(timeProvider.GetElapsedTime(place.Since), end.Cause);
    }

    private void OnLimit(EndPoint? remote, int limit, string setting)
    {
        Interlocked.Decrement(ref _count);
        metrics.ConnectionRefused(setting);
        ConnectionLog.LimitReached(logger, remote, limit, $"{TPacketServerOptions.SectionName}:{setting}");
    }
}
