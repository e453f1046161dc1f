using System.Text;
using System.Text.Unicode;
using Microsoft.Extensions.Options;
using TPacket.Protocol;
using TPacket.Server.Invitations;
using TPacket.Server.Rooms;

namespace TPacket.Server.Commands;

/// <summary>SET_ROOM: enters a room. A private room needs an invitation. If the host allows it, a user in a room can change to another.</summary>
/// <param name="options">The limits of names, and whether rooms may be changed.</param>
/// <param name="invitations">Verifies invitations to private rooms; null if there are no private rooms.</param>
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
            context.ReplyError(PacketErrorCode.RoomChangeNotAllowed, "You are already in a room.");
        else if (name.Length > _options.MaxRoomNameBytes)
            context.ReplyError(PacketErrorCode.RoomNameTooLong, "The room name is too long.");
        else if (!Utf8.IsValid(name))
            context.ReplyError(PacketErrorCode.NotUtf8, "The room name is not UTF-8.");
        else if (!IsAdmitted(context, name, end < 0 ? [] : data[(end + 1)..]))
            context.ReplyError(PacketErrorCode.InvitationRequired, "This room is private: entering it needs a valid invitation.");
        else
            return EnterAsync(context, Encoding.UTF8.GetString(name));
        return default;
    }

    /// <summary>Returns whether a client may enter a room: the room is not private, is the client's current room, or the invitation admits it.</summary>
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
            context.ReplyError(PacketErrorCode.RoomNameInvalid, "A room name needs a visible character and no control characters.");
    }
}
