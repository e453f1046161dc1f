using System.Text.Json;
using TPacket.Server.Tests.Harness;

namespace TPacket.Server.Tests;

/// <summary>What two deployed clients and the original server said to each other, said once more to this server.</summary>
public class TranscriptTests
{
    private readonly Dictionary<int, int> _recordedIds = [];

    [Theory]
    [InlineData(TransportKind.Sockets)]
    [InlineData(TransportKind.Auto)]
    public async Task The_server_answers_recorded_clients_with_the_recorded_packets(TransportKind transport)
    {
        var lines = Lines().ToArray();
        await using var server = await TestServer.StartAsync(o => o.Transport = transport);
        var clients = new Dictionary<string, TestClient>();
        for (var i = 0; i < lines.Length; i++)
        {
            var (name, what, bytes) = lines[i];
            if (what == "open")
            {
                clients.Add(name, await server.ConnectAsync());
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
                var run = lines[i..].TakeWhile(line => line.What == "received").Where(line => line.Client == name).ToArray();
                await CheckAsync(clients[name], bytes!, run, lines, i);
            }
        }

        foreach (var client in clients.Values)
            await client.DisposeAsync();
        Assert.Equal(2, clients.Count);
    }

    /// <summary>The recorded packet has to be the next; within a roster, one of the next.</summary>
    private async Task CheckAsync(TestClient client, byte[] recorded, (string Client, string What, byte[]? Bytes)[] run, (string Client, string What, byte[]? Bytes)[] lines, int index)
    {
        var received = Map(await client.ReceiveAsync());
        if (Packet.Decode(recorded) == received)
            return;
        Assert.Equal(Wire.NewUser, received.Command);
        var other = Array.FindIndex(run, line => Packet.Decode(line.Bytes) == received);
        Assert.True(other > 0, $"Received {received}, recorded was {Packet.Decode(recorded)}.");
        var position = Array.FindIndex(lines, index, line => line.Client == run[other].Client && ReferenceEquals(line.Bytes, run[other].Bytes));
        (lines[index].Bytes, lines[position].Bytes) = (lines[position].Bytes, lines[index].Bytes);
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
