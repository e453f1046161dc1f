// begin-snippet: nick-policy
using TPacket.Protocol;
using TPacket.Server;
// end-snippet

namespace TPacket.Docs.Tests.Snippets;

// begin-snippet: nick-policy
internal sealed class ShortNickPolicy(UniqueNickPolicy unique) : INickPolicy
{
    public ValueTask<NickDecision> ReserveAsync(string nick, IUser user) => nick.Length > 12
        ? new ValueTask<NickDecision>(NickDecision.Refuse(PacketErrorCode.NickTooLong, "A nick has at most 12 characters here."))
        : unique.ReserveAsync(nick, user);

    public ValueTask ReleaseAsync(string nick, IUser user) => unique.ReleaseAsync(nick, user);
}
// end-snippet
