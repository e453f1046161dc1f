using TPacket.Server.Sessions;
using TPacket.WebSockets;

namespace TPacket.Server.Nicks;

/// <summary>Closes the connections of users that have lost their nick. They come again with another one, or on another server.</summary>
/// <param name="store">Where servers share their users; null elsewhere.</param>
/// <param name="users">The users here.</param>
internal sealed class LostNicks(INickStore? store, UserRegistry users)
{
    /// <summary>Begins to listen.</summary>
    public void Start()
    {
        if (store is not null)
            store.Lost = OnLost;
    }

    private void OnLost(int id)
    {
        // A user that is away finds out when it is back.
        if (users.Find(id) is Session session)
            session.Connection.Close(CloseStatus.TryAgainLater, "the nick was lost");
    }
}
