using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using TPacket.Server.Stores.Tracing;

namespace TPacket.Server.Sessions;

/// <summary>The signed-in users by id. Assigns the ids of new users.</summary>
internal sealed class UserRegistry(TracedUserIdStore ids, TimeProvider timeProvider, IOptions<TPacketServerOptions> options) : IUserDirectory
{
    private const int IdsInBlock = 1024;

    private readonly ConcurrentDictionary<int, IUser> _users = new();
    private readonly Lock _gate = new();
    private TaskCompletionSource? _refilling;
    private UserIdBlock _block = new(0, 0);
    private long _session = BitConverter.ToInt64(RandomNumberGenerator.GetBytes(sizeof(long)));

    public int Count => _users.Count;

    /// <summary>The users; not a copy.</summary>
    public IEnumerable<IUser> All => _users.Select(static user => user.Value);

    public IReadOnlyList<IUser> Users => [.. _users.Values];

    public IUser? Find(int id) => _users.GetValueOrDefault(id);

    /// <summary>Assigns an unused id to a session, which keeps it.</summary>
    public async ValueTask AssignIdAsync(Session session)
    {
        while (session.Id == 0)
        {
            if (!Volatile.Read(ref _block).TryTake(out var id))
                await RefillAsync().ConfigureAwait(false);
            else if (!_users.ContainsKey(id))
                session.Id = id;
        }
    }

    /// <summary>
    /// Returns the number of a new session. The number is unique on this server, and differs
    /// from the numbers of other servers with the probability of 64-bit random numbers.
    /// </summary>
    public long NextSession()
    {
        long session;
        do
            session = Interlocked.Increment(ref _session);
        while (session == 0);
        return session;
    }

    /// <summary>Adds a user, or replaces the object of its previous connection.</summary>
    public void Add(IUser user) => _users[user.Id] = user;

    /// <summary>Removes a user, unless another object has replaced it.</summary>
    public void Remove(IUser user) => _users.TryRemove(KeyValuePair.Create(user.Id, user));

    /// <summary>Reserves the next block of ids. Concurrent callers wait for the same call of the store.</summary>
    /// <exception cref="RoomStoreException">The store failed or did not answer in time.</exception>
    private Task RefillAsync()
    {
        TaskCompletionSource refilled;
        lock (_gate)
        {
            if (_block.HasMore)
                return Task.CompletedTask;
            if (_refilling is not null)
                return _refilling.Task;
            _refilling = refilled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        _ = RefillAsync(refilled);
        return refilled.Task;
    }

    private async Task RefillAsync(TaskCompletionSource refilled)
    {
        Exception? error = null;
        try
        {
            var block = await ids.ReserveAsync(IdsInBlock).AsTask().WaitAsync(options.Value.StoreTimeout, timeProvider).ConfigureAwait(false);
            Volatile.Write(ref _block, block);
        }
        catch (Exception e)
        {
            // No user has an id of the block, so the outcome does not matter.
            error = new RoomStoreException("The store of user ids failed or did not answer in time.", isOutcomeUnknown: false, e);
        }

        lock (_gate)
            _refilling = null;
        if (error is null)
            refilled.SetResult();
        else
            refilled.SetException(error);
    }
}
