using System.Globalization;
using System.Text.Unicode;
using Microsoft.Extensions.Logging;
using TPacket.Protocol;
using TPacket.Server.Diagnostics;

namespace TPacket.Server.Moderation;

/// <summary>
/// Handles the commands of moderators: KICK, BAN, UNBAN, MUTE, UNMUTE, DELETE_MSG, LIST_BANS.
/// Answers with RESP_OK after the change has taken effect on this server, and LIST_BANS with a page of entries.
/// </summary>
internal sealed class ModerationCommand(ModerationLedger moderation, ModerationOptions options, ICluster cluster, ILogger<ModerationCommand> logger) : ICommandHandler
{
    private const char Separator = '\n';
    private const int AddressOfUser = 2;

    public async ValueTask HandleAsync(CommandContext context)
    {
        var user = context.User;
        if (!(options.Role is { } role && user.Principal?.IsInRole(role) == true) && options.IsModerator?.Invoke(user) != true)
        {
            context.ReplyError(PacketErrorCode.Refused, "You are not a moderator.");
            return;
        }

        if (!Utf8.IsValid(context.Data.Span))
        {
            context.ReplyError(PacketErrorCode.NotUtf8, "The data is not UTF-8.");
            return;
        }

        if (context.Command == (int)PacketCommand.ListBans)
        {
            await ListAsync(context).ConfigureAwait(false);
            return;
        }

        var text = context.Text;
        var command = (PacketCommand)context.Command;
        var target = Describe(context, text);
        // Logged first: if the store fails, the change may still have been made.
        ModerationLog.Asked(logger, user.Id, user.Nick, command, target);
        var refusal = command switch
        {
            PacketCommand.Kick => await moderation.KickAsync(context.P1, text).ConfigureAwait(false) ? null : "There is no such user.",
            PacketCommand.Ban when context.P2 == AddressOfUser => await BanAddressAsync(context, text).ConfigureAwait(false),
            PacketCommand.Ban => await AddAsync(context, BanOf(context), text).ConfigureAwait(false),
            PacketCommand.Mute => await AddAsync(context, SanctionKind.Mute, text).ConfigureAwait(false),
            PacketCommand.Unban => await LiftAsync(BanOf(context), text).ConfigureAwait(false),
            PacketCommand.DeleteMsg => await DeleteAsync(context).ConfigureAwait(false) ? null : "There is no such message in your room.",
            _ => await LiftAsync(SanctionKind.Mute, text).ConfigureAwait(false),
        };
        if (refusal is null)
        {
            ModerationLog.Done(logger, command, target, user.Id);
            context.ReplyOk();
        }
        else
        {
            ModerationLog.Refused(logger, command, target, user.Id, refusal);
            context.ReplyError(PacketErrorCode.InvalidArgument, refusal);
        }
    }

    /// <summary>Describes the target of a command for the log, without reasons and messages.</summary>
    private static string Describe(CommandContext context, string text) => (PacketCommand)context.Command switch
    {
        PacketCommand.Kick => $"user {context.P1}",
        PacketCommand.DeleteMsg => $"offset {OffsetOf(context)} of room '{context.Room?.Name}'",
        PacketCommand.Ban when context.P2 == AddressOfUser => $"the address of user {text.Split(Separator, 2)[0]}",
        _ => $"'{text.Split(Separator, 2)[0]}'",
    };

    private static long OffsetOf(CommandContext context) => (uint)context.P1 | ((long)context.P2 << 32);

    private static async ValueTask<bool> DeleteAsync(CommandContext context) =>
        context.Room is { } room && (await room.DeleteAsync(OffsetOf(context)).ConfigureAwait(false)).IsAppended;

    private static SanctionKind? BanOf(CommandContext context) => context.P2 switch
    {
        0 => SanctionKind.NickBan,
        1 => SanctionKind.AddressBan,
        _ => null,
    };

    private async ValueTask ListAsync(CommandContext context)
    {
        var page = BanPage.Of(await moderation.ReadAsync().ConfigureAwait(false), context.P1);
        context.Reply((int)PacketCommand.ListBans, page.Total, 0, page.Json.Span);
    }

    /// <summary>Bans the address of a user on any server.</summary>
    private async ValueTask<string?> BanAddressAsync(CommandContext context, string text)
    {
        var parts = text.Split(Separator, 2);
        if (!int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var id) || await cluster.FindUserAsync(id).ConfigureAwait(false) is not { Address: { } address })
            return "There is no such user, or it has no address.";
        return await AddAsync(context, SanctionKind.AddressBan, parts.Length == 2 ? $"{address}{Separator}{parts[1]}" : address).ConfigureAwait(false);
    }

    private async ValueTask<string?> AddAsync(CommandContext context, SanctionKind? kind, string text)
    {
        var parts = text.Split(Separator, 2);
        if (kind is not { } known || context.P1 < 0 || ModerationKey.Of(known, parts[0]) is null)
            return "p1 must be a number of seconds, and p2 0 for a nick, 1 for an address or 2 for a user id; the data must begin with it.";
        var reason = parts.Length == 2 ? parts[1] : "";
        return moderation.Validate(known, parts[0], reason)
            ?? await moderation.TryAddAsync(known, parts[0], context.P1 == 0 ? null : TimeSpan.FromSeconds(context.P1), reason, context.User.Nick).ConfigureAwait(false);
    }

    private async ValueTask<string?> LiftAsync(SanctionKind? kind, string target)
    {
        if (kind is not { } known || ModerationKey.Of(known, target) is null)
            return "p2 must be 0 for a nick or 1 for an address, and the data the nick or the address.";
        return await moderation.LiftAsync(known, target).ConfigureAwait(false) ? null : "There is no such ban or mute.";
    }
}
