using TPacket.Server;

namespace Checkers.Web;

/// <summary>Brings the events of games into the list, and those of the list's own log.</summary>
internal sealed class GameListObserver(GameList games) : IRoomObserver
{
    public ValueTask OnOpenedAsync(IRoom room) => GameRooms.IsListed(room.Name) ? games.UpdateAsync(room) : default;

    public ValueTask OnEventAsync(IRoom room, RoomEvent roomEvent)
    {
        if (room.Name == GameRooms.List)
            games.Apply(roomEvent);
        return GameRooms.IsListed(room.Name) ? games.UpdateAsync(room) : default;
    }

    public ValueTask OnMissedAsync(IRoom room) => room.Name == GameRooms.List ? games.ReloadAsync(room) : OnOpenedAsync(room);
}
