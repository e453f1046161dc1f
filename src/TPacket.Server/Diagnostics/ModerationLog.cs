using Microsoft.Extensions.Logging;
using TPacket.Protocol;

namespace TPacket.Server.Diagnostics;

/// <summary>Events 1750 to 1799: commands of moderators.</summary>
internal static partial class ModerationLog
{
    [LoggerMessage(1750, LogLevel.Information, "Moderator {User} '{Nick}' requests {Command} of {Target}.")]
    public static partial void Asked(ILogger logger, int user, string nick, PacketCommand command, string target);

    [LoggerMessage(1751, LogLevel.Information, "{Command} of {Target}, requested by moderator {User}, has taken effect.")]
    public static partial void Done(ILogger logger, PacketCommand command, string target, int user);

    [LoggerMessage(1752, LogLevel.Information, "{Command} of {Target}, requested by moderator {User}, was refused: {Why}")]
    public static partial void Refused(ILogger logger, PacketCommand command, string target, int user, string why);
}
