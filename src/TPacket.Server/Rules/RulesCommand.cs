using TPacket.Protocol;
using TPacket.Server.Rooms;
using TPacket.Server.Sessions.Packets;

namespace TPacket.Server.Rules;

/// <summary>The command of a room's rules. The rules decide about it. Answered with RECEIPT if events were appended and the client accepts it, and otherwise with RESP_OK.</summary>
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
