using System.Globalization;
using System.Text;
using TPacket.Protocol;

namespace TPacket.Server;

/// <summary>
/// The default: a nick is unique on the server, compared after Unicode normalisation (NFKC) and without regard to case or joiners; it has no control characters and neither begins
/// nor ends with white space. A policy of a host's own may ask it for what it does not decide itself.
/// </summary>
public sealed class UniqueNickPolicy : INickPolicy
{
    /// <summary>ZERO WIDTH NON-JOINER and ZERO WIDTH JOINER.</summary>
    private const string Joiners = "\u200C\u200D";

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Reservation> _reserved = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public ValueTask<NickDecision> ReserveAsync(string nick, IUser user)
    {
        ArgumentNullException.ThrowIfNull(nick);
        ArgumentNullException.ThrowIfNull(user);
        return new ValueTask<NickDecision>(Reserve(nick, user));
    }

    /// <inheritdoc/>
    public ValueTask ReleaseAsync(string nick, IUser user)
    {
        ArgumentNullException.ThrowIfNull(nick);
        var key = Key(nick);
        lock (_gate)
        {
            if (_reserved.TryGetValue(key, out var held) && ReferenceEquals(held.User, user))
            {
                if (held.Count > 1)
                    _reserved[key] = held with { Count = held.Count - 1 };
                else
                    _reserved.Remove(key);
            }
        }

        return default;
    }

    private NickDecision Reserve(string nick, IUser user)
    {
        if (Objection(nick) is { } objection)
            return NickDecision.Refuse(PacketErrorCode.NickInvalid, objection);
        var key = Key(nick);
        lock (_gate)
        {
            _reserved.TryGetValue(key, out var held);
            if (held.User is not null && !ReferenceEquals(held.User, user))
                return NickDecision.Refuse(PacketErrorCode.NickTaken, "This nick is taken.");
            _reserved[key] = new Reservation(user, held.Count + 1);
        }

        return NickDecision.Accepted;
    }

    private static string? Objection(string nick)
    {
        if (nick.AsSpan().Trim(Joiners).IsEmpty)
            return "A nick cannot be empty.";
        if (char.IsWhiteSpace(nick[0]) || char.IsWhiteSpace(nick[^1]))
            return "A nick cannot begin or end with white space.";
        foreach (var rune in nick.EnumerateRunes())
        {
            if (IsControl(rune))
                return "A nick cannot have control characters.";
        }

        return null;
    }

    // Also separators of lines, and the format characters with which one nick is made to look like another. Joiners are spelling in some scripts and build emoji.
    private static bool IsControl(Rune rune) => !(rune.IsBmp && Joiners.Contains((char)rune.Value))
        && Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;

    // Upper before lower: some letters, like the two lower sigmas, meet only in upper case.
    private static string Key(string nick) => Ascii.IsValid(nick)
        ? nick.ToLowerInvariant()
        : WithoutJoiners(nick).Normalize(NormalizationForm.FormKC).ToUpperInvariant().ToLowerInvariant().Normalize(NormalizationForm.FormKC);

    // Nobody sees them between letters that do not join.
    private static string WithoutJoiners(string nick) => nick.AsSpan().ContainsAny(Joiners) ? string.Concat(nick.Where(static c => !Joiners.Contains(c))) : nick;

    private readonly record struct Reservation(IUser User, int Count);
}
