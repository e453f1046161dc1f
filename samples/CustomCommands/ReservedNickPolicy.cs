using System.Text;
using TPacket.Protocol;
using TPacket.Server;

namespace CustomCommands;

/// <summary>Keeps a few nicks for nobody, and leaves the rest to the default policy.</summary>
internal sealed class ReservedNickPolicy : INickPolicy
{
    private static readonly HashSet<string> _reserved = new(["admin", "moderator", "server"], StringComparer.OrdinalIgnoreCase);

    private readonly UniqueNickPolicy _rest = new();

    // Normalised, so that letters which only look different are no way around it.
    public ValueTask<NickDecision> ReserveAsync(string nick, IUser user) =>
        _reserved.Contains(nick.Normalize(NormalizationForm.FormKC))
            ? new ValueTask<NickDecision>(NickDecision.Refuse(PacketErrorCode.Refused, "This nick is reserved."))
            : _rest.ReserveAsync(nick, user);

    public ValueTask ReleaseAsync(string nick, IUser user) => _rest.ReleaseAsync(nick, user);
}
