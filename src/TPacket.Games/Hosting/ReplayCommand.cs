using TPacket.Protocol;
using TPacket.Server;

namespace TPacket.Games.Hosting;

/// <summary>Handles GAME_REPLAY: replies with earlier boards of the room's game, as the member may see them.</summary>
internal sealed class ReplayCommand(IEnumerable<IReplayable> games) : ICommandHandler
{
    public ValueTask HandleAsync(CommandContext context)
    {
        if (context.Room is not { } room)
            context.ReplyError(PacketErrorCode.NotInRoom, "Enter a room first.");
        else if (context.P1 < 0)
            context.ReplyError(PacketErrorCode.InvalidArgument, "p1 must be a number of moves, 0 or more.");
        else if (room.Members.FirstOrDefault(member => member.Id == context.User.Id) is { } who && games.Select(game => game.TryReplay(room, who, context.P1)).FirstOrDefault(static replay => replay is not null) is { } replay)
            context.Reply(GameCommand.Replay, context.P1, 0, replay);
        else
            context.ReplyError(PacketErrorCode.Refused, "The room has no game.");
        return default;
    }
}
