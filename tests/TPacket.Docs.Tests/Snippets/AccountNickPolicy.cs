// begin-snippet: web-nicks
using System.Security.Claims;
using TPacket.Protocol;
using TPacket.Server;
// end-snippet

namespace TPacket.Docs.Tests.Snippets.Accounts;

// begin-snippet: web-nicks
internal sealed class AccountNickPolicy : INickPolicy
{
    private readonly UniqueNickPolicy _unique = new();

    public ValueTask<NickDecision> ReserveAsync(string nick, IUser user) => nick == user.Principal?.FindFirstValue(ClaimTypes.Name)
        ? _unique.ReserveAsync(nick, user)
        : new ValueTask<NickDecision>(NickDecision.Refuse(PacketErrorCode.NickInvalid, "A nick has to be the account's name."));

    public ValueTask ReleaseAsync(string nick, IUser user) => _unique.ReleaseAsync(nick, user);
}
// end-snippet
