using System.Collections.Concurrent;

namespace TPacket.Server.Sessions;

/// <summary>The signed-in users by id.</summary>
internal sealed class UserRegistry : IUserDirectory
{
    /// <summary>The first id; the oldest server began there too.</summary>
    public const int FirstId = 0x1000;

    private readonly ConcurrentDictionary<int, Session> _users = new();
    private uint _assigned;

    public int Count => _users.Count;

    public IReadOnlyList<IUser> Users => [.. _users.Values];

    public IUser? Find(int id) => _users.GetValueOrDefault(id);

    /// <summary>Gives a session an id that no user has; it keeps it for good.</summary>
    public void AssignId(Session session)
    {
        while (session.Id == 0)
        {
            // After two thousand million users, from the beginning: whoever still has its id is passed over.
            var id = (int)(FirstId + ((Interlocked.Increment(ref _assigned) - 1) % (int.MaxValue - FirstId)));
            if (!_users.ContainsKey(id))
                session.Id = id;
        }
    }

    public void Add(Session session) => _users[session.Id] = session;

    public void Remove(Session session) => _users.TryRemove(KeyValuePair.Create(session.Id, session));
}
