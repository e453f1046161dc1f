using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using TPacket.Server.Commands;
using TPacket.Server.Diagnostics;
using TPacket.Server.Rooms;
using TPacket.Server.Rooms.Replay;
using TPacket.Server.Sessions.Limits;
using TPacket.Server.Sessions.Packets;
using TPacket.Server.Sessions.Resumption;
using TPacket.Server.Sessions.SignIn;
using TPacket.WebSockets;

namespace TPacket.Server.Sessions;

/// <summary>The services and limits that all sessions of a server share. The class holds no session.</summary>
internal sealed class SessionServices(
    HandshakeCall handshake,
    CommandTable commands,
    PacketDispatcher dispatcher,
    RoomMoves moves,
    NickChange nicks,
    SessionBegin begin,
    SessionResumption resumption,
    SessionEnd end,
    SessionCleanup cleanup,
    SessionFaults faults,
    ReplayBudget replays,
    ISessionOwner owner,
    IServiceScopeFactory scopes,
    Heartbeat heartbeat,
    TimeProvider timeProvider,
    ServerActivities activities,
    IOptions<TPacketServerOptions> options)
{
    private readonly byte[] _magicString = Encoding.UTF8.GetBytes(options.Value.MagicString);

    private volatile PacketLimit? _packetLimit = PacketLimit.Create(options.Value, heartbeat, timeProvider);

    public TPacketServerOptions Options { get; } = options.Value;

    public Heartbeat Heartbeat => heartbeat;

    public TimeProvider TimeProvider => timeProvider;

    /// <summary>Calls the handshake policy.</summary>
    public HandshakeCall Handshake => handshake;

    /// <summary>The route of each command.</summary>
    public CommandTable Commands => commands;

    /// <summary>Runs the handlers of packets.</summary>
    public PacketDispatcher Dispatcher => dispatcher;

    /// <summary>Moves users between rooms.</summary>
    public RoomMoves Moves => moves;

    /// <summary>Signs users in and renames them.</summary>
    public NickChange Nicks => nicks;

    /// <summary>Handles SESSION.</summary>
    public SessionBegin Begin => begin;

    /// <summary>Handles RESUME.</summary>
    public SessionResumption Resumption => resumption;

    /// <summary>Ends the sessions of users.</summary>
    public SessionEnd End => end;

    /// <summary>Cleans up after sessions.</summary>
    public SessionCleanup Cleanup => cleanup;

    /// <summary>Counts and logs the faults of clients and handlers.</summary>
    public SessionFaults Faults => faults;

    /// <summary>Bounds the bytes that are queued for resumed clients.</summary>
    public ReplayBudget Replays => replays;

    /// <summary>The owner of the sessions, which sessions notify of their end.</summary>
    public ISessionOwner Owner => owner;

    /// <summary>Creates the scopes of packets.</summary>
    public IServiceScopeFactory Scopes => scopes;

    public ServerActivities Activities => activities;

    /// <summary>The limit of each client's packets; null for no limit.</summary>
    public PacketLimit? PacketLimit => _packetLimit;

    /// <summary>The magic string in UTF-8.</summary>
    public ReadOnlySpan<byte> MagicString => _magicString;

    /// <summary>Replaces the limit of packets after the options have changed.</summary>
    public void ReloadLimit() => _packetLimit = PacketLimit.Create(Options, heartbeat, timeProvider);
}
