using System.Net;
using TPacket.Protocol;
using TPacket.Server.Nicks;

namespace TPacket.Server.Moderation;

/// <summary>
/// Finds the entries that apply to a user. Entries of a nick also apply to look-alike nicks, as far as <see cref="NickLookAlikes"/> rejects them. Immutable.
/// </summary>
internal sealed class ModerationIndex
{
    private readonly ILookup<string, Look> _bans;
    private readonly ILookup<string, Look> _mutes;
    private readonly bool _acrossScripts;

    public ModerationIndex(ModerationState state, NickLookAlikes lookAlikes)
    {
        State = state;
        _acrossScripts = lookAlikes == NickLookAlikes.RefuseAcrossScripts;
        _bans = LooksOf(SanctionKind.NickBan);
        _mutes = LooksOf(SanctionKind.Mute);

        ILookup<string, Look> LooksOf(SanctionKind kind) => (
            from entry in lookAlikes == NickLookAlikes.Accept ? [] : state.Entries.Values
            where entry.Kind == kind
            let nick = NickIdentity.Of(entry.Target)
            from skeleton in nick.Skeletons()
            select (Skeleton: skeleton, Look: new Look(nick.Scripts, entry))).ToLookup(static pair => pair.Skeleton, static pair => pair.Look, StringComparer.Ordinal);
    }

    /// <summary>The indexed state.</summary>
    public ModerationState State { get; }

    /// <summary>Returns the ban of a nick or an address; null for none.</summary>
    public Sanction? FindBan(string nick, EndPoint? address, DateTimeOffset now) =>
        Find(SanctionKind.NickBan, _bans, nick, now) ?? State.Find(ModerationKey.Of(address), now);

    /// <summary>Returns the mute of a nick; null for none.</summary>
    public Sanction? FindMute(string nick, DateTimeOffset now) => Find(SanctionKind.Mute, _mutes, nick, now);

    private Sanction? Find(SanctionKind kind, ILookup<string, Look> looks, string nick, DateTimeOffset now)
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

    /// <summary>An entry and the scripts of its nick, by which look-alikes are compared.</summary>
    private readonly record struct Look(ScriptSet Scripts, Sanction Entry);
}
