// begin-snippet: web-nicks
using System.Security.Claims;
using TPacket.Protocol;
using TPacket.Server;
// end-snippet

namespace TPacket.Docs.Tests.Snippets.Accounts;

// begin-snippet: web-nicks
internal sealed class AccountNickPolicy(UniqueNickPolicy unique) : INickPolicy
{
    // After a restart, the server reserves the nicks of away users again, without their principals.
    public ValueTask<NickDecision> ReserveAsync(string nick, IUser user) => user.IsAway || nick == user.Principal?.FindFirstValue(ClaimTypes.Name)
        ? unique.ReserveAsync(nick, user)
        : new ValueTask<NickDecision>(NickDecision.Refuse(PacketErrorCode.NickInvalid, "A nick has to be the account's name."));

    public ValueTask ReleaseAsync(string nick, IUser user) => unique.ReleaseAsync(nick, user);
}
// end-snippet
