using TPacket.Protocol;

namespace TPacket.Server;

/// <summary>Options of moderation: the moderators, and the limits of bans and mutes.</summary>
public sealed class ModerationOptions
{
    /// <summary>The role of moderators: a user may moderate if its principal is in this role. Default: null, for none.</summary>
    public string? Role { get; set; }

    /// <summary>
    /// Returns whether a user without the <see cref="Role"/> may moderate.
    /// Called on the thread pool, from several threads at once, for each moderation command of such a user. Default: null, for none.
    /// </summary>
    public Func<IUser, bool>? IsModerator { get; set; }

    /// <summary>The commands that a muted user cannot send. Default: NEW_MSG.</summary>
    public ISet<int> MutedCommands { get; } = new HashSet<int> { (int)PacketCommand.NewMsg };

    /// <summary>The maximum number of bans and mutes together; more are refused. 1 to 65,536. Default: 4,096.</summary>
    public int MaxEntries { get; set; } = 4096;

    /// <summary>The maximum length of a reason in bytes of UTF-8; longer reasons are refused. 0 to 32,768. Default: 512.</summary>
    public int MaxReasonBytes { get; set; } = 512;
}
