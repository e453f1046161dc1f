using TPacket.Server;
using TPacket.Server.Sqlite;
using TPacket.Sqlite.Tests.Harness;
using TPacket.Testing;

namespace TPacket.Sqlite.Tests.Rooms;

/// <summary>The specification of room stores, with a retention equal to the history of newcomers.</summary>
public sealed class SqliteRoomStoreTests : RoomStoreSpecification
{
    private readonly TestPlaces _places = new();

    protected override int? HistoryMessages => 100;

    protected override bool KeepsRooms => true;

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        await _places.ReleaseAsync();
    }

    protected override ValueTask<IRoomStore> CreateAsync() => new(_places.Create(Time, static options => options.RetentionMessages = 100));

    protected override async ValueTask<IRoomStore> ReopenAsync(IRoomStore store) => await _places.ReopenAsync((SqliteStore)store);
}
