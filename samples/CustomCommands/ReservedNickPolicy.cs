using TPacket.Protocol;
using TPacket.Server;

namespace CustomCommands;

/// <summary>Reserves a few nicks in all spellings, and delegates to the default policy for the others.</summary>
internal sealed class ReservedNickPolicy : INickPolicy
{
    private readonly UniqueNickPolicy _rest;

    public ReservedNickPolicy(UniqueNickPolicy rest)
    {
        _rest = rest;
        foreach (var nick in new[] { "admin", "moderator", "server" })
            _rest.Withhold(nick, NickDecision.Refuse(PacketErrorCode.Refused, "This nick is reserved."));
    }

    public ValueTask<NickDecision> ReserveAsync(string nick, IUser user) => _rest.ReserveAsync(nick, user);

    public ValueTask ReleaseAsync(string nick, IUser user) => _rest.ReleaseAsync(nick, user);
}
