using System.Runtime.CompilerServices;

namespace TPacket.Server.Cluster;

/// <summary>Reads and controls all servers: this one directly, the others by questions over the link.</summary>
internal sealed class ClusterAdmin(ServerAnswers answers, ServerCluster cluster) : IClusterAdmin
{
    private const int MostConnections = 1000;

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<ClusterServer>> ReadServersAsync(CancellationToken cancellationToken)
    {
        var servers = new List<ClusterServer>();
        await foreach (var answer in AskAllAsync(new ClusterQuestion(ClusterQuestionKind.Server), cancellationToken).ConfigureAwait(false))
        {
            if (answer.Server is { } server)
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
        var question = new ClusterQuestion(ClusterQuestionKind.Connections) { Filter = filter, Id = after, MaxConnections = maxConnections };
        var connections = new SortedDictionary<int, ClusterConnection>();
        await foreach (var answer in AskAllAsync(question, cancellationToken).ConfigureAwait(false))
        {
            // A user that moves between servers may be on both.
            foreach (var connection in answer.Connections ?? [])
                connections[connection.Id] = connection;
        }

        return [.. connections.Values.Take(maxConnections)];
    }

    /// <inheritdoc/>
    public async ValueTask<ClusterRoom?> FindRoomAsync(string name, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(name);
        ClusterRoom? found = null;
        await foreach (var answer in AskAllAsync(new ClusterQuestion(ClusterQuestionKind.Room) { Room = name }, cancellationToken).ConfigureAwait(false))
        {
            // One server may lag an event behind another.
            if (answer.Rooms is [var room] && room.MemberCount >= (found?.MemberCount ?? 0))
                found = room;
        }

        return found;
    }

    /// <inheritdoc/>
    public ValueTask<int> AnnounceAsync(string? room, string text, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(text);
        return SumAsync(new ClusterQuestion(ClusterQuestionKind.Announce) { Room = room, Text = text }, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<int> CloseRoomAsync(string room, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(room);
        return SumAsync(new ClusterQuestion(ClusterQuestionKind.CloseRoom) { Room = room }, cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask<bool> DrainAsync(string server, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(server);
        await foreach (var answer in AskAllAsync(new ClusterQuestion(ClusterQuestionKind.Drain) { Text = server }, cancellationToken).ConfigureAwait(false))
        {
            if (answer.IsDone)
                return true;
        }

        return false;
    }

    private async ValueTask<int> SumAsync(ClusterQuestion question, CancellationToken cancellationToken)
    {
        var sum = 0;
        await foreach (var answer in AskAllAsync(question, cancellationToken).ConfigureAwait(false))
            sum += answer.Number;
        return sum;
    }

    private async IAsyncEnumerable<ClusterAnswer> AskAllAsync(ClusterQuestion question, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return answers.Answer(question);
        await foreach (var answer in cluster.AskAsync(question, cancellationToken).ConfigureAwait(false))
            yield return answer;
    }
}
