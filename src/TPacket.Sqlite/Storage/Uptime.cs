using System.Globalization;

namespace TPacket.Server.Sqlite.Storage;

/// <summary>
/// The record, in the file, of the last time at which a server ran and of the total downtime. A room's rules compare the downtime that they have seen with the
/// file's, so no list of runs is needed.
/// </summary>
internal sealed class Uptime
{
    /// <summary>The maximum age of the recorded time in milliseconds, while a room with rules is open or has a wake time.</summary>
    public const long Resolution = 1000;

    /// <summary>The maximum age in milliseconds while there are rooms with rules, but none is open or has a wake time.</summary>
    public const long IdleResolution = 60_000;

    private Statement _set = null!;
    private long _written;

    /// <summary>The milliseconds in which no server has served the file, over all its runs.</summary>
    public long Downtime { get; private set; }

    /// <summary>Begins a run.</summary>
    /// <param name="database">The writer's connection.</param>
    /// <param name="now">The time of the start, in milliseconds since the Unix epoch.</param>
    public void Begin(Database database, long now)
    {
        // The clock may have been set back between two runs. A file of an older version has no recorded time.
        var served = database.Scalar("SELECT served FROM server");
        Downtime = database.Scalar("SELECT downtime FROM server") + (served > 0 ? Math.Max(0, now - served) : 0);
        database.Execute(string.Create(CultureInfo.InvariantCulture, $"UPDATE server SET served = {now}, downtime = {Downtime}"));
        _written = now;
    }

    /// <summary>Sets the connection.</summary>
    public void Use(Database database) => _set = database.Prepare("UPDATE server SET served = ?1");

    /// <summary>Records that the server runs at a time.</summary>
    public void Write(long now)
    {
        _set.Bind(1, now).Run();
        _written = now;
    }

    /// <summary>Returns whether the recorded time is older than a maximum age, or the clock was set back.</summary>
    public bool IsOlder(long now, long resolution) => now - _written >= resolution || now < _written;
}
