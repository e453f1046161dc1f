using Microsoft.Extensions.Time.Testing;
using TPacket.Server;
using TPacket.Server.Sqlite;
using TPacket.Sqlite.Tests.Harness;
using TPacket.Testing;

namespace TPacket.Sqlite.Tests.Sessions;

/// <summary>The specification of session stores.</summary>
public sealed class SqliteSessionStoreTests : SessionStoreSpecification
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tpacket-sqlite-");
    private TestStore? _place;

    protected override bool KeepsSessions => true;

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        if (_place is not null)
            await _place.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    protected override ValueTask<ISessionStore> CreateAsync()
    {
        _place = TestStore.Start(Path.Combine(_folder.FullName, "sessions.db"), _time);
        return new(new SqliteSessionStore(_place.Queue));
    }

    protected override async ValueTask<ISessionStore> ReopenAsync(ISessionStore store, TimeSpan pause)
    {
        await _place!.DisposeAsync();
        _time.Advance(pause);
        return await CreateAsync();
    }

    protected override async ValueTask PassAsync(ISessionStore store, TimeSpan time)
    {
        for (; time > TimeSpan.Zero; time -= TimeSpan.FromSeconds(1))
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            // The writer executes the tick before this call.
            await store.EndAsync(long.MaxValue, 0);
        }
    }
}
