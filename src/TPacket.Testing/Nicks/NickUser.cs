using System.Net;
using TPacket.Server;

namespace TPacket.Testing.Nicks;

/// <summary>A user with an id only.</summary>
/// <param name="id">The user's id.</param>
internal sealed class NickUser(int id) : IUser
{
    private static int _last = 0xFFF;

    /// <summary>Creates a user with a unique id.</summary>
    public NickUser()
        : this(Interlocked.Increment(ref _last))
    {
    }

    public int Id => id;

    public string Nick => "";

    public IRoom? Room => null;

    public EndPoint? RemoteEndPoint => null;

    public ItemCollection Items { get; } = new();

    public CancellationToken Disconnected => CancellationToken.None;

    public bool Accepts(int command) => false;

    public bool Send(int command, int p1, int p2, ReadOnlySpan<byte> data) => false;

    public ValueTask EnterRoomAsync(string name) => throw new NotSupportedException();

    public void Disconnect(string reason)
    {
    }
}
