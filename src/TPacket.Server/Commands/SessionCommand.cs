using Microsoft.Extensions.Options;
using TPacket.Protocol;
using TPacket.Server.Sessions.Packets;

namespace TPacket.Server.Commands;

/// <summary>SESSION: gives the user a session, which outlives its connection.</summary>
internal sealed class SessionCommand(IOptions<TPacketServerOptions> options) : ICommandHandler
{
    /// <summary>Length of a token in bytes.</summary>
    public const int TokenSize = 32;

    public ValueTask HandleAsync(CommandContext context)
    {
        if (options.Value.MaxSessionGrace == TimeSpan.Zero)
            context.ReplyError(PacketErrorCode.UnknownCommand, "This server has no sessions.");
        else if (context.User.Nick.Length == 0)
            context.ReplyError(PacketErrorCode.NickRequired, "Set a nick first.");
        else if (context.P1 < 0 || context.Data.Length != TokenSize)
            context.ReplyError(PacketErrorCode.InvalidArgument, "p1 must be the grace in ms, and the data 32 random bytes.");
        else
            return BeginAsync(context);
        return default;
    }

    private static async ValueTask BeginAsync(CommandContext context)
    {
        var decision = await ((SessionContext)context).BeginSessionAsync(context.Data, TimeSpan.FromMilliseconds(context.P1)).ConfigureAwait(false);
        if (decision.IsAccepted)
            context.Reply((int)PacketCommand.Session, (int)decision.Grace.TotalMilliseconds, context.User.Id);
        else
            context.ReplyError(decision.Code, decision.Text!);
    }
}
