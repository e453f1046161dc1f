using System.Net.WebSockets;
using System.Text;
using TPacket.Client.Tests.Harness;
using TPacket.Protocol;
using TPacket.Server.Tests.Harness;

namespace TPacket.Client.Tests.Connection;

/// <summary>A member sends as fast as it can among normal members, with the server's default limits.</summary>
public class FloodTests
{
    private const int Members = 20;
    private const string Text = "flood flood flood flood flood flood flood flood flood flood flood flood flood flood";

    // Fewer than the server queues for a client, so that the server closes the flooder because of its rate, and not because it reads too slowly.
    private const int Batch = 400;

    [Trait("Speed", "Slow")]
    [Fact]
    public async Task The_flooder_is_refused_and_closed_and_every_other_member_stays()
    {
        await using var server = await TestServer.StartAsync();
        var clients = new TPacketClient[Members];
        var recorders = new ClientRecorder[Members];
        for (var i = 0; i < Members; i++)
        {
            clients[i] = await server.EnterAsync($"member{i}");
            recorders[i] = new ClientRecorder(clients[i]);
        }

        var refused = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var flooding = Task.Run(() => FloodAsync(server.Uri, refused));
        await Task.WhenAny(refused.Task, flooding).WaitAsync(Deadline.Limit);
        await clients[0].SendAsync("during");

        Assert.Equal(WebSocketCloseStatus.PolicyViolation, await flooding.WaitAsync(Deadline.Limit));
        await clients[0].SendAsync("after");
        foreach (var recorder in recorders)
        {
            await recorder.RecordsAsync("member0: during");
            await recorder.RecordsAsync("left flooder");
            await recorder.RecordsAsync("member0: after");
            // The client has not changed its state since it entered.
            Assert.DoesNotContain(recorder.Lines, static line => line.StartsWith("Reconnecting", StringComparison.Ordinal) || line.StartsWith("Closed", StringComparison.Ordinal));
        }

        Assert.All(clients, static client => Assert.Equal(ClientPhase.Ready, client.State.Phase));
    }

    /// <summary>Enters the room and sends until the server closes.</summary>
    /// <returns>The server's close status.</returns>
    private static async Task<WebSocketCloseStatus?> FloodAsync(Uri server, TaskCompletionSource refused)
    {
        using var deadline = new CancellationTokenSource(Deadline.Limit);
        using var socket = new ClientWebSocket();
        await socket.ConnectAsync(server, deadline.Token);
        await SendAsync(PacketCommand.Nop, "magic string :)");
        await SendAsync(PacketCommand.SetUserNick, "flooder");
        await SendAsync(PacketCommand.SetRoom, "lobby");
        var answered = 0;
        var read = new SemaphoreSlim(0);
        var reading = ReadAsync();
        while (!reading.IsCompleted)
        {
            try
            {
                for (var i = 0; i < Batch; i++)
                    await SendAsync(PacketCommand.NewMsg, Text);
            }
            catch (Exception e) when (e is WebSocketException or InvalidOperationException)
            {
                // The connection is closed.
                break;
            }

            await Task.WhenAny(read.WaitAsync(deadline.Token), reading);
        }

        await reading;
        return socket.CloseStatus;

        async Task SendAsync(PacketCommand command, string text)
        {
            var message = new byte[PacketHeader.Size + text.Length];
            PacketWriter.Write(message, uid: 1, (int)command, p1: 0, p2: 0, Encoding.ASCII.GetBytes(text));
            await socket.SendAsync(message, WebSocketMessageType.Binary, endOfMessage: true, deadline.Token);
        }

        async Task ReadAsync()
        {
            var buffer = new byte[4096];
            while (await socket.ReceiveAsync(buffer, deadline.Token) is { MessageType: not WebSocketMessageType.Close } message)
            {
                PacketReader.TryReadMessage(buffer.AsSpan(0, message.Count), out var header, out var data);
                var isRefused = header is { Command: (int)PacketCommand.RespError, P1: (int)PacketErrorCode.RateLimited };
                if (isRefused)
                    refused.TrySetResult();
                if ((isRefused || (header.Command == (int)PacketCommand.NewMsg && data.Length == Text.Length)) && ++answered % Batch == 0)
                    read.Release();
            }
        }
    }
}
