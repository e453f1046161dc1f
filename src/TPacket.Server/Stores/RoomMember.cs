using System.Text;

namespace TPacket.Server;

/// <summary>A user as the others in a room see it. Immutable.</summary>
public sealed class RoomMember
{
    private readonly byte[] _nickUtf8;

    /// <summary>Describes a user.</summary>
    /// <param name="id">The user's id, positive.</param>
    /// <param name="nick">The user's nick.</param>
    public RoomMember(int id, string nick)
    {
        Id = id;
        Nick = nick;
        _nickUtf8 = Encoding.UTF8.GetBytes(nick);
    }

    /// <summary>The user's id.</summary>
    public int Id { get; }

    /// <summary>The user's nick.</summary>
    public string Nick { get; }

    /// <summary>The nick as the wire carries it.</summary>
    public ReadOnlySpan<byte> NickUtf8 => _nickUtf8;

    /// <inheritdoc/>
    public override string ToString() => $"{Nick} ({Id})";
}
