using TPacket.Server;

namespace Checkers.Web;

/// <summary>Updates the list after events of games, and reads it again after events of its own log.</summary>
internal sealed class GameListObserver(GameList games) : IRoomObserver
{
    public ValueTask OnOpenedAsync(IRoom room) => GameRooms.IsListed(room.Name) ? games.UpdateAsync(room) : default;

    public ValueTask OnEventAsync(IRoom room, RoomEvent roomEvent) => room.Name == GameRooms.List ? games.CatchUpAsync(room) : OnOpenedAsync(room);

    public ValueTask OnMissedAsync(IRoom room) => room.Name == GameRooms.List ? games.CatchUpAsync(room) : OnOpenedAsync(room);
}
