using TPacket.Protocol;

namespace TPacket.Server.Commands;

/// <summary>ACCEPT_COMMANDS: lets the client receive the commands from p1 to p2.</summary>
internal sealed class AcceptCommandsCommand : ICommandHandler
{
    public ValueTask HandleAsync(CommandContext context)
    {
        if (context.P1 < CommandRange.FirstExtension || context.P2 < context.P1)
            context.ReplyError(PacketErrorCode.InvalidArgument, "p1 to p2 must be a range of commands of 10 or more.");
        else
            return AcceptAsync(context);
        return default;
    }

    private static async ValueTask AcceptAsync(CommandContext context)
    {
        if (await context.AcceptCommandsAsync(context.P1, context.P2).ConfigureAwait(false))
            context.ReplyOk();
        else
            context.ReplyError(PacketErrorCode.Refused, "Too many ranges of commands.");
    }
}
