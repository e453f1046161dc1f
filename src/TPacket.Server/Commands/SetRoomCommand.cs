using System.Text;
using System.Text.Unicode;
using Microsoft.Extensions.Options;
using TPacket.Protocol;
using TPacket.Server.Rooms;

namespace TPacket.Server.Commands;

/// <summary>SET_ROOM: enters a room; where the host allows it, also leaves one for another.</summary>
internal sealed class SetRoomCommand(IOptions<TPacketServerOptions> options) : ICommandHandler
{
    private readonly TPacketServerOptions _options = options.Value;

    public ValueTask HandleAsync(CommandContext context)
    {
        var name = context.Data.Span;
        if (context.User.Nick.Length == 0)
            context.ReplyError(PacketErrorCode.NickRequired, "Set a nick first.");
        else if (context.Room is not null && !_options.AllowRoomChange)
            context.ReplyError(PacketErrorCode.RoomChangeNotAllowed, "You are in a room already.");
        else if (name.Length > _options.MaxRoomNameBytes)
            context.ReplyError(PacketErrorCode.RoomNameTooLong, "The room's name is too long.");
        else if (!Utf8.IsValid(name))
            context.ReplyError(PacketErrorCode.NotUtf8, "The room's name is not UTF-8.");
        else
            return EnterAsync(context, Encoding.UTF8.GetString(name));
        return default;
    }

    private static async ValueTask EnterAsync(CommandContext context, string name)
    {
        if (RoomName.IsValid(name))
            await context.EnterRoomAsync(name).ConfigureAwait(false);
        else
            context.ReplyError(PacketErrorCode.RoomNameInvalid, "A room's name has to show something and cannot have control characters.");
    }
}
