using System.Globalization;
using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using TPacket.Server.Diagnostics;
using TPacket.Server.Rooms;
using TPacket.Server.Sessions;

namespace TPacket.Server.Cluster;

/// <summary>Describes this server and its connections for operators. Takes no lock, so that queries do not delay connections.</summary>
internal sealed class ServerStatus(UserRegistry users, RoomRegistry rooms, ServerMetrics metrics, TimeProvider timeProvider, IOptions<TPacketServerOptions> options)
{
    private const int IdBytes = 8;

    private readonly string _name = $"{Environment.MachineName}/{Environment.ProcessId}";
    private readonly DateTimeOffset _startedAt = timeProvider.GetUtcNow();

    /// <summary>Identifies this run of the server.</summary>
    public string Id { get; } = RandomNumberGenerator.GetHexString(2 * IdBytes, lowercase: true);

    /// <summary>Returns the state of the server and the number of its connections; set when the server starts.</summary>
    public Func<(TPacketServerState State, int Connections)> Server { get; set; } = static () => (TPacketServerState.Starting, 0);

    public ClusterServer Describe()
    {
        var (count, away, slow) = (0, 0, 0);
        foreach (var user in users.All)
        {
            count++;
            away += user.IsAway ? 1 : 0;
            slow += BacklogOf(user) is null ? 0 : 1;
        }

        var (state, connections) = Server();
        var totals = metrics.Totals;
        return new ClusterServer
        {
            Id = Id,
            Name = _name,
            State = state,
            StartedAt = _startedAt,
            Time = timeProvider.GetUtcNow(),
            Connections = connections,
            MaxConnections = options.Value.MaxConnections,
            Users = count,
            AwayUsers = away,
            Rooms = rooms.Listed.Count(),
            SlowConsumers = slow,
            PacketsHandled = totals.PacketsHandled.Value,
            PacketsDelivered = totals.PacketsDelivered.Value,
            PacketsRefused = totals.PacketsRefused.Value,
            ConnectionsRefused = totals.ConnectionsRefused.Value,
            SlowConsumersEnded = totals.SlowConsumersEnded.Value,
            MemoryBytes = Environment.WorkingSet,
            ProcessorSeconds = ProcessorSeconds(),
        };
    }

    /// <summary>Returns a page of users, in the order of their ids.</summary>
    public ClusterConnection[] List(ClusterConnectionFilter filter, int after, int maxConnections)
    {
        if (filter.Server is { } server && server != Id)
            return [];
        return [.. users.All.Where(user => user.Id > after && Matches(user, filter)).OrderBy(static user => user.Id).Take(maxConnections).Select(Describe)];
    }

    private ClusterConnection Describe(IUser user) => new()
    {
        Id = user.Id,
        Nick = user.Nick,
        Room = user.Room?.Name,
        Principal = user.Principal?.Identity?.Name,
        Address = user.RemoteEndPoint?.ToString(),
        Since = user is Session session ? timeProvider.GetUtcNow() - timeProvider.GetElapsedTime(session.Place.Since) : null,
        IsAway = user.IsAway,
        BacklogBytes = BacklogOf(user),
        Server = Id,
    };

    private static bool Matches(IUser user, ClusterConnectionFilter filter) =>
        (filter.Room is null || user.Room?.Name == filter.Room)
        && (!filter.IsSlow || BacklogOf(user) is not null)
        && (filter.Text is not { Length: > 0 } text
            || Contains(user.Nick, text)
            || Contains(user.Principal?.Identity?.Name, text)
            || Contains(user.RemoteEndPoint?.ToString(), text)
            || user.Id.ToString(CultureInfo.InvariantCulture) == text);

    private static bool Contains(string? value, string part) => value?.Contains(part, StringComparison.OrdinalIgnoreCase) ?? false;

    private static int? BacklogOf(IUser user) => user is Session session ? session.Connection.BacklogBytes : null;

    /// <summary>Returns 0 on systems that do not report processor time.</summary>
    private static double ProcessorSeconds() => OperatingSystem.IsBrowser() || OperatingSystem.IsIOS() || OperatingSystem.IsTvOS() ? 0 : Environment.CpuUsage.TotalTime.TotalSeconds;
}
