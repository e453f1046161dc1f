using TPacket.Protocol;
using TPacket.Server;

namespace WebChat;

/// <summary>
/// Rejects nicks with a colon. Clients that do not follow the room's log get its history as <c>nick: text</c>, where a colon in a nick could
/// imitate another user's message.
/// </summary>
internal sealed class ChatNickPolicy : INickPolicy
{
    private readonly UniqueNickPolicy _unique = new();

    public ValueTask<NickDecision> ReserveAsync(string nick, IUser user) => nick.Contains(':', StringComparison.Ordinal)
        ? new ValueTask<NickDecision>(NickDecision.Refuse(PacketErrorCode.NickInvalid, "A nick must not contain a colon."))
        : _unique.ReserveAsync(nick, user);

    public ValueTask ReleaseAsync(string nick, IUser user) => _unique.ReleaseAsync(nick, user);
}
