using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using TPacket.Protocol;
using TPacket.Server.Tests.Harness;

namespace TPacket.Client.Tests.Harness;

/// <summary>A scripted server with .NET's own WebSocket, and its clients.</summary>
internal sealed class FakeServer : IAsyncDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly List<FakeSession> _sessions = [];
    private readonly List<TPacketClient> _clients = [];

    public FakeServer()
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        Uri = new Uri($"ws://{_listener.LocalEndPoint}/");
    }

    public Uri Uri { get; }

    /// <summary>The header of the last upgrade request.</summary>
    public string Head { get; private set; } = "";

    /// <summary>Whether the server knows ACCEPT_COMMANDS and logs; otherwise it refuses them, as the oldest servers do.</summary>
    public bool Follows { get; init; }

    /// <summary>Whether clients ask for sessions, as they do by default.</summary>
    public bool AsksForSessions { get; init; } = true;

    /// <summary>The SESSION of the last client that has signed in.</summary>
    public byte[] Session { get; private set; } = [];

    /// <summary>Whether the server has sessions; otherwise it refuses SESSION.</summary>
    public bool HasSessions { get; init; }

    /// <summary>Creates a client. The server disposes of it.</summary>
    public TPacketClient Client(Action<TPacketClientOptions>? configure = null)
    {
        var client = new TPacketClient(Uri, TestServer.Hasty(configure));
        _clients.Add(client);
        return client;
    }

    /// <summary>Creates a client and enters a room.</summary>
    public async Task<(TPacketClient Client, FakeSession Session)> EnterAsync(Action<TPacketClientOptions>? configure = null)
    {
        var client = Client(configure);
        var connecting = client.ConnectAsync("alice", "lobby");
        var session = await SignInAsync();
        await session.LetInAsync();
        await connecting;
        return (client, session);
    }

    /// <summary>Accepts a connection, reads its upgrade request and answers it.</summary>
    /// <param name="response">The answer; null for a successful upgrade.</param>
    public async Task<FakeSession> AcceptAsync(string? response = null)
    {
        using var deadline = Deadline.Start();
        var socket = await _listener.AcceptAsync(deadline.Token);
        var stream = new NetworkStream(socket, ownsSocket: true);
        Head = await ReadHeadAsync(stream, deadline.Token);
        await stream.WriteAsync(Encoding.ASCII.GetBytes(response ?? Upgrade(Head)), deadline.Token);
        var session = new FakeSession(socket, WebSocket.CreateFromStream(stream, isServer: true, subProtocol: null, Timeout.InfiniteTimeSpan));
        _sessions.Add(session);
        return session;
    }

    /// <summary>Accepts a connection and lets its user sign in.</summary>
    public async Task<FakeSession> SignInAsync(string nick = "alice", bool asksToFollow = true)
    {
        var session = await AcceptAsync();
        await session.ReadAsync(0, "magic string :)");
        await LetSignInAsync(session, nick, asksToFollow);
        return session;
    }

    /// <summary>Lets the user of a connection sign in.</summary>
    public async Task LetSignInAsync(FakeSession session, string nick = "alice", bool asksToFollow = true)
    {
        await session.OkAsync(await session.ReadAsync(1, nick));
        for (var asked = 0; asked < 2 && asksToFollow; asked++)
        {
            var request = await session.ReadAsync((int)PacketCommand.AcceptCommands);
            await (Follows ? session.OkAsync(request) : session.RefuseAsync(request, PacketErrorCode.UnknownCommand));
        }

        if (!AsksForSessions)
            return;
        Session = await session.ReceiveAsync();
        await (HasSessions ? session.GrantAsync(FakeSession.Header(Session)) : session.RefuseAsync(FakeSession.Header(Session), PacketErrorCode.UnknownCommand));
    }

    /// <summary>Creates a client that follows the log of its room, up to offset 9.</summary>
    public async Task<(TPacketClient Client, FakeSession Session)> FollowAsync(Action<TPacketClientOptions>? configure = null)
    {
        var client = Client(configure);
        var connecting = client.ConnectAsync("alice", "lobby");
        var session = await SignInAsync();
        await session.LetFollowAsync();
        await connecting;
        return (client, session);
    }

    public async ValueTask DisposeAsync()
    {
        // The server first, so that no client waits for an answer to its close frame.
        _listener.Dispose();
        foreach (var session in _sessions)
            session.Cut();
        foreach (var client in _clients)
            await client.DisposeAsync();
    }

    private static async Task<string> ReadHeadAsync(NetworkStream stream, CancellationToken deadline)
    {
        var head = new StringBuilder();
        var buffer = new byte[1];
        while (head.Length < 4 || head.ToString(head.Length - 4, 4) != "\r\n\r\n")
        {
            await stream.ReadExactlyAsync(buffer, deadline);
            head.Append((char)buffer[0]);
        }

        return head.ToString();
    }

    private static string Upgrade(string head)
    {
        var key = head.Split("\r\n").Single(line => line.StartsWith("Sec-WebSocket-Key: ", StringComparison.OrdinalIgnoreCase)).Split(' ')[1];
#pragma warning disable CA5350 // RFC 6455, section 4.2.2, requires SHA-1.
        var accept = Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes($"{key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11")));
#pragma warning restore CA5350
        return $"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n\r\n";
    }
}
