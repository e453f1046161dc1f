using TPacket.Server;
using TPacket.Server.Stores;
using TPacket.Testing;

namespace TPacket.Stores.Tests;

public sealed class InMemorySessionStoreTests : SessionStoreSpecification
{
    protected override ValueTask<ISessionStore> CreateAsync() => new(new InMemorySessionStore());
}
