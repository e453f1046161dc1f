using TPacket.Protocol;
using TPacket.Server.Rooms;
using TPacket.Server.Sessions.Packets;

namespace TPacket.Server.Rules;

/// <summary>
/// Handles the command of a room's rules: the rules decide about the packet. If the store has appended events, the answer is RECEIPT for a client
/// that accepts it, and RESP_OK for other clients. If there is nothing to append, the answer is RESP_OK; after a refusal it is RESP_ERROR.
/// </summary>
internal sealed class RulesCommand : ICommandHandler
{
    public ValueTask HandleAsync(CommandContext context)
    {
        if (context.Room is not Room room)
            context.ReplyError(PacketErrorCode.NotInRoom, "Enter a room first.");
        else if (room.Rules is not { } rules || rules.Command != context.Command)
            context.ReplyError(PacketErrorCode.Refused, "The rules of this room have another command.");
        else
            return rules.HandleAsync((SessionContext)context);
        return default;
    }
}
