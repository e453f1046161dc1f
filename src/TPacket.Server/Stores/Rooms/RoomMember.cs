using System.Text;

namespace TPacket.Server;

/// <summary>A user as the others in a room see it. Immutable.</summary>
public sealed class RoomMember
{
    private readonly byte[] _nickUtf8;

    /// <summary>Describes a user.</summary>
    /// <param name="id">The user's id, positive.</param>
    /// <param name="nick">The user's nick.</param>
    /// <param name="session">Names the user's session; never 0 for a member of a room. Tells two users of one id apart.</param>
    /// <param name="generation">How many connections the session had before this one.</param>
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

    /// <summary>The nick as the wire carries it.</summary>
    public ReadOnlySpan<byte> NickUtf8 => _nickUtf8;

    /// <summary>Names the user's session.</summary>
    public long Session { get; }

    /// <summary>How many connections the session had before this one: only the latest may change anything.</summary>
    public int Generation { get; }

    /// <summary>Whether the connection was lost and the user may come back.</summary>
    public bool IsAway { get; }

    /// <summary>The same user with another nick.</summary>
    public RoomMember WithNick(string nick) => new(Id, nick, Encoding.UTF8.GetBytes(nick), Session, Generation, IsAway);

    /// <summary>The same user away.</summary>
    public RoomMember AsAway() => new(Id, Nick, _nickUtf8, Session, Generation, isAway: true);

    /// <summary>The same user, back on a later connection.</summary>
    public RoomMember AsReturned(int generation) => new(Id, Nick, _nickUtf8, Session, generation, isAway: false);

    /// <summary>Whether both are the same connection of the same user: namesakes and earlier connections are not.</summary>
    public bool IsSameAs(RoomMember other) => Id == other.Id && Session == other.Session && Generation == other.Generation;

    /// <inheritdoc/>
    public override string ToString() => $"{Nick} ({Id})";
}
