using Microsoft.Extensions.Options;
using TPacket.Protocol;
using TPacket.Server.Nicks;

namespace TPacket.Server;

/// <summary>
/// The default policy: a nick is unique on the server. Nicks are compared after Unicode normalisation (NFKC), without regard to case, to the width of blanks and to characters that
/// nobody sees; and a nick that looks like another user's is refused as <see cref="NickLookAlikes"/> says. A nick has no control characters, shows something, and neither begins nor ends
/// with white space. The data is Unicode 15.0's, on every machine and in every globalization mode. A policy of a host's own may ask this one for what it does not decide itself.
/// </summary>
/// <param name="lookAlikes">What happens to nicks that look like another user's.</param>
public sealed class UniqueNickPolicy(NickLookAlikes lookAlikes) : INickPolicy
{
    private static readonly NickDecision _taken = NickDecision.Refuse(PacketErrorCode.NickTaken, "This nick is taken.");
    private static readonly NickDecision _looksTaken = NickDecision.Refuse(PacketErrorCode.NickTaken, "This nick looks like one that is taken.");

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Reservation> _reserved = new(StringComparer.Ordinal);
    private readonly SkeletonIndex _skeletons = new();
    private int _withheld;

    /// <summary>Makes a policy with <see cref="NickLookAlikes.RefuseAcrossScripts"/>.</summary>
    public UniqueNickPolicy()
        : this(NickLookAlikes.RefuseAcrossScripts)
    {
    }

    /// <summary>Makes a policy with the options of a server.</summary>
    /// <param name="options">Their <see cref="TPacketServerOptions.NickLookAlikes"/> is used.</param>
    public UniqueNickPolicy(IOptions<TPacketServerOptions> options)
        : this((options ?? throw new ArgumentNullException(nameof(options))).Value.NickLookAlikes)
    {
    }

    /// <summary>Withholds a nick from all users. Who asks for it, in whatever spelling, gets the answer; who asks for a look-alike gets <see cref="PacketErrorCode.NickTaken"/>.</summary>
    /// <param name="nick">A valid nick.</param>
    /// <param name="answer">The refusal.</param>
    /// <exception cref="ArgumentException">The nick is not valid, it is withheld already or a user has it, or the answer accepts it.</exception>
    public void Withhold(string nick, NickDecision answer)
    {
        ArgumentNullException.ThrowIfNull(nick);
        if (answer.IsAccepted)
            throw new ArgumentException("The answer is no refusal.", nameof(answer));
        if (NickSpelling.Objection(nick) is { } objection)
            throw new ArgumentException(objection, nameof(nick));
        if (Reserve(IdentityOf(nick), Interlocked.Decrement(ref _withheld), answer) is { IsAccepted: false } decision)
            throw new ArgumentException(decision.Text, nameof(nick));
    }

    /// <inheritdoc/>
    public ValueTask<NickDecision> ReserveAsync(string nick, IUser user)
    {
        ArgumentNullException.ThrowIfNull(nick);
        ArgumentNullException.ThrowIfNull(user);
        return new ValueTask<NickDecision>(NickSpelling.Objection(nick) is { } objection
            ? NickDecision.Refuse(PacketErrorCode.NickInvalid, objection)
            : Reserve(IdentityOf(nick), user.Id));
    }

    /// <inheritdoc/>
    public ValueTask ReleaseAsync(string nick, IUser user)
    {
        ArgumentNullException.ThrowIfNull(nick);
        ArgumentNullException.ThrowIfNull(user);
        var identity = IdentityOf(nick);
        var owner = user.Id;
        lock (_gate)
        {
            if (_reserved.TryGetValue(identity.Reading, out var held) && held.Owner == owner)
            {
                if (held.Count > 1)
                    _reserved[identity.Reading] = held with { Count = held.Count - 1 };
                else
                    _reserved.Remove(identity.Reading);
                if (lookAlikes != NickLookAlikes.Accept)
                    _skeletons.Remove(identity, owner);
            }
        }

        return default;
    }

    private NickDecision Reserve(in NickIdentity nick, int owner, NickDecision? answer = null)
    {
        lock (_gate)
        {
            _reserved.TryGetValue(nick.Reading, out var held);
            if (held.Count > 0 && held.Owner != owner)
                return held.Answer ?? _taken;
            if (lookAlikes != NickLookAlikes.Accept)
            {
                if (_skeletons.IsHeldByOther(nick, owner, acrossScripts: lookAlikes == NickLookAlikes.RefuseAcrossScripts))
                    return _looksTaken;
                _skeletons.Add(nick, owner);
            }

            _reserved[nick.Reading] = new Reservation(owner, held.Count + 1, answer);
        }

        return NickDecision.Accepted;
    }

    private NickIdentity IdentityOf(string nick) => lookAlikes == NickLookAlikes.Accept ? NickIdentity.OfReading(nick) : NickIdentity.Of(nick);

    /// <summary>The reservation of a nick by its holder.</summary>
    /// <param name="Owner">The user's id, which is the same on each of its connections; a negative number for a nick that is withheld.</param>
    /// <param name="Count">How often it was reserved.</param>
    /// <param name="Answer">The answer to others, for a nick that is withheld.</param>
    private readonly record struct Reservation(int Owner, int Count, NickDecision? Answer);
}
