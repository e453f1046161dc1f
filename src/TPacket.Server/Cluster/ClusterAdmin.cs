using System.Runtime.CompilerServices;

namespace TPacket.Server.Cluster;

/// <summary>Reads and controls all servers: this one directly, the others by requests over the link.</summary>
internal sealed class ClusterAdmin(ClusterRequestHandler handler, ServerCluster cluster) : IClusterAdmin
{
    private const int MostConnections = 1000;

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<ClusterServer>> ReadServersAsync(CancellationToken cancellationToken)
    {
        var servers = new List<ClusterServer>();
        await foreach (var response in RequestAllAsync(new ClusterRequest(ClusterRequestKind.Server), cancellationToken).ConfigureAwait(false))
        {
            if (response.Server is { } server)
                servers.Add(server);
        }

        return [servers[0], .. servers.Skip(1).OrderBy(static server => server.Name, StringComparer.Ordinal).ThenBy(static server => server.Id, StringComparer.Ordinal)];
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<ClusterConnection>> ReadConnectionsAsync(ClusterConnectionFilter filter, int after, int maxConnections, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(filter);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxConnections, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(maxConnections, MostConnections);
        var request = new ClusterRequest(ClusterRequestKind.Connections) { Filter = filter, Id = after, MaxConnections = maxConnections };
        var connections = new SortedDictionary<int, ClusterConnection>();
        await foreach (var response in RequestAllAsync(request, cancellationToken).ConfigureAwait(false))
        {
            // A user that moves between servers may be on both.
            foreach (var connection in response.Connections ?? [])
                connections[connection.Id] = connection;
        }

        return [.. connections.Values.Take(maxConnections)];
    }

    /// <inheritdoc/>
    public async ValueTask<ClusterRoom?> FindRoomAsync(string name, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(name);
        ClusterRoom? found = null;
        await foreach (var response in RequestAllAsync(new ClusterRequest(ClusterRequestKind.Room) { Room = name }, cancellationToken).ConfigureAwait(false))
        {
            // One server may lag an event behind another.
            if (response.Rooms is [var room] && room.MemberCount >= (found?.MemberCount ?? 0))
                found = room;
        }

        return found;
    }

    /// <inheritdoc/>
    public ValueTask<int> AnnounceAsync(string? room, string text, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(text);
        return SumAsync(new ClusterRequest(ClusterRequestKind.Announce) { Room = room, Text = text }, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<int> CloseRoomAsync(string room, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(room);
        return SumAsync(new ClusterRequest(ClusterRequestKind.CloseRoom) { Room = room }, cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask<bool> DrainAsync(string server, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(server);
        await foreach (var response in RequestAllAsync(new ClusterRequest(ClusterRequestKind.Drain) { Text = server }, cancellationToken).ConfigureAwait(false))
        {
            if (response.IsDone)
                return true;
        }

        return false;
    }

    private async ValueTask<int> SumAsync(ClusterRequest request, CancellationToken cancellationToken)
    {
        var sum = 0;
        await foreach (var response in RequestAllAsync(request, cancellationToken).ConfigureAwait(false))
            sum += response.Number;
        return sum;
    }

    private async IAsyncEnumerable<ClusterResponse> RequestAllAsync(ClusterRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return handler.Handle(request);
        await foreach (var response in cluster.RequestAsync(request, cancellationToken).ConfigureAwait(false))
            yield return response;
    }
}
