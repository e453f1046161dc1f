using TPacket.Server;
using TPacket.Server.Sqlite;

namespace TPacket.Sqlite.Tests.Harness;

/// <summary>The stores of a specification's test, each with its own file.</summary>
internal sealed class TestPlaces
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tpacket-sqlite-");
    private readonly List<Place> _places = [];

    public SqliteStore Create(TimeProvider? time = null, Action<SqliteOptions>? configure = null)
    {
        var file = Path.Combine(_folder.FullName, $"{_places.Count}.db");
        var place = new Place(file, () => TestStore.Start(file, time, configure));
        _places.Add(place);
        return place.Open();
    }

    /// <summary>Ends a store with open rooms and opens another one with its file. CrashTests kill whole processes.</summary>
    public async Task<SqliteStore> ReopenAsync(SqliteStore store)
    {
        var place = Find(store);
        await place.CloseAsync();
        return place.Open();
    }

    /// <summary>Runs a statement in a store's file.</summary>
    public void Execute(SqliteStore store, string sql) => FileInspector.Execute(Find(store).File, sql);

    /// <summary>Ends the stores and deletes their files.</summary>
    public async Task ReleaseAsync()
    {
        foreach (var place in _places)
            await place.CloseAsync();
        _folder.Delete(recursive: true);
    }

    private Place Find(SqliteStore store) => _places.Single(place => place.Current?.Store == store);

    private sealed class Place(string file, Func<TestStore> start)
    {
        public string File => file;

        public TestStore? Current { get; private set; }

        public SqliteStore Open() => (Current = start()).Store;

        public async Task CloseAsync()
        {
            if (Current is { } current)
                await current.DisposeAsync();
            Current = null;
        }
    }
}
