using TPacket.Server;
using TPacket.Server.Sqlite;
using TPacket.Sqlite.Tests.Harness;
using TPacket.Testing;

namespace TPacket.Sqlite.Tests;

/// <summary>The specification of user id stores.</summary>
public sealed class SqliteUserIdStoreTests : UserIdStoreSpecification
{
    private readonly TestPlaces _places = new();

    protected override bool KeepsIds => true;

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        await _places.ReleaseAsync();
    }

    protected override ValueTask<IUserIdStore> CreateAsync() => new(_places.Create());

    protected override async ValueTask<IUserIdStore> ReopenAsync(IUserIdStore store) => await _places.ReopenAsync((SqliteStore)store);

    protected override ValueTask AdvanceAsync(IUserIdStore store, int id)
    {
        _places.Execute((SqliteStore)store, $"UPDATE server SET next_user = {id}");
        return default;
    }
}
