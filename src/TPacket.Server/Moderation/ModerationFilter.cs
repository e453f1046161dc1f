using System.Text;
using System.Text.Unicode;
using TPacket.Protocol;

namespace TPacket.Server.Moderation;

/// <summary>Rejects sign-ins of banned users and messages of muted users. If the store fails to load the bans, no user can sign in.</summary>
internal sealed class ModerationFilter(ModerationLedger moderation, ModerationOptions options) : IPacketFilter
{
    public ValueTask InvokeAsync(CommandContext context, PacketDelegate next)
    {
        if ((PacketCommand)context.Command is PacketCommand.SetUserNick or PacketCommand.Resume)
            return SignInAsync(context, next);
        if (!options.MutedCommands.Contains(context.Command))
            return next(context);
        var reading = moderation.StateAsync();
        return reading.IsCompletedSuccessfully ? Speak(reading.Result, context, next) : SpeakAsync(reading, context, next);
    }

    private async ValueTask SignInAsync(CommandContext context, PacketDelegate next)
    {
        var user = context.User;
        var state = await moderation.StateAsync().ConfigureAwait(false);
        var nick = context.Command == (int)PacketCommand.SetUserNick && Utf8.IsValid(context.Data.Span) ? Encoding.UTF8.GetString(context.Data.Span) : "";
        if (moderation.FindBan(state, nick, user.RemoteEndPoint) is { } ban)
        {
            context.ReplyError(PacketErrorCode.Banned, ModerationLedger.ReasonOf(ban));
            // The address stays banned whatever the nick, so the client cannot succeed.
            if (ban.Kind == SanctionKind.AddressBan)
                user.Disconnect(ModerationLedger.ReasonOf(ban));
            return;
        }

        // A muted user must not evade the mute with another nick.
        if (moderation.FindMute(state, user.Nick) is { } mute)
        {
            context.ReplyError(PacketErrorCode.Muted, ModerationLedger.ReasonOf(mute));
            return;
        }

        await next(context).ConfigureAwait(false);
        // A ban added meanwhile did not apply to the user yet. The user of a RESUME is known only after the handler.
        moderation.DisconnectBanned(await moderation.StateAsync().ConfigureAwait(false), user);
    }

    private async ValueTask SpeakAsync(ValueTask<ModerationState> reading, CommandContext context, PacketDelegate next) =>
        await Speak(await reading.ConfigureAwait(false), context, next).ConfigureAwait(false);

    private ValueTask Speak(ModerationState state, CommandContext context, PacketDelegate next)
    {
        if (moderation.FindMute(state, context.User.Nick) is not { } mute)
            return next(context);
        context.ReplyError(PacketErrorCode.Muted, ModerationLedger.ReasonOf(mute));
        return default;
    }
}
