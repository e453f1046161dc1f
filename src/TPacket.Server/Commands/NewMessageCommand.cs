using System.Text.Unicode;
using Microsoft.Extensions.Options;
using TPacket.Protocol;

namespace TPacket.Server.Commands;

/// <summary>
/// NEW_MSG: appends a message to the room, which delivers it to all members, including the sender.
/// Answered with RECEIPT if the client accepts it; there is no RESP_OK.
/// </summary>
internal sealed class NewMessageCommand(IOptions<TPacketServerOptions> options) : ICommandHandler
{
    private readonly int _maxBytes = options.Value.MaxMessageTextBytes;

    public ValueTask HandleAsync(CommandContext context)
    {
        if (context.Room is null)
            context.ReplyError(PacketErrorCode.NotInRoom, "Enter a room first.");
        else if (context.Data.Length > _maxBytes)
            context.ReplyError(PacketErrorCode.MessageTooLong, "The message is too long.");
        else if (!Utf8.IsValid(context.Data.Span))
            context.ReplyError(PacketErrorCode.NotUtf8, "The message is not UTF-8.");
        else
            return SayAsync(context);
        return default;
    }

    private static ValueTask SayAsync(CommandContext context)
    {
        var saying = context.SayAsync(context.Data);
        return saying.IsCompletedSuccessfully ? default : new ValueTask(saying.AsTask());
    }
}
