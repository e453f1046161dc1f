using TPacket.Server;

namespace TPacket.Testing.Tests.Stores;

/// <summary>The specification holds for a store that keeps rooms.</summary>
public sealed class KeepingStoreTests : RoomStoreSpecification
{
    protected override int? HistoryMessages => 100;

    protected override bool KeepsRooms => true;

    protected override ValueTask<IRoomStore> CreateAsync() => new(new KeepingStore(new KeepingPlace(Time)));

    protected override ValueTask<IRoomStore> ReopenAsync(IRoomStore store)
    {
        var place = ((KeepingStore)store).Place;
        place.Sweep();
        return new ValueTask<IRoomStore>(new KeepingStore(place));
    }
}
