using System.Text;
using System.Text.Unicode;
using Microsoft.Extensions.Options;
using TPacket.Protocol;
using TPacket.Server.Rooms;
using TPacket.Server.Sessions;

namespace TPacket.Server.Commands;

/// <summary>SET_ROOM: enters a room; where the host allows it, also leaves one for another.</summary>
internal sealed class SetRoomCommand(RoomRegistry rooms, IOptions<TPacketServerOptions> options) : ICommandHandler
{
    private readonly TPacketServerOptions _options = options.Value;

    public ValueTask HandleAsync(CommandContext context)
    {
        var session = (Session)context.User;
        var name = context.Data.Span;
        if (session.Member is null)
            context.ReplyError(PacketErrorCode.NickRequired, "Set a nick first.");
        else if (session.CurrentRoom is not null && !_options.AllowRoomChange)
            context.ReplyError(PacketErrorCode.RoomChangeNotAllowed, "You are in a room already.");
        else if (name.Length > _options.MaxRoomNameBytes)
            context.ReplyError(PacketErrorCode.RoomNameTooLong, "The room's name is too long.");
        else if (!Utf8.IsValid(name))
            context.ReplyError(PacketErrorCode.NotUtf8, "The room's name is not UTF-8.");
        else if (name.IsEmpty || HasControl(name))
            context.ReplyError(PacketErrorCode.RoomNameInvalid, "A room's name cannot be empty or have control characters.");
        else if (session.CurrentRoom is not { } room || rooms.TryTake(session, room, context))
            return rooms.MoveAsync(session, Encoding.UTF8.GetString(name), context.Header.Uid);
        return default;
    }

    private static bool HasControl(ReadOnlySpan<byte> utf8)
    {
        while (!utf8.IsEmpty)
        {
            Rune.DecodeFromUtf8(utf8, out var rune, out var length);
            if (Rune.IsControl(rune))
                return true;
            utf8 = utf8[length..];
        }

        return false;
    }
}
