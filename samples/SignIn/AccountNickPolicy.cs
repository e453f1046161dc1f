using TPacket.Protocol;
using TPacket.Server;

namespace SignIn;

/// <summary>Requires the name of the account as nick.</summary>
internal sealed class AccountNickPolicy(UniqueNickPolicy unique) : INickPolicy
{
    public ValueTask<NickDecision> ReserveAsync(string nick, IUser user) => user.IsAway || nick == user.Principal?.Identity?.Name
        ? unique.ReserveAsync(nick, user)
        : new ValueTask<NickDecision>(NickDecision.Refuse(PacketErrorCode.NickInvalid, "The nick has to be the name of the account."));

    public ValueTask ReleaseAsync(string nick, IUser user) => unique.ReleaseAsync(nick, user);
}
