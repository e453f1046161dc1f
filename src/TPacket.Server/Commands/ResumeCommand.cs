using Microsoft.Extensions.Options;
using TPacket.Protocol;
using TPacket.Server.Sessions.Packets;

namespace TPacket.Server.Commands;

/// <summary>RESUME: attaches this connection to the user of a session.</summary>
internal sealed class ResumeCommand(IOptions<TPacketServerOptions> options) : ICommandHandler
{
    public ValueTask HandleAsync(CommandContext context)
    {
        if (context.User.Nick.Length > 0)
            context.ReplyError(PacketErrorCode.Refused, "You are signed in already.");
        else if (options.Value.MaxSessionGrace == TimeSpan.Zero)
            context.ReplyError(PacketErrorCode.NickRequired, "This server has no sessions; set a nick.");
        else if (context.P1 < 0 || context.Data.Length != RoomPosition.Size + (2 * SessionCommand.TokenSize))
            context.ReplyError(PacketErrorCode.InvalidArgument, "p1 must be the grace in ms, and the data a position, the token and the next token.");
        else
            return ResumeAsync(context);
        return default;
    }

    private static async ValueTask ResumeAsync(CommandContext context)
    {
        var token = context.Data.Slice(RoomPosition.Size, SessionCommand.TokenSize);
        var next = context.Data[(RoomPosition.Size + SessionCommand.TokenSize)..];
        if (token.Span.SequenceEqual(next.Span))
        {
            context.ReplyError(PacketErrorCode.InvalidArgument, "The next token must differ from the token.");
            return;
        }

        var decision = await ((SessionContext)context).ResumeSessionAsync(token, next, RoomPosition.Read(context.Data.Span), TimeSpan.FromMilliseconds(context.P1)).ConfigureAwait(false);
        if (!decision.IsAccepted)
            context.Reply((int)PacketCommand.RespError, (int)decision.Code, (int)decision.RetryAfter.TotalMilliseconds, System.Text.Encoding.UTF8.GetBytes(decision.Text!));
    }
}
