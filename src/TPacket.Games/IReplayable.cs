using TPacket.Server;

namespace TPacket.Games;

/// <summary>A game whose earlier positions members may see.</summary>
internal interface IReplayable
{
    /// <summary>Writes positions as a member may see them; null where the room has another game.</summary>
    /// <param name="room">The room.</param>
    /// <param name="who">The member.</param>
    /// <param name="from">After how many moves the first of them is.</param>
    byte[]? TryReplay(IRoom room, RoomMember who, int from);
}
