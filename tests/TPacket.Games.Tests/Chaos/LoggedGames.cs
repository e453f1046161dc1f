using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using TPacket.Server;

namespace TPacket.Games.Tests.Chaos;

/// <summary>The actions that the logs of rooms have, as all servers have delivered them.</summary>
internal sealed class LoggedGames : IRoomObserver
{
    private readonly ConcurrentDictionary<(string Room, long Offset), string> _events = new();

    /// <summary>The actions in a room, in the order of its log.</summary>
    public IEnumerable<JsonNode> Actions(string room) => _events.Where(logged => logged.Key.Room == room).OrderBy(static logged => logged.Key.Offset).Select(static logged => JsonNode.Parse(logged.Value)!);

    public ValueTask OnEventAsync(IRoom room, RoomEvent roomEvent)
    {
        if (roomEvent is { Kind: RoomEventKind.Packet, Stream: RoomStream.Rules })
        {
            var data = System.Text.Encoding.UTF8.GetString(roomEvent.Data.Span);
            var first = _events.GetOrAdd((room.Name, roomEvent.Offset), data);
            if (first != data)
                throw new InvalidOperationException($"Two events have the offset {roomEvent.Offset} of {room.Name}.");
        }

        return default;
    }
}
