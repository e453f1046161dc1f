using System.Text;
using System.Text.Unicode;
using Microsoft.Extensions.Options;
using TPacket.Protocol;

namespace TPacket.Server.Commands;

/// <summary>SET_USER_NICK: signs the user in. If the host allows it, a signed-in user can change its nick.</summary>
internal sealed class SetUserNickCommand(IOptions<TPacketServerOptions> options) : ICommandHandler
{
    private readonly TPacketServerOptions _options = options.Value;

    public ValueTask HandleAsync(CommandContext context)
    {
        if (context.User.Nick.Length > 0 && !_options.AllowNickChange)
            context.ReplyError(PacketErrorCode.NickChangeNotAllowed, "You already have a nick.");
        else if (context.Data.Length > _options.MaxNickBytes)
            context.ReplyError(PacketErrorCode.NickTooLong, "The nick is too long.");
        else if (!Utf8.IsValid(context.Data.Span))
            context.ReplyError(PacketErrorCode.NotUtf8, "The nick is not UTF-8.");
        else
            return SetNickAsync(context, Encoding.UTF8.GetString(context.Data.Span));
        return default;
    }

    private static async ValueTask SetNickAsync(CommandContext context, string nick)
    {
        var decision = await context.SetNickAsync(nick).ConfigureAwait(false);
        if (decision.IsAccepted)
            context.ReplyOk();
        else
            context.ReplyError(decision.Code, decision.Text ?? "The nick is refused.");
    }
}
