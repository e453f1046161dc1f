using System.IO.Compression;
using TPacket.Transports;
using TPacket.WebSockets;

namespace TPacket.Server;

/// <summary>
/// Options of the server, set in code or in the configuration section <c>TPacket</c>. The server validates them at the start. docs/configuration.md lists
/// every setting with its unit and range. The default lengths protect the oldest clients, which copy into buffers of fixed size (docs/protocol.md).
/// </summary>
public sealed class TPacketServerOptions
{
    /// <summary>The name of the configuration section.</summary>
    public const string SectionName = "TPacket";

    internal const int DefaultPort = 25021;

    // The transport passes its timeouts to the system as an int in milliseconds, which is at most 24.8 days.
    private static readonly TimeSpan _longestTimer = TimeSpan.FromDays(24);

    /// <summary>
    /// The address to listen on: <c>localhost</c> (IPv4 and IPv6 loopback), <c>any</c>
    /// (all IPv4 and IPv6 addresses), or an IP address. Default: <c>localhost</c>.
    /// </summary>
    public string Address
    {
        get;
        set => (field, NamesAddress) = (value, true);
    } = "localhost";

    /// <summary>
    /// The TCP port, 0 to 65535; with 0 the system chooses a port. Default: 25021. An app that maps a path
    /// of an HTTP server listens on no port of its own, unless it sets an address, a port or an endpoint.
    /// </summary>
    public int Port
    {
        get;
        set => (field, NamesAddress) = (value, true);
    } = DefaultPort;

    /// <summary>
    /// The endpoints to listen on, if the server needs several endpoints, TLS, a Unix domain socket or the PROXY protocol.
    /// If the list is not empty, <see cref="Address"/> and <see cref="Port"/> are ignored. Default: empty.
    /// </summary>
    public IList<TPacketEndpointOptions> Endpoints { get; set; } = [];

    /// <summary>The transport of the server's own endpoints. Default: <see cref="TransportKind.Auto"/>.</summary>
    public TransportKind Transport { get; set; } = TransportKind.Auto;

    /// <summary>The number of event loops of the epoll transport, 0 to 1,024; 0 for one per processor. Default: 0.</summary>
    public int EventLoops { get; set; }

    /// <summary>
    /// The path of the WebSocket endpoint, which begins with <c>/</c>; other paths are answered with 404.
    /// Ignored for paths of an HTTP server. Default: <c>/</c>.
    /// </summary>
    public string Path { get; set; } = "/";

    /// <summary>The text that a client must send as its first message, 1 to 1,024 bytes of UTF-8. Default: <c>magic string :)</c>.</summary>
    public string MagicString { get; set; } = "magic string :)";

    /// <summary>
    /// The origins of web pages that may connect, in addition to pages of the requested host: an origin such as <c>https://example.org</c>;
    /// <c>null</c> or <c>file://</c>, which pages of files and of some apps send; or <c>*</c> for all origins.
    /// At a loopback address, a page must request a loopback name or the host of an entry in this list, or connect through a proxy. Default: empty.
    /// </summary>
    public IList<string> AllowedOrigins { get; set; } = [];

    /// <summary>Whether a user may change its nick. Default: false.</summary>
    public bool AllowNickChange { get; set; }

    /// <summary>
    /// Whether a client that signs in with a taken nick takes it over if the holder has the same principal. The holder is then disconnected with 4001,
    /// and its session ends. Principals are compared by name identifier, <c>sub</c> or name, so these must be unique to a person. Default: false.
    /// </summary>
    public bool NickTakeover { get; set; }

    /// <summary>Whether a user in a room may change to another room. Default: false.</summary>
    public bool AllowRoomChange { get; set; }

    /// <summary>The maximum length of a nick in bytes of UTF-8, 1 to 4,096. Default: 48.</summary>
    public int MaxNickBytes { get; set; } = 48;

    /// <summary>The look-alike nicks that the nick policy refuses. Default: <see cref="NickLookAlikes.RefuseAcrossScripts"/>.</summary>
    public NickLookAlikes NickLookAlikes { get; set; } = NickLookAlikes.RefuseAcrossScripts;

    /// <summary>The maximum length of a room name in bytes of UTF-8, 1 to 4,096. Default: 64.</summary>
    public int MaxRoomNameBytes { get; set; } = 64;

    /// <summary>The maximum length of a message in bytes of UTF-8. Default: 255.</summary>
    public int MaxMessageTextBytes { get; set; } = 255;

    /// <summary>The maximum length of the data of a LOGGED_MSG in bytes; longer data is truncated at a character boundary. Default: 255.</summary>
    public int MaxLoggedMessageBytes { get; set; } = 255;

    /// <summary>The maximum size of a room's history in bytes. Default: 8 KiB.</summary>
    public int HistoryBytes { get; set; } = 8 * 1024;

    /// <summary>The maximum number of messages in a room's history. Default: 100.</summary>
    public int HistoryMessages { get; set; } = 100;

    /// <summary>
    /// The maximum number of members of a room, including members that are away; 0 for no limit.
    /// A room may have a <see cref="IRoom.MaxMembers">limit of its own</see>. Default: 0.
    /// </summary>
    public int MaxRoomMembers { get; set; }

    /// <summary>
    /// The number of members above which a room is large. In a large room, joins and leaves are delivered in batches,
    /// once per <see cref="PresencePeriod"/>; clients that accept MEMBER_COUNT receive the number of members instead. Default: 256.
    /// </summary>
    public int LargeRoomMembers { get; set; } = 256;

    /// <summary>The maximum delay of joins and leaves in a large room, 1 ms to 1 min. Default: 250 ms.</summary>
    public TimeSpan PresencePeriod { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>The maximum length of an incoming WebSocket message in bytes. Default: 64 KiB.</summary>
    public int MaxIncomingMessageBytes { get; set; } = 64 * 1024;

    /// <summary>
    /// The maximum average rate of packets of a client, per second; 0 for no limit.
    /// The server refuses packets beyond the limit with RESP_ERROR -40. Default: 50.
    /// </summary>
    public int PacketsPerSecond { get; set; } = 50;

    /// <summary>
    /// The maximum burst of packets of a client. Up to an eighth more may be accepted, because the clock is not read for each packet. Default: 200.
    /// </summary>
    public int PacketBurst { get; set; } = 200;

    /// <summary>
    /// The time after which the server closes a client with 1008 if it still refuses packets of the client because of <see cref="PacketsPerSecond"/>.
    /// The time starts anew after a pause without refused packets. The pause is <see cref="PacketBurst"/> /
    /// <see cref="PacketsPerSecond"/> seconds, but at least a quarter and at most half of this time. Default: 10 s.
    /// </summary>
    public TimeSpan RateLimitTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The maximum average rate of packets of all members of a room, per second; 0 for no limit. The limit counts NEW_MSG, the application's
    /// commands in <see cref="CommandScope.Room"/>, and changes of nick and room if they are allowed. The server refuses packets beyond the limit
    /// with RESP_ERROR -40, first those of members that send much. Messages and broadcasts of the application's code are not limited. Default: 0.
    /// </summary>
    public int RoomPacketsPerSecond { get; set; }

    /// <summary>The maximum burst of packets of all members of a room. Default: 200.</summary>
    public int RoomPacketBurst { get; set; } = 200;

    /// <summary>
    /// The maximum average rate of WebSocket control frames of a client, per second; 0 for no limit. Fragments of less than 64 bytes
    /// that do not end their message count as control frames. A client that exceeds the limit is closed with 1008. Default: 50.
    /// </summary>
    public int ControlFramesPerSecond { get; set; } = 50;

    /// <summary>The maximum burst of WebSocket control frames of a client. Default: 200.</summary>
    public int ControlFrameBurst { get; set; } = 200;

    /// <summary>The maximum length of a request head in bytes. Default: 8 KiB.</summary>
    public int MaxRequestHeadBytes { get; set; } = 8 * 1024;

    /// <summary>The maximum number of header lines of a request. Default: 64.</summary>
    public int MaxRequestHeaderLines { get; set; } = 64;

    /// <summary>The deadline of the WebSocket handshake, from the accepted connection. Default: 10 s.</summary>
    public TimeSpan HandshakeTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>The deadline of the magic string, from the end of the handshake. Default: 10 s.</summary>
    public TimeSpan MagicStringTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>The deadline of an accepted nick, from the magic string. Default: 10 s.</summary>
    public TimeSpan NickTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>The time without a byte from the client after which the server sends a ping. Default: 30 s.</summary>
    public TimeSpan PingAfterIdle { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The deadline of the first byte from the client after a ping. Default: 15 s.</summary>
    public TimeSpan PongTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>The deadline of the close handshake; the connection is then aborted. Default: 5 s.</summary>
    public TimeSpan CloseTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>The deadline of each call of a store. After it, the outcome of the call is unknown. Default: 5 s.</summary>
    public TimeSpan StoreTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>The deadline of each decision of the nick policy. Default: 10 s.</summary>
    public TimeSpan PolicyTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>The maximum time that a packet, or <see cref="IRoom.RunInTurnAsync"/>, waits for the turn of a room. Default: 30 s.</summary>
    public TimeSpan TurnTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// The maximum time that a handler may continue after its client has disconnected;
    /// the user then leaves its room without waiting for the handler. Default: 30 s.
    /// </summary>
    public TimeSpan HandlerTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The deadline of each call of an <see cref="IRoomObserver"/>; the server then continues with the next call. Default: 30 s.</summary>
    public TimeSpan ObserverTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// The maximum number of queued events of a room for an <see cref="IRoomObserver"/>;
    /// the server drops further events and calls <see cref="IRoomObserver.OnMissedAsync"/>. Default: 1,024.
    /// </summary>
    public int ObserverQueueEvents { get; set; } = 1024;

    /// <summary>The period in which deadlines of connections are checked, which is their resolution. Default: 1 s.</summary>
    public TimeSpan HeartbeatPeriod { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The maximum number of queued bytes for a client that reads slowly. The roster and the history of a join do not count. Default: 256 KiB.</summary>
    public int OutboundQueueBytes { get; set; } = 256 * 1024;

    /// <summary>The maximum number of queued packets for a client that reads slowly. The roster and the history of a join do not count. Default: 1,024.</summary>
    public int OutboundQueuePackets { get; set; } = 1024;

    /// <summary>
    /// The size of the operating system's send buffer of a connection in bytes, in addition to the queue;
    /// 0 for the system's default. See <see cref="TransportOptions.SendBufferBytes"/>. Default: 128 KiB.
    /// </summary>
    public int SendBufferBytes { get; set; } = TransportOptions.Default.SendBufferBytes;

    /// <summary>
    /// The size of the operating system's receive buffer of a connection in bytes; 0 for the system's default.
    /// See <see cref="TransportOptions.ReceiveBufferBytes"/>. Default: 128 KiB.
    /// </summary>
    public int ReceiveBufferBytes { get; set; } = TransportOptions.Default.ReceiveBufferBytes;

    /// <summary>The way in which the server ends the connection of a client with a full queue. Default: <see cref="SlowConsumerPolicy.Disconnect"/>.</summary>
    public SlowConsumerPolicy SlowConsumerPolicy { get; set; } = SlowConsumerPolicy.Disconnect;

    /// <summary>Whether to compress messages for clients that offer permessage-deflate (RFC 7692). Default: false.</summary>
    public bool Compression { get; set; }

    /// <summary>The compression level, a trade-off of processor time and size. Default: <see cref="CompressionLevel.Optimal"/>.</summary>
    public CompressionLevel CompressionLevel { get; set; } = DeflateOptions.Default.CompressionLevel;

    /// <summary>
    /// Whether compression keeps its context from message to message, which makes small messages much smaller. Each client then needs
    /// a compressor and a decompressor, several hundred KiB, and messages are compressed separately for each member of a room. Default: false.
    /// </summary>
    public bool CompressionContextTakeover { get; set; }

    /// <summary>The maximum window of compression as a power of two, 8 to 15. Default: 15.</summary>
    public int CompressionWindowBits { get; set; } = DeflateOptions.MaxWindowBits;

    /// <summary>The minimum length in bytes of messages that are compressed. Default: 128.</summary>
    public int CompressionMinimumBytes { get; set; } = DeflateOptions.Default.MinimumLength;

    /// <summary>
    /// The maximum number of connections; the server closes further connections when it accepts them. Also the maximum number of sessions, away users included. Default: 100,000.
    /// </summary>
    public int MaxConnections { get; set; } = 100_000;

    /// <summary>The maximum number of connections per IPv4 address or IPv6 /64 network; 0 for no limit. Default: 0.</summary>
    public int MaxConnectionsPerAddress { get; set; }

    /// <summary>The time that a user with a session may be away if its client requests no other time. Default: 30 s.</summary>
    public TimeSpan SessionGrace { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The maximum time that a client can request for its session; zero disables sessions. Default: 5 min.</summary>
    public TimeSpan MaxSessionGrace { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// The maximum burst of resumptions of a session; one more is allowed per second. The server refuses further resumptions with RESP_ERROR -41.
    /// A connection may also request this number of unknown sessions; the next request closes it with 1008. Default: 10.
    /// </summary>
    public int ResumeBurst { get; set; } = 10;

    /// <summary>
    /// The maximum number of missed events that are replayed to a returning user; with more, the user receives a snapshot of its room. Default: 1,000.
    /// </summary>
    public int ReplayEvents { get; set; } = 1000;

    /// <summary>
    /// The maximum size of missed events in bytes that are replayed to a returning user; with more, the user receives a snapshot of its room. Default: 256 KiB.
    /// </summary>
    public int ReplayBytes { get; set; } = 256 * 1024;

    /// <summary>
    /// The maximum number of queued bytes for all returning users together;
    /// the server refuses further resumptions with RESP_ERROR -41 until clients have read enough. Default: 64 MiB.
    /// </summary>
    public int ReplayBudgetBytes { get; set; } = 64 * 1024 * 1024;

    /// <summary>
    /// The time over which a stopping server spreads the closes of clients with a session. MOVE_ON gives each client its own delay,
    /// so that the clients reconnect over the same time. The server uses at most half of <see cref="DrainTimeout"/>. Default: 2 s.
    /// </summary>
    public TimeSpan MoveOnSpread { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// The maximum number of times that rules decide about one command. The engine repeats a decision if a conflicting
    /// event was appended first; after the last conflict it refuses the command with RESP_ERROR -40. Default: 16.
    /// </summary>
    public int RulesAttempts { get; set; } = 16;

    /// <summary>The period in which the server reads the due wake-ups of closed rooms from the store. Default: 1 s.</summary>
    public TimeSpan RulesWakePeriod { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// The number of threads for the long work of rules, such as the search of a bot
    /// (<see cref="RoomRules{TState, TCommand, TEvent}.WorkOf"/>); 0 for half the number of processors, at least one. Default: 0.
    /// </summary>
    public int RulesThreads { get; set; }

    /// <summary>
    /// The maximum number of log events per minute of each event id, at level Information and above; the server drops and counts further events. Default: 100.
    /// </summary>
    public int LogEventsPerMinute { get; set; } = 100;

    /// <summary>The maximum number of log events that are queued for the host's log; the server drops and counts further events. Default: 4,096.</summary>
    public int LogQueueEvents { get; set; } = 4096;

    /// <summary>
    /// The maximum time in which connections close when the server stops.
    /// In the last tenth of this time, the server aborts the remaining connections. Default: 5 s.
    /// </summary>
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Whether the host has set an address or a port, including to the default value.</summary>
    internal bool NamesAddress { get; private set; }

    /// <summary>Returns the endpoints: <see cref="Endpoints"/>, or the endpoint of <see cref="Address"/> and <see cref="Port"/> if the list is empty.</summary>
    /// <param name="hasPaths">Whether clients also connect through an HTTP server; the default endpoint is then omitted.</param>
    internal IEnumerable<TPacketEndpointOptions> AllEndpoints(bool hasPaths)
    {
        if (Endpoints.Count > 0)
            return Endpoints;
        return hasPaths && !NamesAddress ? [] : [new() { Address = Address, Port = Port }];
    }

    internal TransportOptions ToTransportOptions() => new()
    {
        SendBufferBytes = SendBufferBytes,
        ReceiveBufferBytes = ReceiveBufferBytes,
        UnacknowledgedTimeout = LongestSilence(),
        Linger = CloseTimeout < _longestTimer ? CloseTimeout : _longestTimer,
    };

    internal WebSocketOptions ToWebSocketOptions() => new()
    {
        MaxMessageLength = MaxIncomingMessageBytes,
        ControlFramesPerSecond = ControlFramesPerSecond,
        ControlFrameBurst = ControlFrameBurst,
        MaxHandshakeHeadLength = MaxRequestHeadBytes,
        MaxHandshakeHeaders = MaxRequestHeaderLines,
        HandshakeTimeout = HandshakeTimeout,
        PingAfterIdle = PingAfterIdle,
        PongTimeout = PongTimeout,
        CloseTimeout = CloseTimeout,
        OutboundQueueBytes = OutboundQueueBytes,
        OutboundQueueMessages = OutboundQueuePackets,
        SlowConsumerPolicy = SlowConsumerPolicy,
        Compression = !Compression ? null : new DeflateOptions
        {
            CompressionLevel = CompressionLevel,
            ServerContextTakeover = CompressionContextTakeover,
            ClientContextTakeover = CompressionContextTakeover,
            ServerMaxWindowBits = CompressionWindowBits,
            ClientMaxWindowBits = CompressionWindowBits,
            MinimumLength = CompressionMinimumBytes,
        },
    };

    /// <summary>
    /// Returns the time after which the system aborts a silent connection.
    /// It is later than the server's own deadlines, so that the server closes the connection with a reason.
    /// </summary>
    private TimeSpan LongestSilence()
    {
        var silence = PingAfterIdle + PongTimeout + (2 * HeartbeatPeriod);
        return silence < _longestTimer ? silence : _longestTimer;
    }
}
