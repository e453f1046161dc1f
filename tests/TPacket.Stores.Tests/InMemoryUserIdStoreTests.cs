using TPacket.Server;
using TPacket.Server.Stores;
using TPacket.Testing;

namespace TPacket.Stores.Tests;

public sealed class InMemoryUserIdStoreTests : UserIdStoreSpecification
{
    protected override ValueTask<IUserIdStore> CreateAsync() => new(new InMemoryUserIdStore());
}
