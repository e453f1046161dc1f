using System.Net;
using TPacket.Server;

namespace TPacket.Testing;

/// <summary>A user for nick policies: no two have the same id.</summary>
internal sealed class NickUser : IUser
{
    private static int _last = 0xFFF;

    public int Id { get; } = Interlocked.Increment(ref _last);

    public string Nick => "";

    public IRoom? Room => null;

    public EndPoint? RemoteEndPoint => null;

    public CancellationToken Disconnected => CancellationToken.None;

    public bool Accepts(int command) => false;

    public bool Send(int command, int p1, int p2, ReadOnlySpan<byte> data) => false;

    public ValueTask EnterRoomAsync(string name) => throw new NotSupportedException();

    public void Disconnect(string reason)
    {
    }
}
