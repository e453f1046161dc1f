using TPacket.Server;
using TPacket.Server.Stores;

namespace TPacket.Testing.Tests;

public sealed class InMemoryUserIdStoreTests : UserIdStoreSpecification
{
    protected override ValueTask<IUserIdStore> CreateAsync() => new(new InMemoryUserIdStore());
}
