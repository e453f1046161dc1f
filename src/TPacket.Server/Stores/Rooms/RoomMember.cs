using System.Text;

namespace TPacket.Server;

/// <summary>A member of a room. Immutable.</summary>
public sealed class RoomMember
{
    private readonly byte[] _nickUtf8;

    /// <summary>Creates a member.</summary>
    /// <param name="id">The user's id, positive.</param>
    /// <param name="nick">The user's nick.</param>
    /// <param name="session">The number of the user's session; never 0 for a member of a room. The number distinguishes users with the same id.</param>
    /// <param name="generation">The number of earlier connections of the session.</param>
    public RoomMember(int id, string nick, long session = 0, int generation = 0)
        : this(id, nick, Encoding.UTF8.GetBytes(nick), session, generation, isAway: false)
    {
    }

    private RoomMember(int id, string nick, byte[] nickUtf8, long session, int generation, bool isAway)
    {
        Id = id;
        Nick = nick;
        _nickUtf8 = nickUtf8;
        Session = session;
        Generation = generation;
        IsAway = isAway;
    }

    /// <summary>The user's id.</summary>
    public int Id { get; }

    /// <summary>The user's nick.</summary>
    public string Nick { get; }

    /// <summary>The nick in UTF-8, as on the wire.</summary>
    public ReadOnlySpan<byte> NickUtf8 => _nickUtf8;

    /// <summary>The number of the user's session.</summary>
    public long Session { get; }

    /// <summary>The number of earlier connections of the session. Only the latest generation can append.</summary>
    public int Generation { get; }

    /// <summary>Whether the member has no connection and may return.</summary>
    public bool IsAway { get; }

    /// <summary>Returns the member with another nick.</summary>
    public RoomMember WithNick(string nick) => new(Id, nick, Encoding.UTF8.GetBytes(nick), Session, Generation, IsAway);

    /// <summary>Returns the member as away.</summary>
    public RoomMember AsAway() => new(Id, Nick, _nickUtf8, Session, Generation, isAway: true);

    /// <summary>Returns the member as returned on a later connection.</summary>
    public RoomMember AsReturned(int generation) => new(Id, Nick, _nickUtf8, Session, generation, isAway: false);

    /// <summary>Returns whether both members have the same id, session and generation, and so represent the same connection.</summary>
    public bool IsSameAs(RoomMember other) => Id == other.Id && Session == other.Session && Generation == other.Generation;

    /// <inheritdoc/>
    public override string ToString() => $"{Nick} ({Id})";
}
