using TPacket.Server.Stores.InMemory;
using TPacket.Testing;

namespace TPacket.Server.Tests.Stores;

public sealed class InMemoryUserIdStoreTests : UserIdStoreSpecification
{
    protected override ValueTask<IUserIdStore> CreateAsync() => new(new InMemoryUserIdStore());
}
