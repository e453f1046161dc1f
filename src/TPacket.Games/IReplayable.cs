using TPacket.Server;

namespace TPacket.Games;

/// <summary>A game with replays, independent of the types of its boards and moves.</summary>
internal interface IReplayable
{
    /// <summary>Writes one page of boards as a member may see them; returns null if the room has another game.</summary>
    /// <param name="room">The room.</param>
    /// <param name="who">The member.</param>
    /// <param name="from">The number of moves before the first board of the page.</param>
    byte[]? TryReplay(IRoom room, RoomMember who, int from);
}
