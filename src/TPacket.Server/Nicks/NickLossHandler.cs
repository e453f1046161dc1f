using TPacket.Server.Sessions;
using TPacket.WebSockets;

namespace TPacket.Server.Nicks;

/// <summary>Closes the connections of users that have lost their nick. Their clients reconnect, with another nick or to another server.</summary>
/// <param name="store">The shared store of nicks; null if users are not shared.</param>
/// <param name="users">The users of this server.</param>
internal sealed class NickLossHandler(INickStore? store, UserRegistry users)
{
    /// <summary>Subscribes to the store.</summary>
    public void Start()
    {
        if (store is not null)
            store.Lost = OnLost;
    }

    private void OnLost(int id)
    {
        // A user that is away is rejected when it resumes.
        if (users.Find(id) is Session session)
            session.Connection.Close(CloseStatus.TryAgainLater, "the nick was lost");
    }
}
