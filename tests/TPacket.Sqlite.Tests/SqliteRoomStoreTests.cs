using TPacket.Server;
using TPacket.Sqlite.Tests.Harness;
using TPacket.Stores.Tests.Specifications;

namespace TPacket.Sqlite.Tests;

/// <summary>The store keeps to the contract, with as many events in the file as newcomers are shown.</summary>
public sealed class SqliteRoomStoreTests : RoomStoreSpecification, IAsyncLifetime, IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<TestStore> _stores = [];

    protected override int? HistoryMessages => 100;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var store in _stores)
            await store.DisposeAsync();
    }

    public void Dispose() => _folder.Dispose();

    protected override IRoomStore CreateStore()
    {
        var store = TestStore.Start(Path.Combine(_folder.Path, $"{_stores.Count}.db"), Time, options => options.RetentionMessages = 100);
        _stores.Add(store);
        return store.Store;
    }
}
