using TPacket.Protocol;
using TPacket.Server;

namespace WebChat;

/// <summary>Refuses nicks with a colon. Clients that do not follow the room's log get its history as <c>nick: text</c>; without colons in nicks nobody is made to have said what another has.</summary>
internal sealed class ChatNickPolicy : INickPolicy
{
    private readonly UniqueNickPolicy _unique = new();

    public ValueTask<NickDecision> ReserveAsync(string nick, IUser user) => nick.Contains(':', StringComparison.Ordinal)
        ? new ValueTask<NickDecision>(NickDecision.Refuse(PacketErrorCode.NickInvalid, "A nick has no colon here."))
        : _unique.ReserveAsync(nick, user);

    public ValueTask ReleaseAsync(string nick, IUser user) => _unique.ReleaseAsync(nick, user);
}
