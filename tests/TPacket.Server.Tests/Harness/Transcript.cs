using System.Text.Json;

namespace TPacket.Server.Tests.Harness;

/// <summary>A recording of two deployed clients and the original server, which is replayed against another server.</summary>
internal sealed class Transcript
{
    private readonly Dictionary<int, int> _recordedIds = [];
    private readonly (string Client, string What, byte[]? Bytes)[] _lines = [.. Lines()];

    /// <summary>Sends the packets of the recorded clients, and fails the test where the answers differ from the recorded ones.</summary>
    /// <param name="connect">Connects a client.</param>
    public async Task ReplayAsync(Func<Task<TestClient>> connect)
    {
        var clients = new Dictionary<string, TestClient>();
        for (var i = 0; i < _lines.Length; i++)
        {
            var (name, what, bytes) = _lines[i];
            if (what == "open")
            {
                clients.Add(name, await connect());
            }
            else if (what == "sent")
            {
                await clients[name].SendBytesAsync(bytes!);
            }
            else
            {
                // B has sent its last packet: it leaves, and A is notified.
                if (name == "A" && Packet.Decode(bytes).Command == Wire.DelUser)
                    await clients["B"].CloseAsync();
                await CheckAsync(clients[name], i);
            }
        }

        foreach (var client in clients.Values)
            await client.DisposeAsync();
        Assert.Equal(2, clients.Count);
    }

    /// <summary>Compares the next packet with the recorded one; within a roster, in any order.</summary>
    private async Task CheckAsync(TestClient client, int index)
    {
        var (name, _, recorded) = _lines[index];
        var received = Map(await client.ReceiveAsync());
        if (Packet.Decode(recorded) == received)
            return;
        Assert.Equal(Wire.NewUser, received.Command);
        var run = _lines[index..].TakeWhile(line => line.What == "received").Count();
        var other = Array.FindIndex(_lines, index, run, line => line.Client == name && Packet.Decode(line.Bytes) == received);
        Assert.True(other > 0, $"Received {received}, recorded was {Packet.Decode(recorded)}.");
        (_lines[index].Bytes, _lines[other].Bytes) = (_lines[other].Bytes, _lines[index].Bytes);
    }

    /// <summary>Maps the server's ids to the recorded ones, in order of appearance.</summary>
    private Packet Map(Packet packet)
    {
        if (packet.Command is not (Wire.NewUser or Wire.DelUser or Wire.NewMsg))
            return packet;
        Assert.True(packet.P1 >= 0x1000);
        if (!_recordedIds.TryGetValue(packet.P1, out var id))
            _recordedIds.Add(packet.P1, id = 0x1000 + _recordedIds.Count);
        return packet with { P1 = id };
    }

    private static IEnumerable<(string Client, string What, byte[]? Bytes)> Lines() =>
        from line in File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Transcripts", "two-users.jsonl"))
        let entry = JsonDocument.Parse(line).RootElement
        let hex = entry.TryGetProperty("hex", out var value) ? value.GetString() : null
        select (entry.GetProperty("client").GetString()!, entry.GetProperty("event").GetString()!, hex is null ? null : Convert.FromHexString(hex));
}
