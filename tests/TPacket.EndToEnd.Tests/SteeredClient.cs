using System.Text.Encodings.Web;
using System.Text.Json;
using TPacket.Interop.Tests.Peers;

namespace TPacket.EndToEnd.Tests;

/// <summary>A client whose methods are called from here, and that tells in lines what happens (typescript/steer.mjs).</summary>
public sealed class SteeredClient
{
    // Lines are UTF-8 all the way.
    private static readonly JsonSerializerOptions _json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly SteeredPeer _peer;

    internal SteeredClient(IClientPlatform platform, Uri server, object? options)
    {
        _peer = platform.Add();
        Call("new", server.ToString(), options);
    }

    /// <summary>Calls a method; what it comes to is told.</summary>
    public void Call(string method, params object?[] arguments) => _peer.DoAsync($"{method} {JsonSerializer.Serialize(arguments, _json)}");

    /// <summary>What is told next.</summary>
    public Task<string> NextAsync() => _peer.NextAsync();

    /// <summary>Awaits what is told next, line by line.</summary>
    public async Task TellsAsync(params string[] lines)
    {
        foreach (var line in lines)
            Assert.Equal(line, await _peer.NextAsync());
    }

    /// <summary>Enters a room that has no history.</summary>
    public async Task EnterAsync(string nick, string room)
    {
        Call("connect", nick, room);
        await TellsAsync("state connecting", "state signingIn", $"state joining {room}", $"entered {room}", $"state ready {room}", "connect done");
    }

    /// <summary>Awaits a line, whatever comes before it.</summary>
    public async Task ReachesAsync(string line)
    {
        while (await _peer.NextAsync() != line)
        {
        }
    }

    /// <summary>Awaits a line that begins so, whatever comes before it.</summary>
    public async Task<string> ReachesAnyAsync(string beginning)
    {
        string line;
        do
            line = await _peer.NextAsync();
        while (!line.StartsWith(beginning, StringComparison.Ordinal));
        return line;
    }
}
