namespace TPacket.Server.Stores.InMemory;

/// <summary>The default store: allocates consecutive ids in memory.</summary>
internal sealed class InMemoryUserIdStore : IUserIdStore
{
    private readonly Lock _gate = new();
    private int _next = IUserIdStore.FirstId;

    public ValueTask<UserIdBlock> ReserveAsync(int count)
    {
        lock (_gate)
        {
            if (_next > int.MaxValue - count)
                _next = IUserIdStore.FirstId;
            var block = new UserIdBlock(_next, count);
            _next += count;
            return new ValueTask<UserIdBlock>(block);
        }
    }
}
