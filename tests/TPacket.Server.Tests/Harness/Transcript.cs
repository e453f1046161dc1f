using System.Text.Json;

namespace TPacket.Server.Tests.Harness;

/// <summary>What two deployed clients and the original server said to each other, said once more to another server.</summary>
internal sealed class Transcript
{
    private readonly Dictionary<int, int> _recordedIds = [];
    private readonly (string Client, string What, byte[]? Bytes)[] _lines = [.. Lines()];

    /// <summary>Sends what the recorded clients sent; what comes back has to be what they received.</summary>
    /// <param name="connect">Connects one of them.</param>
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
                // B's last packet is behind it: it leaves, and A is told of it.
                if (name == "A" && Packet.Decode(bytes).Command == Wire.DelUser)
                    await clients["B"].CloseAsync();
                await CheckAsync(clients[name], i);
            }
        }

        foreach (var client in clients.Values)
            await client.DisposeAsync();
        Assert.Equal(2, clients.Count);
    }

    /// <summary>The recorded packet has to be the next; within a roster, one of the next.</summary>
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

    /// <summary>Ids are the server's to choose; in order of appearance they stand for the recorded ones.</summary>
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
