using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.Extensions.Options;

namespace TPacket.Server.Cluster;

/// <summary>Answers queries from this server, and queries the other servers over the link.</summary>
/// <param name="handler">Handles requests on this server.</param>
/// <param name="link">The link to the other servers; null if the store is not shared.</param>
/// <param name="timeProvider">The clock of the deadline.</param>
/// <param name="options">Has the deadline of the responses.</param>
internal sealed class ServerCluster(ClusterRequestHandler handler, IServerLink? link, TimeProvider timeProvider, IOptions<TPacketServerOptions> options) : ICluster
{
    private const int MostRooms = 10_000;

    /// <summary>Begins to handle the requests of other servers.</summary>
    public void Start()
    {
        if (link is not null)
            link.Answer = Answer;
    }

    /// <inheritdoc/>
    public ValueTask<ClusterUser?> FindUserAsync(int id, CancellationToken cancellationToken) =>
        FindAsync(new ClusterRequest(ClusterRequestKind.FindById) { Id = id }, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<ClusterUser?> FindUserAsync(string nick, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(nick);
        return FindAsync(new ClusterRequest(ClusterRequestKind.FindByNick) { Text = nick }, cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask<bool> SendAsync(int userId, int command, int p1, int p2, ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        var request = new ClusterRequest(ClusterRequestKind.Send) { Id = userId, Command = command, P1 = p1, P2 = p2, Data = data };
        if (handler.Handle(request).IsDone)
            return true;
        await foreach (var response in RequestAsync(request, cancellationToken).ConfigureAwait(false))
        {
            if (response.IsDone)
                return true;
        }

        return false;
    }

    /// <inheritdoc/>
    public async ValueTask<bool> DisconnectAsync(int userId, string reason, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(reason);
        var request = new ClusterRequest(ClusterRequestKind.Disconnect) { Id = userId, Text = reason };
        // A user that has just moved may still be here while its session is on another server.
        var isDone = handler.Handle(request).IsDone;
        await foreach (var response in RequestAsync(request, cancellationToken).ConfigureAwait(false))
            isDone |= response.IsDone;
        return isDone;
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<ClusterRoom>> ReadRoomsAsync(string? after, int maxRooms, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxRooms, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(maxRooms, MostRooms);
        var request = new ClusterRequest(ClusterRequestKind.Rooms) { Text = after, MaxRooms = maxRooms };
        var pages = new SortedDictionary<string, ClusterRoom>(StringComparer.Ordinal);
        Add(handler.Handle(request));
        await foreach (var response in RequestAsync(request, cancellationToken).ConfigureAwait(false))
            Add(response);
        return [.. pages.Values.Take(maxRooms)];

        void Add(ClusterResponse response)
        {
            // Each server that has the room open counts the members of all servers. One server may lag an event behind another.
            foreach (var room in response.Rooms ?? [])
                pages[room.Name] = pages.TryGetValue(room.Name, out var other) && other.MemberCount > room.MemberCount ? other : room;
        }
    }

    /// <inheritdoc/>
    public async ValueTask<ClusterCounts> CountAsync(CancellationToken cancellationToken)
    {
        var request = new ClusterRequest(ClusterRequestKind.Count);
        var counts = handler.Handle(request).Counts!;
        await foreach (var response in RequestAsync(request, cancellationToken).ConfigureAwait(false))
        {
            if (response.Counts is { } others)
                counts = new ClusterCounts(counts.Servers + others.Servers, counts.Users + others.Users, counts.Rooms + others.Rooms);
        }

        return counts;
    }

    /// <summary>Disconnects users of other servers whose principal signs in here with the same nick. The other servers respond before the users have left.</summary>
    /// <returns>True if another server has such a user.</returns>
    /// <exception cref="RoomStoreException">The store failed, or another server did not answer in time.</exception>
    public async ValueTask<bool> TakeOverNickAsync(string nick, SecretHash principal)
    {
        var hash = new byte[SecretHash.Size];
        principal.Write(hash);
        var isDone = false;
        await foreach (var response in RequestAsync(new ClusterRequest(ClusterRequestKind.TakeOverNick) { Text = nick, Data = hash }, CancellationToken.None).ConfigureAwait(false))
            isDone |= response.IsDone;
        return isDone;
    }

    private async ValueTask<ClusterUser?> FindAsync(ClusterRequest request, CancellationToken cancellationToken)
    {
        if (handler.Handle(request).User is { } here)
            return here;
        await foreach (var response in RequestAsync(request, cancellationToken).ConfigureAwait(false))
        {
            if (response.User is { } there)
                return there;
        }

        return null;
    }

    private ReadOnlyMemory<byte> Answer(ReadOnlyMemory<byte> request)
    {
        try
        {
            return JsonSerializer.Deserialize(request.Span, ClusterJson.Default.ClusterRequest) is { } known
                ? JsonSerializer.SerializeToUtf8Bytes(handler.Handle(known), ClusterJson.Default.ClusterResponse)
                : default(ReadOnlyMemory<byte>);
        }
        catch (JsonException)
        {
            // The request is of a newer version.
            return default;
        }
    }

    /// <summary>Sends a request to the other servers, and returns their responses. The deadline is <see cref="TPacketServerOptions.StoreTimeout"/>.</summary>
    public async IAsyncEnumerable<ClusterResponse> RequestAsync(ClusterRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (link is null)
            yield break;
        using var deadline = new CancellationTokenSource(options.Value.StoreTimeout, timeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        var asked = link.AskAsync(JsonSerializer.SerializeToUtf8Bytes(request, ClusterJson.Default.ClusterRequest), either.Token).GetAsyncEnumerator(either.Token);
        await using var _ = asked.ConfigureAwait(false);
        while (true)
        {
            ClusterResponse response;
            try
            {
                if (!await asked.MoveNextAsync().ConfigureAwait(false))
                    yield break;
                response = asked.Current.IsEmpty ? ClusterResponse.None : JsonSerializer.Deserialize(asked.Current.Span, ClusterJson.Default.ClusterResponse) ?? ClusterResponse.None;
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                throw e as RoomStoreException ?? new RoomStoreException(
                    deadline.IsCancellationRequested ? "Another server did not answer in time." : "The other servers cannot be reached.", isOutcomeUnknown: true, e);
            }

            yield return response;
        }
    }
}
