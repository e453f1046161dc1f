using TPacket.Protocol;

namespace TPacket.Client;

/// <summary>Options of clients in moderated rooms.</summary>
public static class TPacketClientOptionsModerationExtensions
{
    /// <summary>Adds DELETE_MSG to <see cref="TPacketClientOptions.AcceptedCommands"/>, so that the client raises <see cref="MessageDeleted"/>.</summary>
    /// <param name="options">The options.</param>
    /// <returns>The same instance.</returns>
    public static TPacketClientOptions AcceptDeletions(this TPacketClientOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.AcceptedCommands = [.. options.AcceptedCommands, ((int)PacketCommand.DeleteMsg, (int)PacketCommand.DeleteMsg)];
        return options;
    }
}
