using TPacket.Server.Stores.InMemory;
using TPacket.Testing;

namespace TPacket.Server.Tests.Stores;

public sealed class InMemorySessionStoreTests : SessionStoreSpecification
{
    protected override ValueTask<ISessionStore> CreateAsync() => new(new InMemorySessionStore());
}
