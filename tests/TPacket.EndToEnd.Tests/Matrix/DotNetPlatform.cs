using System.Collections.Concurrent;
using System.Net;
using System.Text.Json;
using TPacket.Client;
using TPacket.EndToEnd.Tests.Harness;
using TPacket.Interop.Tests.Peers;
using TPacket.Interop.Tests.Tls;
using TPacket.WebSockets;

namespace TPacket.EndToEnd.Tests.Matrix;

/// <summary>The client for .NET, in this process, steered with the lines of typescript/steer.mjs that the matrix uses.</summary>
internal sealed class DotNetPlatform : Steering, IClientPlatform
{
    private readonly ConcurrentDictionary<string, TPacketClient> _clients = new();

    public bool IsBrowser => false;

    public override void Write(string line)
    {
        var parts = line.Split(' ', 3);
        var (id, verb, arguments) = (parts[0], parts[1], JsonDocument.Parse(parts[2]).RootElement);
        if (verb == "new")
            _clients[id] = Create(id, new Uri(arguments[0].GetString()!), arguments[1]);
        else
            _ = CallAsync(id, verb, arguments);
    }

    private TPacketClient Create(string id, Uri server, JsonElement options)
    {
        var client = new TPacketClient(server, new TPacketClientOptions
        {
            Reconnect = new ReconnectOptions
            {
                InitialDelay = TimeSpan.FromMilliseconds(options.GetProperty("reconnect").GetProperty("initialDelay").GetInt32()),
                MaxDelay = TimeSpan.FromMilliseconds(options.GetProperty("reconnect").GetProperty("maxDelay").GetInt32()),
            },
            WebSocket = WebSocketClientOptions.Default with
            {
                HttpVersion = options.GetProperty("http2").GetBoolean() ? HttpVersion.Version20 : HttpVersion.Version11,
                Tls = static tls => tls.CertificateChainPolicy = TestCertificate.Trust,
                Connection = WebSocketOptions.Default with { Compression = options.GetProperty("compression").GetBoolean() ? DeflateOptions.Default : null },
            },
        });
        client.StateChanged += state => OnLine($"{id} {Describe(state)}");
        client.EventReceived += clientEvent => OnLine($"{id} {Describe(clientEvent)}");
        return client;
    }

    private async Task CallAsync(string id, string verb, JsonElement arguments)
    {
        var client = _clients[id];
        switch (verb)
        {
            case "connect":
                await client.ConnectAsync(arguments[0].GetString()!, arguments[1].GetString());
                OnLine($"{id} connect done");
                break;
            case "roster":
                OnLine($"{id} roster {string.Join(' ', client.Roster.Users.Select(user => user.Nick))} self {client.Roster.Self?.Nick}");
                break;
            case "say":
                await client.SendAsync(arguments[0].GetString()!);
                break;
            case "close":
                await client.CloseAsync();
                break;
        }
    }

    private static string Describe(ClientState state)
    {
        var name = state.Phase.ToString();
        return $"state {char.ToLowerInvariant(name[0])}{name[1..]} {state.Room}".TrimEnd();
    }

    private static string Describe(ClientEvent clientEvent) => clientEvent switch
    {
        RoomEntered entered => $"entered {entered.Room}{(entered.IsReentry ? " again" : "")}",
        RoomMessage { IsHistory: true, Sender: { } sender } message => $"history {sender.Nick}: {message.Text}",
        RoomMessage { IsHistory: true } message => $"history {message.Text}",
        RoomMessage message => $"message {message.Sender?.Nick} {message.Text}",
        UserJoined joined => $"joined {joined.User.Nick}",
        UserLeft left => $"left {left.User.Nick}",
        _ => clientEvent.ToString()!,
    };

    SteeredPeer IClientPlatform.Add() => Add();
}
