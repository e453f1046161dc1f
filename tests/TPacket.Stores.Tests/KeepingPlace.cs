using Microsoft.Extensions.Options;
using TPacket.Server;
using TPacket.Server.Stores;
using TPacket.Testing;

namespace TPacket.Stores.Tests;

/// <summary>Where a <see cref="KeepingStore"/> keeps rooms: stands in for a file or a database, and outlives the stores that use it.</summary>
internal sealed class KeepingPlace(TimeProvider time)
{
    private readonly Dictionary<string, (IRoomLog Log, RecordingSubscriber Subscriber)> _rooms = new(StringComparer.Ordinal);

    public InMemoryRoomStore Logs { get; } = new(Options.Create(new TPacketServerOptions()), time);

    /// <summary>Keeps a room from being forgotten.</summary>
    public void Keep(string room)
    {
        lock (_rooms)
        {
            if (_rooms.ContainsKey(room))
                return;
            var subscriber = new RecordingSubscriber();
            _rooms.Add(room, (Logs.OpenAsync(room, subscriber, default).AsTask().Result, subscriber));
        }
    }

    /// <summary>The members of a server that is gone leave its rooms.</summary>
    /// <param name="twice">Whether each leaves a second time, which is a fault.</param>
    public async Task SweepAsync(bool twice = false)
    {
        foreach (var (log, subscriber) in _rooms.Values)
        {
            foreach (var member in subscriber.Members)
            {
                await log.LeaveAsync(member, LeaveCause.NodeLost);
                if (!twice)
                    continue;
                await log.JoinAsync(member);
                await log.LeaveAsync(member, LeaveCause.NodeLost);
            }
        }
    }

    /// <summary>Loses a room.</summary>
    public async Task ForgetAsync()
    {
        foreach (var (log, _) in _rooms.Values)
            await log.DisposeAsync();
        _rooms.Clear();
    }
}
