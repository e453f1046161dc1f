using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Text;
using Microsoft.Extensions.Options;
using TPacket.Protocol;
using TPacket.Server.Handshake;
using TPacket.Transports;
using TPacket.WebSockets;

namespace TPacket.Server.Options;

/// <summary>Validates the options at the start. Each message names the setting, the allowed values and the actual value.</summary>
internal sealed class TPacketServerOptionsValidator : IValidateOptions<TPacketServerOptions>
{
    private const int MaxBuffer = 1 << 30;
    private const int MaxPort = 65535;
    private const int MaxRate = 1_000_000;

    // The length of a path in sockaddr_un on every system, without the terminating zero.
    private const int MaxUnixPathBytes = 103;

    // Two years: an arbitrary bound, far below the limit of deadlines.
    private static readonly TimeSpan _longest = TimeSpan.FromDays(730);

    // A timer waits less than 2^32 milliseconds.
    private static readonly TimeSpan _longestWait = TimeSpan.FromDays(49);

    // p1 of SESSION is an int in milliseconds.
    private static readonly TimeSpan _longestGrace = TimeSpan.FromDays(24);
    private static readonly TimeSpan _shortest = TimeSpan.FromMilliseconds(1);

    public ValidateOptionsResult Validate(string? name, TPacketServerOptions options)
    {
        var failures = new List<string>();
        Address(failures, nameof(options.Address), options.Address);
        Range(failures, nameof(options.Port), options.Port, 0, MaxPort);
        if (options.Endpoints is null)
            failures.Add(Message(nameof(options.Endpoints), "be a list", null));
        for (var i = 0; i < options.Endpoints?.Count; i++)
            Endpoint(failures, $"{nameof(options.Endpoints)}:{i}", options.Endpoints[i]);
        if (!Enum.IsDefined(options.Transport))
            failures.Add(Message(nameof(options.Transport), $"be one of {string.Join(", ", Enum.GetNames<TransportKind>())}", options.Transport));
        else if (options.Transport == TransportKind.Epoll && !OperatingSystem.IsLinux())
            failures.Add(Message(nameof(options.Transport), "be Auto or Sockets on this system", options.Transport));
        Range(failures, nameof(options.EventLoops), options.EventLoops, 0, 1024);
        if (options.Path?.StartsWith('/') != true)
            failures.Add(Message(nameof(options.Path), "begin with '/'", options.Path));
        Bytes(failures, nameof(options.MagicString), options.MagicString, 1, 1024);
        Origins(failures, options);

        Range(failures, nameof(options.MaxNickBytes), options.MaxNickBytes, 1, 4096);
        Range(failures, nameof(options.MaxRoomNameBytes), options.MaxRoomNameBytes, 1, 4096);
        Range(failures, nameof(options.MaxMessageTextBytes), options.MaxMessageTextBytes, 1, MaxBuffer);
        Range(failures, nameof(options.MaxLoggedMessageBytes), options.MaxLoggedMessageBytes, 1, MaxBuffer);
        Range(failures, nameof(options.HistoryBytes), options.HistoryBytes, 0, MaxBuffer);
        Range(failures, nameof(options.HistoryMessages), options.HistoryMessages, 0, 1_000_000);
        Range(failures, nameof(options.MaxRoomMembers), options.MaxRoomMembers, 0, int.MaxValue);
        Range(failures, nameof(options.LargeRoomMembers), options.LargeRoomMembers, 0, int.MaxValue);
        Range(failures, nameof(options.MaxIncomingMessageBytes), options.MaxIncomingMessageBytes, LongestKnownPacket(options), MaxBuffer);
        Range(failures, nameof(options.PacketsPerSecond), options.PacketsPerSecond, 0, MaxRate);
        Range(failures, nameof(options.PacketBurst), options.PacketBurst, 1, MaxRate);
        Range(failures, nameof(options.RoomPacketsPerSecond), options.RoomPacketsPerSecond, 0, MaxRate);
        Range(failures, nameof(options.RoomPacketBurst), options.RoomPacketBurst, 1, MaxRate);
        Range(failures, nameof(options.ControlFramesPerSecond), options.ControlFramesPerSecond, 0, MaxRate);
        Range(failures, nameof(options.ControlFrameBurst), options.ControlFrameBurst, 1, MaxRate);
        Range(failures, nameof(options.MaxRequestHeadBytes), options.MaxRequestHeadBytes, 256, 1024 * 1024);
        Range(failures, nameof(options.MaxRequestHeaderLines), options.MaxRequestHeaderLines, 5, 10_000);
        Range(failures, nameof(options.OutboundQueueBytes), options.OutboundQueueBytes, 1024, MaxBuffer);
        Range(failures, nameof(options.OutboundQueuePackets), options.OutboundQueuePackets, 1, 10_000_000);
        Range(failures, nameof(options.SendBufferBytes), options.SendBufferBytes, 0, TransportOptions.LargestSendBuffer);
        Range(failures, nameof(options.ReceiveBufferBytes), options.ReceiveBufferBytes, 0, TransportOptions.LargestReceiveBuffer);
        if (!Enum.IsDefined(options.CompressionLevel))
            failures.Add(Message(nameof(options.CompressionLevel), $"be one of {string.Join(", ", Enum.GetNames<CompressionLevel>())}", options.CompressionLevel));
        Range(failures, nameof(options.CompressionWindowBits), options.CompressionWindowBits, DeflateOptions.MinWindowBits, DeflateOptions.MaxWindowBits);
        Range(failures, nameof(options.CompressionMinimumBytes), options.CompressionMinimumBytes, 0, MaxBuffer);
        Range(failures, nameof(options.MaxConnections), options.MaxConnections, 1, 10_000_000);
        Range(failures, nameof(options.MaxConnectionsPerAddress), options.MaxConnectionsPerAddress, 0, 10_000_000);
        Range(failures, nameof(options.ResumeBurst), options.ResumeBurst, 1, MaxRate);
        Range(failures, nameof(options.ReplayEvents), options.ReplayEvents, 0, 1_000_000);
        Range(failures, nameof(options.ReplayBytes), options.ReplayBytes, 0, MaxBuffer);
        Range(failures, nameof(options.ReplayBudgetBytes), options.ReplayBudgetBytes, 64 * 1024, MaxBuffer);
        Range(failures, nameof(options.RulesAttempts), options.RulesAttempts, 1, 1000);
        Range(failures, nameof(options.RulesThreads), options.RulesThreads, 0, 256);
        if (!Enum.IsDefined(options.NickLookAlikes))
            failures.Add(Message(nameof(options.NickLookAlikes), $"be one of {string.Join(", ", Enum.GetNames<NickLookAlikes>())}", options.NickLookAlikes));
        Range(failures, nameof(options.LogEventsPerMinute), options.LogEventsPerMinute, 1, 1_000_000);
        Range(failures, nameof(options.LogQueueEvents), options.LogQueueEvents, 1, 1_000_000);
        if (!Enum.IsDefined(options.SlowConsumerPolicy))
            failures.Add(Message(nameof(options.SlowConsumerPolicy), $"be one of {string.Join(", ", Enum.GetNames<SlowConsumerPolicy>())}", options.SlowConsumerPolicy));

        Range(failures, nameof(options.RateLimitTimeout), options.RateLimitTimeout, _shortest, _longest);
        Range(failures, nameof(options.HandshakeTimeout), options.HandshakeTimeout, _shortest, _longest);
        Range(failures, nameof(options.MagicStringTimeout), options.MagicStringTimeout, _shortest, _longest);
        Range(failures, nameof(options.NickTimeout), options.NickTimeout, _shortest, _longest);
        Range(failures, nameof(options.PingAfterIdle), options.PingAfterIdle, _shortest, _longest);
        Range(failures, nameof(options.PongTimeout), options.PongTimeout, _shortest, _longest);
        Range(failures, nameof(options.CloseTimeout), options.CloseTimeout, _shortest, _longest);
        Range(failures, nameof(options.StoreTimeout), options.StoreTimeout, _shortest, _longestWait);
        Range(failures, nameof(options.PolicyTimeout), options.PolicyTimeout, _shortest, _longestWait);
        Range(failures, nameof(options.TurnTimeout), options.TurnTimeout, _shortest, _longestWait);
        Range(failures, nameof(options.HandlerTimeout), options.HandlerTimeout, _shortest, _longestWait);
        Range(failures, nameof(options.ObserverTimeout), options.ObserverTimeout, _shortest, _longestWait);
        Range(failures, nameof(options.ObserverQueueEvents), options.ObserverQueueEvents, 1, 1_000_000);
        Range(failures, nameof(options.MaxSessionGrace), options.MaxSessionGrace, TimeSpan.Zero, _longestGrace);
        Range(failures, nameof(options.SessionGrace), options.SessionGrace, _shortest, _longestGrace);
        Range(failures, nameof(options.MoveOnSpread), options.MoveOnSpread, TimeSpan.Zero, TimeSpan.FromMinutes(10));
        Range(failures, nameof(options.RulesWakePeriod), options.RulesWakePeriod, _shortest, TimeSpan.FromHours(1));
        Range(failures, nameof(options.HeartbeatPeriod), options.HeartbeatPeriod, _shortest, TimeSpan.FromMinutes(1));
        Range(failures, nameof(options.PresencePeriod), options.PresencePeriod, _shortest, TimeSpan.FromMinutes(1));
        Range(failures, nameof(options.DrainTimeout), options.DrainTimeout, TimeSpan.Zero, _longestWait);
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    /// <summary>Returns the length of the longest packet that the other limits allow, which must fit into a message.</summary>
    private static int LongestKnownPacket(TPacketServerOptions options)
    {
        long longest = Math.Max(Math.Max(options.MaxNickBytes, options.MaxRoomNameBytes), options.MaxMessageTextBytes);
        return (int)Math.Clamp(PacketHeader.Size + longest, PacketHeader.Size, MaxBuffer);
    }

    private static void Address(List<string> failures, string setting, string? address)
    {
        if (address is not (ListenAddress.Localhost or ListenAddress.Any) && !IPAddress.TryParse(address, out _))
            failures.Add(Message(setting, $"be '{ListenAddress.Localhost}', '{ListenAddress.Any}' or an IP address", address));
    }

    private static void Endpoint(List<string> failures, string setting, TPacketEndpointOptions? endpoint)
    {
        if (endpoint is null)
        {
            failures.Add(Message(setting, "be an endpoint", null));
            return;
        }

        Address(failures, $"{setting}:{nameof(endpoint.Address)}", endpoint.Address);
        Range(failures, $"{setting}:{nameof(endpoint.Port)}", endpoint.Port, 0, MaxPort);
        if (endpoint.UnixSocket is { } path && (path.Length == 0 || Encoding.UTF8.GetByteCount(path) > MaxUnixPathBytes))
            failures.Add(Message($"{setting}:{nameof(endpoint.UnixSocket)}", $"be a path of 1 to {MaxUnixPathBytes} bytes", path));
        if (!UnixSocketRights.TryParse(endpoint.UnixSocketMode, out _))
            failures.Add(Message($"{setting}:{nameof(endpoint.UnixSocketMode)}", "be an octal mode of '0000' to '0777'", endpoint.UnixSocketMode));
        if (endpoint.Certificate is null && (endpoint.CertificateKey ?? endpoint.CertificatePassword) is not null)
            failures.Add(Message($"{setting}:{nameof(endpoint.Certificate)}", $"be set, because {nameof(endpoint.CertificateKey)} or {nameof(endpoint.CertificatePassword)} is set", null));
        File(failures, $"{setting}:{nameof(endpoint.Certificate)}", endpoint.Certificate);
        File(failures, $"{setting}:{nameof(endpoint.CertificateKey)}", endpoint.CertificateKey);
        Proxies(failures, $"{setting}:{nameof(endpoint.TrustedProxies)}", endpoint);
    }

    private static void File(List<string> failures, string setting, string? path)
    {
        if (path is not null && !System.IO.File.Exists(path))
            failures.Add(Message(setting, "be the path of an existing file", path));
    }

    private static void Proxies(List<string> failures, string setting, TPacketEndpointOptions endpoint)
    {
        if (endpoint.TrustedProxies is null)
            failures.Add(Message(setting, "be a list", null));
        else if (endpoint.TrustedProxies.Count > 0 && !endpoint.ProxyProtocol)
            failures.Add(Message(setting, $"be empty if {nameof(endpoint.ProxyProtocol)} is false", string.Join(", ", endpoint.TrustedProxies)));
        for (var i = 0; i < endpoint.TrustedProxies?.Count; i++)
        {
            if (!TrustedProxy.TryParse(endpoint.TrustedProxies[i], out _))
                failures.Add(Message($"{setting}:{i}", "be an IP address or a network such as '10.0.0.0/8'", endpoint.TrustedProxies[i]));
        }
    }

    private static void Origins(List<string> failures, TPacketServerOptions options)
    {
        if (options.AllowedOrigins is null)
            failures.Add(Message(nameof(options.AllowedOrigins), "be a list", null));
        for (var i = 0; i < options.AllowedOrigins?.Count; i++)
        {
            var origin = options.AllowedOrigins[i];
            if (origin != OriginPolicy.Every && !WebOrigin.TryParseSetting(origin, out _))
                failures.Add(Message($"{nameof(options.AllowedOrigins)}:{i}", ExpectedOrigin(origin), origin));
        }
    }

    private static string ExpectedOrigin(string? origin) => WebOrigin.CanMapNames || Ascii.IsValid(origin)
        ? "be '*', 'null', 'file://' or an origin such as 'https://example.org' or 'http://example.org:8080'"
        : "have a host name in ASCII, as browsers send it ('https://xn--bcher-kva.example'), because this process runs in globalization-invariant mode (DOTNET_SYSTEM_GLOBALIZATION_INVARIANT)";

    private static void Bytes(List<string> failures, string setting, string? value, int least, int most)
    {
        var length = Encoding.UTF8.GetByteCount(value ?? "");
        if (length < least || length > most)
            failures.Add(Message(setting, string.Create(CultureInfo.InvariantCulture, $"have {least} to {most} bytes of UTF-8"), string.Create(CultureInfo.InvariantCulture, $"{length} bytes long")));
    }

    private static void Range<T>(List<string> failures, string setting, T value, T least, T most)
        where T : IComparable<T>, IFormattable
    {
        if (value.CompareTo(least) < 0 || value.CompareTo(most) > 0)
            failures.Add(Message(setting, string.Create(CultureInfo.InvariantCulture, $"be {least} to {most}"), value.ToString(null, CultureInfo.InvariantCulture)));
    }

    private static string Message(string setting, string demand, object? found) =>
        $"{TPacketServerOptions.SectionName}:{setting} must {demand}, but is {(found is null or string { Length: 0 } ? "empty" : found)}.";
}
