using System.IO.Compression;
using TPacket.Transports;
using TPacket.WebSockets;

namespace TPacket.Server;

/// <summary>
/// What a host can set, in code or in the configuration section <c>TPacket</c>. Validated at start; docs/configuration.md has every setting with its unit and range.
/// The defaults of the lengths keep the oldest clients safe, which copy into buffers of fixed size (docs/protocol.md, What old clients can bear).
/// </summary>
public sealed class TPacketServerOptions
{
    /// <summary>The configuration section.</summary>
    public const string SectionName = "TPacket";

    internal const int DefaultPort = 25021;

    // What the system's timers take.
    private static readonly TimeSpan _longestTimer = TimeSpan.FromDays(24);

    /// <summary>
    /// The address to listen on: <c>localhost</c> (loopback of both families), <c>any</c> (every address of both families), or an IP address. Default: <c>localhost</c>.
    /// </summary>
    public string Address
    {
        get;
        set => (field, NamesAddress) = (value, true);
    } = "localhost";

    /// <summary>The TCP port; 0 lets the system pick one. Default: 25021; where an HTTP server's path is served and neither this, an address nor an endpoint is set, there is none.</summary>
    public int Port
    {
        get;
        set => (field, NamesAddress) = (value, true);
    } = DefaultPort;

    /// <summary>
    /// Where the server listens, when it is more than one place, or one with TLS or behind a proxy; <see cref="Address"/> and <see cref="Port"/> are then not looked at. Default: none.
    /// </summary>
    public IList<TPacketEndpointOptions> Endpoints { get; set; } = [];

    /// <summary>How bytes come in and go out. Default: <see cref="TransportKind.Auto"/>.</summary>
    public TransportKind Transport { get; set; } = TransportKind.Auto;

    /// <summary>How many event loops the epoll transport has; 0 for one a processor. Default: 0.</summary>
    public int EventLoops { get; set; }

    /// <summary>The path that clients ask for; any other gets 404. Default: <c>/</c>.</summary>
    public string Path { get; set; } = "/";

    /// <summary>What a client says first. Default: <c>magic string :)</c>.</summary>
    public string MagicString { get; set; } = "magic string :)";

    /// <summary>
    /// Origins of web pages that may connect beside those of the host that was asked for: <c>https://example.org</c>; <c>null</c> or <c>file://</c>, which pages of files and of some apps send;
    /// or <c>*</c> for all. At a loopback address pages have to ask for a loopback name, for a host that is listed here, or through a proxy. Default: none.
    /// </summary>
    public IList<string> AllowedOrigins { get; set; } = [];

    /// <summary>Whether a user may change its nick. Default: false.</summary>
    public bool AllowNickChange { get; set; }

    /// <summary>
    /// Whether a client that signs in under a taken nick gets it at once if the holder has the same principal: the holder is disconnected with 4001, and its session ends. A principal is known by its name identifier, <c>sub</c> or
    /// name, so each name has to belong to one person alone. Default: false.
    /// </summary>
    public bool NickTakeover { get; set; }

    /// <summary>Whether a user in a room may go to another. Default: false.</summary>
    public bool AllowRoomChange { get; set; }

    /// <summary>Longest nick in bytes of UTF-8. Default: 48.</summary>
    public int MaxNickBytes { get; set; } = 48;

    /// <summary>What happens to a nick that looks like another user's. Default: <see cref="NickLookAlikes.RefuseAcrossScripts"/>.</summary>
    public NickLookAlikes NickLookAlikes { get; set; } = NickLookAlikes.RefuseAcrossScripts;

    /// <summary>Longest name of a room in bytes of UTF-8. Default: 64.</summary>
    public int MaxRoomNameBytes { get; set; } = 64;

    /// <summary>Longest text of a message in bytes of UTF-8. Default: 255.</summary>
    public int MaxMessageTextBytes { get; set; } = 255;

    /// <summary>Longest data of a LOGGED_MSG in bytes; a longer one is cut at a character. Default: 255.</summary>
    public int MaxLoggedMessageBytes { get; set; } = 255;

    /// <summary>Most bytes of messages that a room remembers. Default: 8 KiB.</summary>
    public int HistoryBytes { get; set; } = 8 * 1024;

    /// <summary>Most messages that a room remembers. Default: 100.</summary>
    public int HistoryMessages { get; set; } = 100;

    /// <summary>Most members of a room, those away included; a room may have <see cref="IRoom.MaxMembers">a limit of its own</see>. 0 for no limit, the default.</summary>
    public int MaxRoomMembers { get; set; }

    /// <summary>
    /// A room with more members is large: comings and goings in it are told together, once a <see cref="PresencePeriod"/>, and to clients that accept MEMBER_COUNT as a number. Default: 256.
    /// </summary>
    public int LargeRoomMembers { get; set; } = 256;

    /// <summary>Longest time that comings and goings in a large room wait to be told. Default: 250 ms.</summary>
    public TimeSpan PresencePeriod { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Longest incoming WebSocket message in bytes. Default: 64 KiB.</summary>
    public int MaxIncomingMessageBytes { get; set; } = 64 * 1024;

    /// <summary>Most packets of one client in a second, on average; more are refused with RESP_ERROR -40. 0 for no limit. Default: 50.</summary>
    public int PacketsPerSecond { get; set; } = 50;

    /// <summary>Most packets of one client at once. Up to an eighth more may be accepted, because the clock is not read for each packet. Default: 200.</summary>
    public int PacketBurst { get; set; } = 200;

    /// <summary>
    /// A client whose packets are refused for this long because of <see cref="PacketsPerSecond"/> is closed with 1008. The time starts anew after a break without refused packets of
    /// <see cref="PacketBurst"/> / <see cref="PacketsPerSecond"/> seconds, but at least a quarter and at most half of this time. Default: 10 s.
    /// </summary>
    public TimeSpan RateLimitTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Most packets in a second, on average, that a room handles of all its members together: NEW_MSG, the application's commands in <see cref="CommandScope.Room"/>, and changes of nick and
    /// room where they are allowed. More are refused with RESP_ERROR -40, those of members who send much before those of members who send little. What the application's
    /// code says or broadcasts is not limited. 0 for no limit. Default: 0.
    /// </summary>
    public int RoomPacketsPerSecond { get; set; }

    /// <summary>Most packets that a room handles at once. Default: 200.</summary>
    public int RoomPacketBurst { get; set; } = 200;

    /// <summary>
    /// Most WebSocket control frames of one client in a second, on average; fragments of less than 64 bytes that do not end their message count as control frames. A client that sends more is closed
    /// with 1008. 0 for no limit. Default: 50.
    /// </summary>
    public int ControlFramesPerSecond { get; set; } = 50;

    /// <summary>Most WebSocket control frames of one client at once. Default: 200.</summary>
    public int ControlFrameBurst { get; set; } = 200;

    /// <summary>Longest request head in bytes. Default: 8 KiB.</summary>
    public int MaxRequestHeadBytes { get; set; } = 8 * 1024;

    /// <summary>Most header lines of a request. Default: 64.</summary>
    public int MaxRequestHeaderLines { get; set; } = 64;

    /// <summary>Time for the WebSocket handshake, from the accepted connection on. Default: 10 s.</summary>
    public TimeSpan HandshakeTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Time for the magic string, from the handshake on. Default: 10 s.</summary>
    public TimeSpan MagicStringTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Time for an accepted nick, from the magic string on. Default: 10 s.</summary>
    public TimeSpan NickTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>A ping is sent after this long without a byte from the client. Default: 30 s.</summary>
    public TimeSpan PingAfterIdle { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Time for any byte to arrive after a ping. Default: 15 s.</summary>
    public TimeSpan PongTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Time for a closing connection to end. Default: 5 s.</summary>
    public TimeSpan CloseTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Time for each call of a room's store; then its outcome counts as unknown. Default: 5 s.</summary>
    public TimeSpan StoreTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Time for the nick policy to decide. Default: 10 s.</summary>
    public TimeSpan PolicyTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a packet, or <see cref="IRoom.RunInTurnAsync"/>, waits for a room's turn. Default: 30 s.</summary>
    public TimeSpan TurnTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a handler may go on after its client's connection has ended; then the user leaves its room without it. Default: 30 s.</summary>
    public TimeSpan HandlerTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Time for each call to an <see cref="IRoomObserver"/>; then the server makes the next call. Default: 30 s.</summary>
    public TimeSpan ObserverTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Most events of a room that are queued for an <see cref="IRoomObserver"/>; the server drops further events and calls <see cref="IRoomObserver.OnMissedAsync"/>. Default: 1024.</summary>
    public int ObserverQueueEvents { get; set; } = 1024;

    /// <summary>How often deadlines are looked at: their resolution. Default: 1 s.</summary>
    public TimeSpan HeartbeatPeriod { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Most bytes that wait for a client that reads slowly; roster and history of a join do not count. Default: 256 KiB.</summary>
    public int OutboundQueueBytes { get; set; } = 256 * 1024;

    /// <summary>Most packets that wait for a client that reads slowly; roster and history of a join do not count. Default: 1,024.</summary>
    public int OutboundQueuePackets { get; set; } = 1024;

    /// <summary>
    /// How many bytes the operating system may buffer for a client, beside the queue; 0 leaves it to the system. See <see cref="TransportOptions.SendBufferBytes"/>. Default: 128 KiB.
    /// </summary>
    public int SendBufferBytes { get; set; } = TransportOptions.Default.SendBufferBytes;

    /// <summary>
    /// How many bytes of a client the operating system may buffer before the server reads them; 0 leaves it to the system. See <see cref="TransportOptions.ReceiveBufferBytes"/>. Default: 128 KiB.
    /// </summary>
    public int ReceiveBufferBytes { get; set; } = TransportOptions.Default.ReceiveBufferBytes;

    /// <summary>What happens to a client whose queue is full. Default: <see cref="SlowConsumerPolicy.Disconnect"/>.</summary>
    public SlowConsumerPolicy SlowConsumerPolicy { get; set; } = SlowConsumerPolicy.Disconnect;

    /// <summary>Whether messages are compressed with clients that ask for it (permessage-deflate, RFC 7692). Default: false.</summary>
    public bool Compression { get; set; }

    /// <summary>How much work compressing does. Default: <see cref="CompressionLevel.Optimal"/>.</summary>
    public CompressionLevel CompressionLevel { get; set; } = DeflateOptions.Default.CompressionLevel;

    /// <summary>
    /// Whether a message may refer to earlier ones, which makes small ones much smaller. It costs each client of its own a compressor and a decompressor, some hundred KiB, and every message is then
    /// compressed for each member of a room by itself. Default: false.
    /// </summary>
    public bool CompressionContextTakeover { get; set; }

    /// <summary>Largest window, as a power of two; 8 to 15. Default: 15.</summary>
    public int CompressionWindowBits { get; set; } = DeflateOptions.MaxWindowBits;

    /// <summary>Messages of fewer bytes are sent as they are. Default: 128.</summary>
    public int CompressionMinimumBytes { get; set; } = DeflateOptions.Default.MinimumLength;

    /// <summary>Most connections in all; more are closed when accepted. Default: 100,000.</summary>
    public int MaxConnections { get; set; } = 100_000;

    /// <summary>Most connections from one address (of IPv6, from one /64); 0 for no limit. Default: 0.</summary>
    public int MaxConnectionsPerAddress { get; set; }

    /// <summary>How long a user with a session may be away whose client wants no other time. Default: 30 s.</summary>
    public TimeSpan SessionGrace { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The longest time that a client may want; zero for a server without sessions. Default: 5 min.</summary>
    public TimeSpan MaxSessionGrace { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How often a session may be resumed at once; one more each second. More are refused with RESP_ERROR -41. A connection may ask for as many sessions that are unknown; the next one closes it with 1008. Default: 10.</summary>
    public int ResumeBurst { get; set; } = 10;

    /// <summary>Most events that a user is sent which it has missed; where there are more, it is sent a snapshot of its room. Default: 1,000.</summary>
    public int ReplayEvents { get; set; } = 1000;

    /// <summary>Most bytes of events that a user is sent which it has missed; where there are more, it is sent a snapshot of its room. Default: 256 KiB.</summary>
    public int ReplayBytes { get; set; } = 256 * 1024;

    /// <summary>Most bytes that wait for users who are back, all together; more of them are refused with RESP_ERROR -41 until these are sent. Default: 64 MiB.</summary>
    public int ReplayBudgetBytes { get; set; } = 64 * 1024 * 1024;

    /// <summary>
    /// Over this time clients with a session are closed when the server stops, and over the same time they come back: each is sent MOVE_ON with a time of its own. Default: 2 s, and at most half of <see cref="DrainTimeout"/>.
    /// </summary>
    public TimeSpan MoveOnSpread { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How often the rules of a room decide about one command, where others are faster; then it is refused with RESP_ERROR -40. Default: 16.</summary>
    public int RulesAttempts { get; set; } = 16;

    /// <summary>How often the store is asked which of the rooms that nobody has open want to be woken by their rules. Default: 1 s.</summary>
    public TimeSpan RulesWakePeriod { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How many threads run the long work of rules, such as the search of a bot for its move (<see cref="RoomRules{TState, TCommand, TEvent}.WorkOf"/>); 0 for half as many as there are processors, and at least one. Default: 0.</summary>
    public int RulesThreads { get; set; }

    /// <summary>Most log events of one kind, a log event id, in a minute, from Information up; the log gets the number of those left out. Default: 100.</summary>
    public int LogEventsPerMinute { get; set; } = 100;

    /// <summary>Most log events that wait for the host's log; the log gets the number of those left out. Default: 4,096.</summary>
    public int LogQueueEvents { get; set; } = 4096;

    /// <summary>Time for connections to end when the server stops; its last tenth is for those that have to be released. Default: 5 s.</summary>
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Whether the host has set an address or a port, be it to the default.</summary>
    internal bool NamesAddress { get; private set; }

    /// <summary>Where the server listens, in either form.</summary>
    /// <param name="hasPaths">Whether clients come through an HTTP server, too: only what was set is listened on then.</param>
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

    /// <summary>After this long the server gives up on a client that says nothing. The system comes later, so that it is the server that says why.</summary>
    private TimeSpan LongestSilence()
    {
        var silence = PingAfterIdle + PongTimeout + (2 * HeartbeatPeriod);
        return silence < _longestTimer ? silence : _longestTimer;
    }
}
