using System.Buffers.Binary;
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
    private readonly INickStore? _store;
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

    /// <summary>Makes a policy with the options of a server, for servers that share their users.</summary>
    /// <param name="options">Their <see cref="TPacketServerOptions.NickLookAlikes"/> is used.</param>
    /// <param name="store">Keeps which user has which nick. What is withheld is so on this server alone.</param>
    public UniqueNickPolicy(IOptions<TPacketServerOptions> options, INickStore store)
        : this(options)
    {
        ArgumentNullException.ThrowIfNull(store);
        _store = store;
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
        if (NickSpelling.Objection(nick) is { } objection)
            return new ValueTask<NickDecision>(NickDecision.Refuse(PacketErrorCode.NickInvalid, objection));
        return _store is null ? new ValueTask<NickDecision>(Reserve(IdentityOf(nick), user.Id)) : ReserveSharedAsync(_store, IdentityOf(nick), user.Id);
    }

    /// <inheritdoc/>
    public ValueTask ReleaseAsync(string nick, IUser user)
    {
        ArgumentNullException.ThrowIfNull(nick);
        ArgumentNullException.ThrowIfNull(user);
        var identity = IdentityOf(nick);
        var owner = user.Id;
        if (_store is not null)
            return _store.ReleaseAsync(ClaimOf(identity), owner);
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
            if (Objection(nick, owner, out var count) is { } objection)
                return objection;
            if (lookAlikes != NickLookAlikes.Accept)
                _skeletons.Add(nick, owner);
            _reserved[nick.Reading] = new Reservation(owner, count + 1, answer);
        }

        return NickDecision.Accepted;
    }

    /// <summary>The nicks that are withheld are known here, and those of users in the store.</summary>
    private ValueTask<NickDecision> ReserveSharedAsync(INickStore store, in NickIdentity nick, int owner)
    {
        lock (_gate)
        {
            if (Objection(nick, owner, out _) is { } objection)
                return new ValueTask<NickDecision>(objection);
        }

        return DecideAsync(store.ReserveAsync(ClaimOf(nick), owner, lookAlikes));
    }

    private static async ValueTask<NickDecision> DecideAsync(ValueTask<NickClaimResult> reserving) => await reserving.ConfigureAwait(false) switch
    {
        NickClaimResult.Reserved => NickDecision.Accepted,
        NickClaimResult.LooksTaken => _looksTaken,
        _ => _taken,
    };

    /// <summary>Why a nick cannot be reserved; null where it can. Guarded by the gate.</summary>
    private NickDecision? Objection(in NickIdentity nick, int owner, out int count)
    {
        _reserved.TryGetValue(nick.Reading, out var held);
        count = held.Count;
        if (count > 0 && held.Owner != owner)
            return held.Answer ?? _taken;
        return lookAlikes != NickLookAlikes.Accept && _skeletons.IsHeldByOther(nick, owner, acrossScripts: lookAlikes == NickLookAlikes.RefuseAcrossScripts) ? _looksTaken : null;
    }

    private NickClaim ClaimOf(in NickIdentity nick)
    {
        var scripts = new byte[3 * sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(scripts, nick.Scripts.Low);
        BinaryPrimitives.WriteUInt64LittleEndian(scripts.AsSpan(sizeof(ulong)), nick.Scripts.Middle);
        BinaryPrimitives.WriteUInt64LittleEndian(scripts.AsSpan(2 * sizeof(ulong)), nick.Scripts.High);
        return new NickClaim(nick.Reading, lookAlikes == NickLookAlikes.Accept ? [] : [.. nick.Skeletons()], scripts);
    }

    private NickIdentity IdentityOf(string nick) => lookAlikes == NickLookAlikes.Accept ? NickIdentity.OfReading(nick) : NickIdentity.Of(nick);

    /// <summary>The reservation of a nick by its holder.</summary>
    /// <param name="Owner">The user's id, which is the same on each of its connections; a negative number for a nick that is withheld.</param>
    /// <param name="Count">How often it was reserved.</param>
    /// <param name="Answer">The answer to others, for a nick that is withheld.</param>
    private readonly record struct Reservation(int Owner, int Count, NickDecision? Answer);
}
