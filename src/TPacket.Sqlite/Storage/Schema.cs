using System.Globalization;
using System.Security.Cryptography;

namespace TPacket.Server.Sqlite.Storage;

/// <summary>The schema of the file and its migrations.</summary>
internal static class Schema
{
    /// <summary>SQLite's application id, "TPkt", by which tools recognize the file.</summary>
    public const int ApplicationId = 0x54506b74;

    /// <summary>The current version of the schema.</summary>
    public const int Version = 3;

    /// <summary>The number of low bits of an event's row id that contain the offset. The bits above contain the room's id.</summary>
    public const int OffsetBits = 40;

    private static readonly string _events = """
        (
            id INTEGER PRIMARY KEY, -- The room's id shifted by 40 bits, plus the offset, so that a room's events are adjacent and in order.
            time INTEGER NOT NULL,
            "check" INTEGER NOT NULL,
            kind INTEGER NOT NULL,
            stream INTEGER NOT NULL,
            user INTEGER,
            session INTEGER,
            generation INTEGER,
            nick TEXT,
            cause INTEGER,
            command INTEGER,
            p1 INTEGER,
            p2 INTEGER,
            data BLOB NOT NULL
        );
        """;

    /// <summary>The migrations from each version to the next. A released migration never changes.</summary>
    private static readonly string[] _migrations =
    [
        $"""
        CREATE TABLE server (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            file INTEGER NOT NULL, -- The number of this file. A backup has another one.
            branch INTEGER NOT NULL, -- A new number whenever the file was found to be older than the last served one.
            run INTEGER NOT NULL, -- The number of starts.
            next_user INTEGER NOT NULL
        );
        CREATE TABLE room (
            id INTEGER PRIMARY KEY,
            name TEXT NOT NULL UNIQUE,
            branch INTEGER NOT NULL,
            run INTEGER NOT NULL,
            epoch INTEGER NOT NULL,
            key0 INTEGER NOT NULL,
            key1 INTEGER NOT NULL,
            offset INTEGER NOT NULL,
            "check" INTEGER NOT NULL,
            time INTEGER NOT NULL,
            heads BLOB NOT NULL,
            chat_count INTEGER NOT NULL,
            chat_bytes INTEGER NOT NULL,
            chat_dropped INTEGER NOT NULL,
            chat_dropped_check INTEGER NOT NULL,
            other_count INTEGER NOT NULL,
            other_bytes INTEGER NOT NULL,
            other_dropped INTEGER NOT NULL,
            other_dropped_check INTEGER NOT NULL,
            oldest INTEGER NOT NULL
        );
        CREATE INDEX room_oldest ON room (oldest);
        CREATE TABLE member (
            room INTEGER NOT NULL,
            user INTEGER NOT NULL,
            session INTEGER NOT NULL,
            generation INTEGER NOT NULL,
            away INTEGER NOT NULL,
            nick TEXT NOT NULL,
            offset INTEGER NOT NULL,
            "check" INTEGER NOT NULL,
            time INTEGER NOT NULL,
            PRIMARY KEY (room, user)
        ) WITHOUT ROWID;
        CREATE TABLE request (
            room INTEGER NOT NULL,
            author INTEGER NOT NULL,
            number INTEGER NOT NULL,
            digest INTEGER NOT NULL,
            offset INTEGER NOT NULL,
            "check" INTEGER NOT NULL,
            time INTEGER NOT NULL,
            PRIMARY KEY (room, author, number)
        ) WITHOUT ROWID;
        CREATE TABLE chat {_events}
        CREATE TABLE other {_events}
        """,
        """
        ALTER TABLE server ADD COLUMN alive INTEGER NOT NULL DEFAULT 0; -- The last time at which a server ran; updated only while a user is away.
        CREATE TABLE session (
            number INTEGER PRIMARY KEY,
            user INTEGER NOT NULL,
            nick TEXT NOT NULL,
            token BLOB NOT NULL UNIQUE,
            next BLOB UNIQUE,
            principal BLOB,
            generation INTEGER NOT NULL,
            grace INTEGER NOT NULL,
            room TEXT,
            accepted BLOB NOT NULL,
            away INTEGER NOT NULL, -- The time since which the user is away, in milliseconds since the Unix epoch; 0 if it is not away.
            away_grace INTEGER
        );
        CREATE INDEX session_away ON session (away) WHERE away > 0;
        """,
        """
        ALTER TABLE server ADD COLUMN served INTEGER NOT NULL DEFAULT 0; -- The last time at which a server ran; updated only while there are rules.
        ALTER TABLE server ADD COLUMN downtime INTEGER NOT NULL DEFAULT 0; -- The milliseconds in which no server ran, over all runs.
        CREATE TABLE rules (
            room INTEGER PRIMARY KEY,
            offset INTEGER NOT NULL, -- A copy of the event that gave the room its rules, since retention may drop the event.
            "check" INTEGER NOT NULL,
            time INTEGER NOT NULL,
            p1 INTEGER NOT NULL,
            p2 INTEGER NOT NULL,
            data BLOB NOT NULL,
            basis_offset INTEGER NOT NULL, -- The position after the last event that the state includes.
            basis_check INTEGER NOT NULL,
            basis_version INTEGER NOT NULL,
            wake INTEGER,
            finished INTEGER NOT NULL,
            decided INTEGER NOT NULL,
            presence INTEGER NOT NULL,
            downtime INTEGER NOT NULL -- The server's downtime when the log last recorded it.
        );
        CREATE INDEX rules_wake ON rules (wake) WHERE wake IS NOT NULL;
        CREATE TABLE rules_state (room INTEGER PRIMARY KEY, state BLOB NOT NULL);
        """,
    ];

    /// <summary>Creates the tables or migrates them to the current version, in one transaction.</summary>
    /// <exception cref="IOException">The file belongs to another program or has a newer version.</exception>
    public static void Migrate(Database database, string path)
    {
        using var transaction = database.BeginTransaction();
        var version = database.Scalar("PRAGMA user_version");
        var application = database.Scalar("PRAGMA application_id");
        var isEmpty = database.Scalar("SELECT count(*) FROM sqlite_schema") == 0;
        if (application != ApplicationId && !(isEmpty && application == 0 && version == 0))
            throw new IOException($"The file '{path}' is a SQLite database of another program.");
        if (version > Version)
            throw new IOException($"The file '{path}' has version {version} of the schema; this server supports versions up to {Version}. Use a newer server.");
        for (var next = version; next < Version; next++)
            database.Execute(_migrations[next]);
        if (version == 0)
        {
            var file = RandomNumberGenerator.GetInt32(1, int.MaxValue);
            database.Execute(string.Create(CultureInfo.InvariantCulture, $"INSERT INTO server (id, file, branch, run, next_user) VALUES (1, {file}, 1, 0, {IUserIdStore.FirstId}); PRAGMA application_id={ApplicationId}"));
        }

        if (version != Version)
            database.Execute($"PRAGMA user_version={Version}");
        transaction.Commit();
    }
}
