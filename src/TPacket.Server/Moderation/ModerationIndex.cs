using System.Net;
using TPacket.Server.Nicks;

namespace TPacket.Server.Moderation;

/// <summary>Finds the entries of users in one state: those of a nick also by what it looks like, as far as no two users may have such nicks. Immutable.</summary>
internal sealed class ModerationIndex
{
    private readonly ILookup<string, Look> _bans;
    private readonly ILookup<string, Look> _mutes;
    private readonly bool _acrossScripts;

    public ModerationIndex(ModerationState state, NickLookAlikes lookAlikes)
    {
        State = state;
        _acrossScripts = lookAlikes == NickLookAlikes.RefuseAcrossScripts;
        _bans = LooksOf(ModerationKind.NickBan);
        _mutes = LooksOf(ModerationKind.Mute);

        ILookup<string, Look> LooksOf(ModerationKind kind) => (
            from entry in lookAlikes == NickLookAlikes.Accept ? [] : state.Entries.Values
            where entry.Kind == kind
            let nick = NickIdentity.Of(entry.Target)
            from skeleton in nick.Skeletons()
            select (Skeleton: skeleton, Look: new Look(nick.Scripts, entry))).ToLookup(static pair => pair.Skeleton, static pair => pair.Look, StringComparer.Ordinal);
    }

    /// <summary>The state that was indexed.</summary>
    public ModerationState State { get; }

    /// <summary>The ban of a nick or an address; null for none.</summary>
    public ModerationEntry? FindBan(string nick, EndPoint? address, DateTimeOffset now) =>
        Find(ModerationKind.NickBan, _bans, nick, now) ?? State.Find(ModerationKey.Of(address), now);

    /// <summary>The mute of a nick; null for none.</summary>
    public ModerationEntry? FindMute(string nick, DateTimeOffset now) => Find(ModerationKind.Mute, _mutes, nick, now);

    private ModerationEntry? Find(ModerationKind kind, ILookup<string, Look> looks, string nick, DateTimeOffset now)
    {
        if (nick.Length == 0)
            return null;
        if (State.Find(ModerationKey.Of(kind, nick), now) is { } same)
            return same;
        if (looks.Count == 0)
            return null;
        var identity = NickIdentity.Of(nick);
        foreach (var look in identity.Skeletons().SelectMany(skeleton => looks[skeleton]))
        {
            if (!(look.Entry.Until <= now) && !(_acrossScripts && !(look.Scripts & identity.Scripts).IsEmpty))
                return look.Entry;
        }

        return null;
    }

    /// <summary>An entry and the scripts of its nick, which decide what looks like it.</summary>
    private readonly record struct Look(ScriptSet Scripts, ModerationEntry Entry);
}
