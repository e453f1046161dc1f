// begin-snippet: web-nicks
using System.Security.Claims;
using TPacket.Protocol;
using TPacket.Server;
// end-snippet

namespace TPacket.Docs.Tests.Snippets.Accounts;

// begin-snippet: web-nicks
internal sealed class AccountNickPolicy(UniqueNickPolicy unique) : INickPolicy
{
    // A user who is away is asked for again when the server has restarted, without its principal.
    public ValueTask<NickDecision> ReserveAsync(string nick, IUser user) => user.IsAway || nick == user.Principal?.FindFirstValue(ClaimTypes.Name)
        ? unique.ReserveAsync(nick, user)
        : new ValueTask<NickDecision>(NickDecision.Refuse(PacketErrorCode.NickInvalid, "A nick has to be the account's name."));

    public ValueTask ReleaseAsync(string nick, IUser user) => unique.ReleaseAsync(nick, user);
}
// end-snippet
