using System.Text.Unicode;
using Microsoft.Extensions.Options;
using TPacket.Protocol;

namespace TPacket.Server.Commands;

/// <summary>NEW_MSG: told to everybody in the room, its sender included. No RESP_OK.</summary>
internal sealed class NewMessageCommand(IOptions<TPacketServerOptions> options) : ICommandHandler
{
    private readonly int _maxBytes = options.Value.MaxMessageTextBytes;

    public ValueTask HandleAsync(CommandContext context)
    {
        if (context.Room is not { } room)
            context.ReplyError(PacketErrorCode.NotInRoom, "Enter a room first.");
        else if (context.Data.Length > _maxBytes)
            context.ReplyError(PacketErrorCode.MessageTooLong, "The message is too long.");
        else if (!Utf8.IsValid(context.Data.Span))
            context.ReplyError(PacketErrorCode.NotUtf8, "The message is not UTF-8.");
        else
            return SayAsync(context, room);
        return default;
    }

    private static ValueTask SayAsync(CommandContext context, IRoom room)
    {
        var saying = room.SayAsync(context.User, context.Data);
        if (!saying.IsCompletedSuccessfully)
            return AnswerAsync(saying, context);
        Answer(saying.Result, context);
        return default;
    }

    private static async ValueTask AnswerAsync(ValueTask<AppendResult> saying, CommandContext context) => Answer(await saying.ConfigureAwait(false), context);

    private static void Answer(in AppendResult result, CommandContext context)
    {
        // The log fences a sender that has left the room since its packet arrived.
        if (!result.IsAppended)
            context.ReplyError(PacketErrorCode.NotInRoom, "You are not in the room any more.");
    }
}
