using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
using TPacket.Server.Diagnostics;
using TPacket.Server.Rooms;
using TPacket.Server.Sessions;

namespace TPacket.Server.Options;

/// <summary>
/// Applies the limits that can change while the server runs (docs/configuration.md) when the configuration is reloaded. If the new settings are
/// invalid, the class logs the errors and keeps the limits; IOptionsMonitor would throw on the thread that reloads, which ends the process.
/// </summary>
internal sealed class LimitReload(
    IServiceProvider services,
    IOptionsFactory<TPacketServerOptions> factory,
    IOptions<TPacketServerOptions> options,
    SessionServices sessions,
    RoomRegistry rooms,
    OriginPolicy origins,
    ILogger<LimitReload> logger) : IDisposable
{
    private readonly Lock _gate = new();
    private IDisposable? _registration;

    /// <summary>Subscribes to reloads of the configuration, if the host has one.</summary>
    public void Start()
    {
        if (services.GetService<IConfiguration>() is { } configuration)
            _registration = ChangeToken.OnChange(configuration.GetReloadToken, Apply);
    }

    public void Dispose() => _registration?.Dispose();

    private void Apply()
    {
        lock (_gate)
        {
            try
            {
                Apply(factory.Create(Microsoft.Extensions.Options.Options.DefaultName));
            }
            catch (Exception e)
            {
                ServerLog.LimitsNotReloaded(logger, e);
            }
        }
    }

    private void Apply(TPacketServerOptions changed)
    {
        // The other parts of the server read these options directly. Each integer is written atomically.
        var current = options.Value;
        var before = Describe(current);
        current.MaxConnections = changed.MaxConnections;
        (current.PacketsPerSecond, current.PacketBurst, current.RateLimitTimeout) = (changed.PacketsPerSecond, changed.PacketBurst, changed.RateLimitTimeout);
        (current.RoomPacketsPerSecond, current.RoomPacketBurst) = (changed.RoomPacketsPerSecond, changed.RoomPacketBurst);
        current.MaxRoomMembers = changed.MaxRoomMembers;
        current.AllowedOrigins = changed.AllowedOrigins;
        var names = string.Join(", ", before.Zip(Describe(current)).Where(static pair => pair.First != pair.Second).Select(static pair => pair.Second.Name));
        if (names.Length == 0)
            return;
        sessions.ReloadLimit();
        rooms.ReloadLimit();
        origins.Reload();
        ServerLog.LimitsReloaded(logger, names);
    }

    private static (string Name, string Value)[] Describe(TPacketServerOptions options) =>
    [
        .. new (string, object)[]
        {
            (nameof(options.MaxConnections), options.MaxConnections),
            (nameof(options.PacketsPerSecond), options.PacketsPerSecond),
            (nameof(options.PacketBurst), options.PacketBurst),
            (nameof(options.RateLimitTimeout), options.RateLimitTimeout),
            (nameof(options.RoomPacketsPerSecond), options.RoomPacketsPerSecond),
            (nameof(options.RoomPacketBurst), options.RoomPacketBurst),
            (nameof(options.MaxRoomMembers), options.MaxRoomMembers),
            (nameof(options.AllowedOrigins), string.Join(' ', options.AllowedOrigins)),
        }.Select(static setting => (setting.Item1, FormattableString.Invariant($"{setting.Item2}"))),
    ];
}
