using System.Text;
using System.Text.Unicode;
using Microsoft.Extensions.Options;
using TPacket.Protocol;
using TPacket.Server.Invitations;
using TPacket.Server.Rooms;

namespace TPacket.Server.Commands;

/// <summary>SET_ROOM: enters a room, a private one with an invitation; where the host allows it, also leaves one for another.</summary>
/// <param name="options">What names may be, and whether rooms may be changed.</param>
/// <param name="invitations">Says which rooms are private; null where none is.</param>
internal sealed class SetRoomCommand(IOptions<TPacketServerOptions> options, InvitationKey? invitations = null) : ICommandHandler
{
    private readonly TPacketServerOptions _options = options.Value;

    public ValueTask HandleAsync(CommandContext context)
    {
        var data = context.Data.Span;
        var end = invitations is null ? -1 : data.IndexOf(InvitationKey.Separator);
        var name = end < 0 ? data : data[..end];
        if (context.User.Nick.Length == 0)
            context.ReplyError(PacketErrorCode.NickRequired, "Set a nick first.");
        else if (context.Room is not null && !_options.AllowRoomChange)
            context.ReplyError(PacketErrorCode.RoomChangeNotAllowed, "You are in a room already.");
        else if (name.Length > _options.MaxRoomNameBytes)
            context.ReplyError(PacketErrorCode.RoomNameTooLong, "The room's name is too long.");
        else if (!Utf8.IsValid(name))
            context.ReplyError(PacketErrorCode.NotUtf8, "The room's name is not UTF-8.");
        else if (!IsAdmitted(context, name, end < 0 ? [] : data[(end + 1)..]))
            context.ReplyError(PacketErrorCode.InvitationRequired, "This room is private: an invitation is needed that has not ended.");
        else
            return EnterAsync(context, Encoding.UTF8.GetString(name));
        return default;
    }

    /// <summary>Whether a client may enter a room: one that is not private, its own, or one that it is invited to.</summary>
    private bool IsAdmitted(CommandContext context, ReadOnlySpan<byte> name, ReadOnlySpan<byte> invitation)
    {
        if (invitations is null)
            return true;
        var room = Encoding.UTF8.GetString(name);
        return !invitations.IsPrivate(room) || context.Room?.Name == room || invitations.Admits(name, invitation);
    }

    private static async ValueTask EnterAsync(CommandContext context, string name)
    {
        if (RoomName.IsValid(name))
            await context.EnterRoomAsync(name).ConfigureAwait(false);
        else
            context.ReplyError(PacketErrorCode.RoomNameInvalid, "A room's name has to show something and cannot have control characters.");
    }
}
