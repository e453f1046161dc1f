// begin-snippet: store-tests
using TPacket.Server;
using TPacket.Testing;
// end-snippet

namespace TPacket.Docs.Tests.Snippets;

// begin-snippet: store-tests
public sealed class MyStoreTests : RoomStoreSpecification
{
    protected override int? HistoryMessages => 100;

    protected override ValueTask<IRoomStore> CreateAsync() => new(new MyStore(Time));
}
// end-snippet
