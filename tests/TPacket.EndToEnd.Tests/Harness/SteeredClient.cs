using System.Text.Encodings.Web;
using System.Text.Json;
using TPacket.Interop.Tests.Peers;

namespace TPacket.EndToEnd.Tests.Harness;

/// <summary>A client that gets calls as lines, and reports its events as lines (typescript/steer.mjs).</summary>
public sealed class SteeredClient
{
    // All lines are UTF-8.
    private static readonly JsonSerializerOptions _json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly SteeredPeer _peer;

    internal SteeredClient(IClientPlatform platform, Uri server, object? options)
    {
        _peer = platform.Add();
        Call("new", server.ToString(), options);
    }

    /// <summary>Calls a method; the client reports its result.</summary>
    public void Call(string method, params object?[] arguments) => _peer.DoAsync($"{method} {JsonSerializer.Serialize(arguments, _json)}");

    /// <summary>Receives the next line.</summary>
    public Task<string> NextAsync() => _peer.NextAsync();

    /// <summary>Asserts that the next lines are the given ones.</summary>
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

    /// <summary>Waits for a line, and skips other lines.</summary>
    public async Task ReachesAsync(string line)
    {
        while (await _peer.NextAsync() != line)
        {
        }
    }

    /// <summary>Waits for a line that begins with a text, and skips other lines.</summary>
    public async Task<string> ReachesAnyAsync(string beginning)
    {
        string line;
        do
            line = await _peer.NextAsync();
        while (!line.StartsWith(beginning, StringComparison.Ordinal));
        return line;
    }
}
