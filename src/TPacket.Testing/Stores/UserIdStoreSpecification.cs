using TPacket.Server;

namespace TPacket.Testing;

#pragma warning disable CS1591 // The name of a test is its rule.

/// <summary>
/// The contract of <see cref="IUserIdStore"/> as xunit tests. The author of a store derives a class, overrides <see cref="CreateAsync"/>,
/// and overrides other members if the store differs from their defaults. xunit creates an instance for each test; each test disposes of its stores.
/// </summary>
public abstract class UserIdStoreSpecification : IAsyncLifetime
{
    private const int MostIds = 65_536;

    private readonly List<IUserIdStore> _stores = [];

    /// <summary>Creates a store that has not reserved any id.</summary>
    /// <returns>The store. The test disposes of it if it is <see cref="IAsyncDisposable"/> or <see cref="IDisposable"/>.</returns>
    protected abstract ValueTask<IUserIdStore> CreateAsync();

    /// <summary>Whether the store keeps its reservations after the server has ended. If true, override <see cref="ReopenAsync"/>. Default: false.</summary>
    protected virtual bool KeepsIds => false;

    /// <summary>The longest wait for a block of ids. Default: 20 s.</summary>
    protected virtual TimeSpan Deadline => TimeSpan.FromSeconds(20);

    /// <summary>Called by xunit before each test.</summary>
    public virtual Task InitializeAsync() => Task.CompletedTask;

    /// <summary>Called by xunit after each test: disposes of the stores. An override must call the base method.</summary>
    public virtual async Task DisposeAsync()
    {
        foreach (var store in _stores)
        {
            if (store is IAsyncDisposable asynchronous)
                await asynchronous.DisposeAsync();
            else
                (store as IDisposable)?.Dispose();
        }

        _stores.Clear();
    }

    [Fact]
    public async Task The_first_id_is_that_of_the_oldest_server()
    {
        var store = await CreateStoreAsync();

        Assert.Equal(IUserIdStore.FirstId, (await IdsAsync(store, 3))[0]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1000)]
    [InlineData(MostIds)]
    public async Task A_block_has_as_many_ids_as_were_asked_for(int count)
    {
        var store = await CreateStoreAsync();
        await IdsAsync(store, 7);

        var ids = await IdsAsync(store, count);

        Assert.Equal(count, ids.Length);
        Assert.Equal(count, ids.Distinct().Count());
        Assert.All(ids, static id => Assert.True(id >= IUserIdStore.FirstId));
    }

    [Fact]
    public async Task No_id_is_handed_out_twice_however_many_ask_at_once()
    {
        var store = await CreateStoreAsync();

        Assert.Equal(8 * 20 * 21 / 2, await CountAsync(store, store));
    }

    [Fact]
    public async Task No_id_is_handed_out_by_two_stores_of_one_place()
    {
        var store = await CreateStoreAsync();
        var other = await OpenAnotherAsync(store);
        if (other != store)
            _stores.Add(other);

        Assert.Equal(8 * 20 * 21 / 2, await CountAsync(store, other));
    }

    [Fact]
    public async Task No_id_is_handed_out_again_by_the_next_server()
    {
        if (!KeepsIds)
            return;
        var store = await CreateStoreAsync();
        var before = await IdsAsync(store, 1000);

        _stores.Remove(store);
        _stores.Add(store = await ReopenAsync(store));

        Assert.Empty(before.Intersect(await IdsAsync(store, 1000)));
    }

    [Fact]
    public async Task After_the_last_positive_number_the_ids_begin_again()
    {
        var store = await CreateStoreAsync();
        await AdvanceAsync(store, int.MaxValue - 1500);

        var last = (await IdsAsync(store, 1000))[0];
        int[] around = [.. await IdsAsync(store, 1000), .. await IdsAsync(store, 1000)];

        Assert.InRange(last, int.MaxValue - 1500 - MostIds, int.MaxValue - 1000);
        Assert.All(around, static id => Assert.True(id >= IUserIdStore.FirstId, $"{id} is no id."));
        Assert.Equal(around.Length, around.Distinct().Count());
        Assert.Contains(around, static id => id < IUserIdStore.FirstId + 2000);
    }

    /// <summary>
    /// Opens a second store on the data of the first store, as another server does.
    /// Default: returns the first store, for stores that only one server can use at a time.
    /// </summary>
    /// <param name="store">The first store, which stays open.</param>
    protected virtual ValueTask<IUserIdStore> OpenAnotherAsync(IUserIdStore store) => new(store);

    /// <summary>
    /// Ends the store as abruptly as possible, and opens another store on the same data. The tests call the method only if <see cref="KeepsIds"/> is true.
    /// </summary>
    /// <param name="store">The store to end. The override disposes of the store; the test does not use it again.</param>
    protected virtual ValueTask<IUserIdStore> ReopenAsync(IUserIdStore store) =>
        throw new NotSupportedException($"{nameof(KeepsIds)} is true: override {nameof(ReopenAsync)}.");

    /// <summary>
    /// Reserves all ids below a number that the store has not reached yet.
    /// The default implementation makes up to 32,768 calls; override the method for a store with slow calls.
    /// </summary>
    /// <param name="store">The store.</param>
    /// <param name="id">The next id of the store, which may be up to 65,536 lower.</param>
    protected virtual async ValueTask AdvanceAsync(IUserIdStore store, int id)
    {
        ArgumentNullException.ThrowIfNull(store);
        int next;
        do
        {
            var block = await store.ReserveAsync(MostIds).AsTask().WaitAsync(Deadline, TimeProvider.System);
            Assert.True(block.TryTake(out next));
        }
        while (next < id - (2 * MostIds));

        // The remaining ids.
        await store.ReserveAsync(Math.Max(1, Math.Min(MostIds, id - next - MostIds))).AsTask().WaitAsync(Deadline, TimeProvider.System);
    }

    private async ValueTask<IUserIdStore> CreateStoreAsync()
    {
        var store = await CreateAsync();
        _stores.Add(store);
        return store;
    }

    private async ValueTask<int[]> IdsAsync(IUserIdStore store, int count)
    {
        var block = await store.ReserveAsync(count).AsTask().WaitAsync(Deadline, TimeProvider.System);
        var ids = new List<int>();
        while (block.TryTake(out var id))
            ids.Add(id);
        return [.. ids];
    }

    private async Task<int> CountAsync(IUserIdStore first, IUserIdStore second)
    {
        var ids = await Task.WhenAll(Enumerable.Range(0, 8).Select(task => Task.Run(async () =>
        {
            var mine = new List<int>();
            for (var i = 1; i <= 20; i++)
                mine.AddRange(await IdsAsync(task % 2 == 0 ? first : second, i));
            return mine;
        })));
        return ids.SelectMany(static mine => mine).Distinct().Count();
    }
}
