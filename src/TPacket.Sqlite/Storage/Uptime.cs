using System.Globalization;

namespace TPacket.Server.Sqlite.Storage;

/// <summary>
/// Keeps in the file when a server ran last, and for how long none did. A room whose rules have seen as much downtime as the file has missed nothing, so no list of the runs is needed.
/// </summary>
internal sealed class Uptime
{
    /// <summary>How old the time may be that was written last, in milliseconds, while a room with rules is open or wants to be woken.</summary>
    public const long Resolution = 1000;

    /// <summary>How old it may be while there are rooms with rules, and none of them is open or wants to be woken.</summary>
    public const long RestResolution = 60_000;

    private Statement _set = null!;
    private long _written;

    /// <summary>For how many milliseconds no server has served the file, over all its runs.</summary>
    public long Downtime { get; private set; }

    /// <summary>Begins a run.</summary>
    /// <param name="database">The writer's connection.</param>
    /// <param name="now">The time of the start, in milliseconds since the Unix epoch.</param>
    public void Begin(Database database, long now)
    {
        // Time that went backwards between two runs is no time. A file of an older version does not say when a server ran.
        var served = database.Scalar("SELECT served FROM server");
        Downtime = database.Scalar("SELECT downtime FROM server") + (served > 0 ? Math.Max(0, now - served) : 0);
        database.Execute(string.Create(CultureInfo.InvariantCulture, $"UPDATE server SET served = {now}, downtime = {Downtime}"));
        _written = now;
    }

    /// <summary>Works on another connection from now on.</summary>
    public void Use(Database database) => _set = database.Prepare("UPDATE server SET served = ?1");

    /// <summary>Writes that a server runs.</summary>
    public void Write(long now)
    {
        _set.Bind(1, now).Run();
        _written = now;
    }

    /// <summary>Whether the time that was written last is older than a resolution. It is if the clock was set back, too.</summary>
    public bool IsOlder(long now, long resolution) => now - _written >= resolution || now < _written;
}
