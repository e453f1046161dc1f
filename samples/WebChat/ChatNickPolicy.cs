using TPacket.Protocol;
using TPacket.Server;

namespace WebChat;

/// <summary>History comes as <c>nick: text</c>. Without colons in nicks the page can tell one from the other, and nobody is made to have said what another has.</summary>
internal sealed class ChatNickPolicy : INickPolicy
{
    private readonly UniqueNickPolicy _unique = new();

    public ValueTask<NickDecision> ReserveAsync(string nick, IUser user) => nick.Contains(':', StringComparison.Ordinal)
        ? new ValueTask<NickDecision>(NickDecision.Refuse(PacketErrorCode.NickInvalid, "A nick has no colon here."))
        : _unique.ReserveAsync(nick, user);

    public ValueTask ReleaseAsync(string nick, IUser user) => _unique.ReleaseAsync(nick, user);
}
