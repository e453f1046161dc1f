using System.Buffers.Binary;
using System.Text;
using TPacket.Server.Sqlite.Storage;

namespace TPacket.Server.Sqlite.Sessions;

/// <summary>The table of sessions. Used by the writer's thread.</summary>
internal sealed class SessionTable
{
    private const int RangeLength = 2 * sizeof(int);
    private const string Columns = "number, user, nick, token, next, principal, generation, grace, room, accepted, away, away_grace";

    private readonly Statement _find;
    private readonly Statement _findByToken;
    private readonly Statement _all;
    private readonly Statement _put;
    private readonly Statement _delete;
    private readonly Statement _isAnyAway;
    private readonly Statement _alive;
    private readonly Statement _setAlive;
    private readonly byte[] _hash = new byte[SecretHash.Size];

    public SessionTable(Database database)
    {
        _find = database.Prepare($"SELECT {Columns} FROM session WHERE number = ?1");
        _findByToken = database.Prepare($"SELECT {Columns} FROM session WHERE token = ?1 UNION ALL SELECT {Columns} FROM session WHERE next = ?1");
        _all = database.Prepare($"SELECT {Columns} FROM session");
        _put = database.Prepare($"INSERT OR REPLACE INTO session ({Columns}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)");
        _delete = database.Prepare("DELETE FROM session WHERE number = ?1");
        _isAnyAway = database.Prepare("SELECT 1 FROM session WHERE away > 0 LIMIT 1");
        _alive = database.Prepare("SELECT alive FROM server");
        _setAlive = database.Prepare("UPDATE server SET alive = ?1");
    }

    /// <summary>Returns whether the record of a session has its user in a room.</summary>
    public bool IsIn(long session, string room) => Read(_find.Bind(1, session)) is { } row && row.Session.Room == room;

    /// <summary>Adds a session.</summary>
    /// <returns>False if its token or number exists already.</returns>
    public bool TryAdd(SessionRecord session)
    {
        if (FindByToken(session.Token) is not null || Read(_find.Bind(1, session.Number)) is not null)
            return false;
        Put(session, since: 0);
        return true;
    }

    /// <summary>Replaces a session of the same generation.</summary>
    /// <param name="session">The new record.</param>
    /// <param name="now">The store's time, in milliseconds since the Unix epoch. If the user was not away before, its absence begins now.</param>
    /// <returns>False if no session has this number and generation.</returns>
    public bool TryUpdate(SessionRecord session, long now)
    {
        if (Read(_find.Bind(1, session.Number)) is not { } row || row.Session.Generation != session.Generation)
            return false;
        Put(session, since: !session.IsAway ? 0 : row.Since > 0 ? row.Since : now);
        if (session.IsAway)
            SetAlive(now);
        return true;
    }

    /// <summary>Resumes the session with a token.</summary>
    /// <returns>The new record; null if no session has this token and principal, or another session has the next token.</returns>
    public SessionRecord? Resume(SessionClaim claim)
    {
        if (FindByToken(claim.Token) is not { } before || before.Principal != claim.Principal)
            return null;
        if (FindByToken(claim.NextToken) is { } holder && holder.Number != before.Number)
            return null;
        var resumed = before with
        {
            Token = claim.Token,
            NextToken = claim.NextToken,
            Generation = before.Generation + 1,
            Grace = claim.Grace ?? before.Grace,
            IsAway = false,
            AwayGrace = null,
        };
        Put(resumed, since: 0);
        return resumed;
    }

    /// <summary>Deletes a session if it has the given generation.</summary>
    /// <returns>False if the session has another generation; true also if it does not exist.</returns>
    public bool TryEnd(long number, int generation)
    {
        if (Read(_find.Bind(1, number)) is not { } row)
            return true;
        if (row.Session.Generation != generation)
            return false;
        _delete.Bind(1, number).Run();
        return true;
    }

    /// <summary>Marks all users as away. The absence of a user who was away before continues, without the time in which no server ran.</summary>
    public List<OrphanedSession> TakeOver(long now)
    {
        _alive.Step();
        var alive = _alive.Long(0);
        _alive.Reset();
        var rows = new List<(SessionRecord Session, long Since)>();
        while (_all.Step())
            rows.Add(Row(_all));
        var left = new List<OrphanedSession>(rows.Count);
        foreach (var (session, since) in rows)
        {
            // The clock may have been set back between two runs.
            var awayFor = since > 0 ? Math.Max(0, alive - since) : 0;
            var away = session with { IsAway = true };
            Put(away, now - awayFor);
            left.Add(new OrphanedSession(away, TimeSpan.FromMilliseconds(awayFor)));
        }

        SetAlive(now);
        return left;
    }

    /// <summary>Returns whether any user is away. The store then records the time at which the server runs.</summary>
    public bool IsAnyAway()
    {
        var isAny = _isAnyAway.Step();
        _isAnyAway.Reset();
        return isAny;
    }

    /// <summary>Records that the server runs at a time.</summary>
    public void SetAlive(long now) => _setAlive.Bind(1, now).Run();

    private SessionRecord? FindByToken(SecretHash token)
    {
        token.Write(_hash);
        return Read(_findByToken.BindBlob(1, _hash))?.Session;
    }

    private void Put(SessionRecord session, long since)
    {
        session.Token.Write(_hash);
        _put.Bind(1, session.Number).Bind(2, session.UserId).BindText(3, Encoding.UTF8.GetBytes(session.Nick)).BindBlob(4, _hash);
        BindHash(5, session.NextToken);
        BindHash(6, session.Principal);
        _put.Bind(7, session.Generation).Bind(8, (long)session.Grace.TotalMilliseconds);
        if (session.Room is { } room)
            _put.BindText(9, Encoding.UTF8.GetBytes(room));
        else
            _put.BindNull(9);
        var accepted = new byte[session.AcceptedCommands.Count * RangeLength];
        for (var i = 0; i < session.AcceptedCommands.Count; i++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(accepted.AsSpan(i * RangeLength), session.AcceptedCommands[i].First);
            BinaryPrimitives.WriteInt32LittleEndian(accepted.AsSpan((i * RangeLength) + sizeof(int)), session.AcceptedCommands[i].Last);
        }

        _put.BindBlob(10, accepted).Bind(11, since);
        if (session.AwayGrace is { } grace)
            _put.Bind(12, (long)grace.TotalMilliseconds);
        else
            _put.BindNull(12);
        _put.Run();
    }

    private void BindHash(int parameter, SecretHash? hash)
    {
        if (hash is { } present)
        {
            present.Write(_hash);
            _put.BindBlob(parameter, _hash);
        }
        else
        {
            _put.BindNull(parameter);
        }
    }

    private static (SessionRecord Session, long Since)? Read(Statement row)
    {
        if (!row.Step())
            return null;
        var read = Row(row);
        row.Reset();
        return read;
    }

    private static (SessionRecord Session, long Since) Row(Statement row)
    {
        var accepted = row.Bytes(9);
        var ranges = new (int First, int Last)[accepted.Length / RangeLength];
        for (var i = 0; i < ranges.Length; i++)
            ranges[i] = (BinaryPrimitives.ReadInt32LittleEndian(accepted[(i * RangeLength)..]), BinaryPrimitives.ReadInt32LittleEndian(accepted[((i * RangeLength) + sizeof(int))..]));
        var since = row.Long(10);
        var session = new SessionRecord
        {
            Number = row.Long(0),
            UserId = row.Int(1),
            Nick = Encoding.UTF8.GetString(row.Bytes(2)),
            Token = SecretHash.Read(row.Bytes(3)),
            NextToken = row.IsNull(4) ? null : SecretHash.Read(row.Bytes(4)),
            Principal = row.IsNull(5) ? null : SecretHash.Read(row.Bytes(5)),
            Generation = row.Int(6),
            Grace = TimeSpan.FromMilliseconds(row.Long(7)),
            Room = row.IsNull(8) ? null : Encoding.UTF8.GetString(row.Bytes(8)),
            AcceptedCommands = ranges,
            IsAway = since > 0,
            AwayGrace = row.IsNull(11) ? null : TimeSpan.FromMilliseconds(row.Long(11)),
        };
        return (session, since);
    }
}
