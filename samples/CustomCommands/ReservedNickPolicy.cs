using System.Text;
using TPacket.Protocol;
using TPacket.Server;

namespace CustomCommands;

/// <summary>Keeps a few nicks for nobody, and leaves the rest to the default policy.</summary>
internal sealed class ReservedNickPolicy : INickPolicy
{
    private static readonly HashSet<string> _reserved = new(["admin", "moderator", "server"], StringComparer.OrdinalIgnoreCase);

    private readonly UniqueNickPolicy _rest = new();

    // The default policy comes first: what it accepts can be normalised, so that letters which only look different are no way around this one.
    public async ValueTask<NickDecision> ReserveAsync(string nick, IUser user)
    {
        var decision = await _rest.ReserveAsync(nick, user);
        if (!decision.IsAccepted || !_reserved.Contains(nick.Normalize(NormalizationForm.FormKC)))
            return decision;
        await _rest.ReleaseAsync(nick, user);
        return NickDecision.Refuse(PacketErrorCode.Refused, "This nick is reserved.");
    }

    public ValueTask ReleaseAsync(string nick, IUser user) => _rest.ReleaseAsync(nick, user);
}
