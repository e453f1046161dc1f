using TPacket.Server;
using TPacket.Server.Stores;

namespace TPacket.Testing.Tests;

public sealed class InMemorySessionStoreTests : SessionStoreSpecification
{
    protected override ValueTask<ISessionStore> CreateAsync() => new(new InMemorySessionStore());
}
