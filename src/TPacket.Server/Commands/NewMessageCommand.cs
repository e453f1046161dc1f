using System.Text.Unicode;
using Microsoft.Extensions.Options;
using TPacket.Protocol;
using TPacket.Server.Rooms;
using TPacket.Server.Sessions;

namespace TPacket.Server.Commands;

/// <summary>NEW_MSG: told to everybody in the room, its sender included. No RESP_OK.</summary>
internal sealed class NewMessageCommand(IOptions<TPacketServerOptions> options) : ICommandHandler
{
    private readonly int _maxBytes = options.Value.MaxMessageTextBytes;

    public ValueTask HandleAsync(CommandContext context)
    {
        if (context.Room is not Room room)
            context.ReplyError(PacketErrorCode.NotInRoom, "Enter a room first.");
        else if (context.Data.Length > _maxBytes)
            context.ReplyError(PacketErrorCode.MessageTooLong, "The message is too long.");
        else if (!Utf8.IsValid(context.Data.Span))
            context.ReplyError(PacketErrorCode.NotUtf8, "The message is not UTF-8.");
        else
            return room.AppendMessage((Session)context.User, context.Data);
        return default;
    }
}
