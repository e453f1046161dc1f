using System.Buffers.Binary;
using Microsoft.Extensions.Options;
using TPacket.Protocol;
using TPacket.Server.Nicks;

namespace TPacket.Server;

/// <summary>
/// The default nick policy: nicks are unique. The policy compares nicks after Unicode normalization (NFKC), and ignores case, invisible characters,
/// and the number and width of blanks. <see cref="NickLookAlikes"/> determines whether it refuses look-alike nicks. A nick needs a visible character,
/// must not contain control characters, and must not begin or end with white space. The policy uses the data of Unicode 15.0 on every machine and in
/// every globalization mode. A policy of the application can call this policy for the decisions that it leaves to the default. Thread-safe.
/// </summary>
/// <param name="lookAlikes">The look-alike nicks that the policy refuses.</param>
public sealed class UniqueNickPolicy(NickLookAlikes lookAlikes) : INickPolicy
{
    private static readonly NickDecision _taken = NickDecision.Refuse(PacketErrorCode.NickTaken, "This nick is taken.");
    private static readonly NickDecision _looksTaken = NickDecision.Refuse(PacketErrorCode.NickTaken, "This nick looks like one that is taken.");

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Reservation> _reserved = new(StringComparer.Ordinal);
    private readonly SkeletonIndex _skeletons = new();
    private readonly INickStore? _store;
    private int _withheld;

    /// <summary>Creates a policy with <see cref="NickLookAlikes.RefuseAcrossScripts"/>.</summary>
    public UniqueNickPolicy()
        : this(NickLookAlikes.RefuseAcrossScripts)
    {
    }

    /// <summary>Creates a policy with the options of a server.</summary>
    /// <param name="options">The options; <see cref="TPacketServerOptions.NickLookAlikes"/> is used.</param>
    public UniqueNickPolicy(IOptions<TPacketServerOptions> options)
        : this((options ?? throw new ArgumentNullException(nameof(options))).Value.NickLookAlikes)
    {
    }

    /// <summary>Creates a policy with the options of a server, for servers that share their users.</summary>
    /// <param name="options">The options; <see cref="TPacketServerOptions.NickLookAlikes"/> is used.</param>
    /// <param name="store">Stores the reservations. Withheld nicks are kept on this server only.</param>
    public UniqueNickPolicy(IOptions<TPacketServerOptions> options, INickStore store)
        : this(options)
    {
        ArgumentNullException.ThrowIfNull(store);
        _store = store;
    }

    /// <summary>
    /// Withholds a nick from all users. The policy refuses requests for the nick in any spelling with
    /// <paramref name="answer"/>, and requests for a look-alike with <see cref="PacketErrorCode.NickTaken"/>.
    /// </summary>
    /// <param name="nick">A valid nick.</param>
    /// <param name="answer">The refusal.</param>
    /// <exception cref="ArgumentException">The nick is invalid, already withheld or taken, or the answer is not a refusal.</exception>
    public void Withhold(string nick, NickDecision answer)
    {
        ArgumentNullException.ThrowIfNull(nick);
        if (answer.IsAccepted)
            throw new ArgumentException("The answer must be a refusal.", nameof(answer));
        if (NickSpelling.Validate(nick) is { } error)
            throw new ArgumentException(error, nameof(nick));
        if (Reserve(IdentityOf(nick), Interlocked.Decrement(ref _withheld), answer) is { IsAccepted: false } decision)
            throw new ArgumentException(decision.Text, nameof(nick));
    }

    /// <inheritdoc/>
    public ValueTask<NickDecision> ReserveAsync(string nick, IUser user)
    {
        ArgumentNullException.ThrowIfNull(nick);
        ArgumentNullException.ThrowIfNull(user);
        if (NickSpelling.Validate(nick) is { } error)
            return new ValueTask<NickDecision>(NickDecision.Refuse(PacketErrorCode.NickInvalid, error));
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
            if (RefusalOf(nick, owner, out var count) is { } refusal)
                return refusal;
            if (lookAlikes != NickLookAlikes.Accept)
                _skeletons.Add(nick, owner);
            _reserved[nick.Reading] = new Reservation(owner, count + 1, answer);
        }

        return NickDecision.Accepted;
    }

    /// <summary>Reserves a nick in the store, unless it is withheld. The policy keeps withheld nicks in memory; the store keeps the nicks of users.</summary>
    private ValueTask<NickDecision> ReserveSharedAsync(INickStore store, in NickIdentity nick, int owner)
    {
        lock (_gate)
        {
            if (RefusalOf(nick, owner, out _) is { } refusal)
                return new ValueTask<NickDecision>(refusal);
        }

        return DecideAsync(store.ReserveAsync(ClaimOf(nick), owner, lookAlikes));
    }

    private static async ValueTask<NickDecision> DecideAsync(ValueTask<NickClaimResult> reserving) => await reserving.ConfigureAwait(false) switch
    {
        NickClaimResult.Reserved => NickDecision.Accepted,
        NickClaimResult.LooksTaken => _looksTaken,
        _ => _taken,
    };

    /// <summary>Returns the reason for which a nick cannot be reserved; null for none. The caller holds the lock.</summary>
    private NickDecision? RefusalOf(in NickIdentity nick, int owner, out int count)
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

    /// <summary>The reservation of a nick.</summary>
    /// <param name="Owner">The user's id, which is the same on all of its connections; negative for a withheld nick.</param>
    /// <param name="Count">The number of reservations by the owner.</param>
    /// <param name="Answer">The refusal of a withheld nick; null for a nick of a user.</param>
    private readonly record struct Reservation(int Owner, int Count, NickDecision? Answer);
}
