using TPacket.Protocol;

namespace TPacket.Server;

/// <summary>Settings of moderation: the moderators, and the limits of their decisions.</summary>
public sealed class ModerationOptions
{
    /// <summary>The role of moderators: a user with a principal that is in it may moderate. Default: null, nobody.</summary>
    public string? Role { get; set; }

    /// <summary>Decides whether a user without <see cref="Role"/> may moderate. It is called for each command of moderators, on the thread pool, and must not block. Default: null, nobody.</summary>
    public Func<IUser, bool>? IsModerator { get; set; }

    /// <summary>The commands that a muted user may not send. Default: NEW_MSG alone.</summary>
    public ISet<int> MutedCommands { get; } = new HashSet<int> { (int)PacketCommand.NewMsg };

    /// <summary>Most bans and mutes together; more are refused. 1 to 65,536. Default: 4,096.</summary>
    public int MaxEntries { get; set; } = 4096;

    /// <summary>The longest reason of a ban or a mute, in bytes of UTF-8; a longer one is refused. 0 to 32,768. Default: 512.</summary>
    public int MaxReasonBytes { get; set; } = 512;
}
