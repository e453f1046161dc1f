using System.Text;
using System.Text.Unicode;
using TPacket.Protocol;

namespace TPacket.Server.Moderation;

/// <summary>Keeps banned users out and muted users silent. Where the store cannot say who is banned, nobody signs in.</summary>
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
            // Another nick would help nobody who comes from there.
            if (ban.Kind == ModerationKind.AddressBan)
                user.Disconnect(ModerationLedger.ReasonOf(ban));
            return;
        }

        // Another nick would not be muted.
        if (moderation.FindMute(state, user.Nick) is { } mute)
        {
            context.ReplyError(PacketErrorCode.Muted, ModerationLedger.ReasonOf(mute));
            return;
        }

        await next(context).ConfigureAwait(false);
        // A ban that came meanwhile has not found the user. RESUME reveals its user only after it has run.
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
