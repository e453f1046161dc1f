using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using TPacket.Server.Stores;

namespace TPacket.Server.Tests.Harness;

/// <summary>The store in memory, whose subscribers a test resets at will, as a store does that cannot prove that events follow each other.</summary>
internal sealed class ResettableStore(IOptions<TPacketServerOptions> options, TimeProvider timeProvider) : IRoomStore
{
    private readonly InMemoryRoomStore _inner = new(options, timeProvider);
    private readonly ConcurrentDictionary<string, IRoomSubscriber> _subscribers = new();

    public ValueTask<IRoomLog> OpenAsync(string room, IRoomSubscriber subscriber, CancellationToken cancellationToken)
    {
        _subscribers[room] = subscriber;
        return _inner.OpenAsync(room, subscriber, cancellationToken);
    }

    public void Reset(string room, RoomSnapshot snapshot) => _subscribers[room].OnReset(snapshot);
}
