using System.Buffers.Binary;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using TPacket.Protocol;
using TPacket.Server.Tests.Harness;

namespace TPacket.Client.Tests.Harness;

/// <summary>One connection of a <see cref="FakeServer"/>.</summary>
internal sealed class FakeSession(Socket socket, WebSocket webSocket)
{
    public WebSocketCloseStatus? CloseStatus => webSocket.CloseStatus;

    /// <summary>Receives the next message of the client; empty for its close frame.</summary>
    public async Task<byte[]> ReceiveAsync()
    {
        using var deadline = Deadline.Start();
        var buffer = new byte[64 * 1024];
        var result = await webSocket.ReceiveAsync(buffer, deadline.Token);
        Assert.True(result.EndOfMessage);
        return buffer[..result.Count];
    }

    /// <summary>Receives the next packet of the client, and asserts what it is.</summary>
    /// <returns>Its header.</returns>
    public async Task<PacketHeader> ReadAsync(int command, string text = "")
    {
        var message = await ReceiveAsync();
        Assert.Equal(PacketReadStatus.Done, PacketReader.TryReadMessage(message, out var header, out var data));
        Assert.Equal((command, text), (header.Command, Encoding.UTF8.GetString(data)));
        return header;
    }

    public async Task SendAsync(byte[] message, WebSocketMessageType type = WebSocketMessageType.Binary)
    {
        using var deadline = Deadline.Start();
        await webSocket.SendAsync(message, type, endOfMessage: true, deadline.Token);
    }

    public Task SendAsync(int command, int p1 = 0, string text = "", int uid = -1) => SendAsync(command, p1, Encoding.UTF8.GetBytes(text), uid);

    public Task SendAsync(int command, int p1, byte[] data, int uid = -1) => SendAsync(Packet(command, p1, data, uid: uid));

    /// <summary>Encodes a packet.</summary>
    public static byte[] Packet(PacketCommand command, int p1, string text, int p2 = 0) => Packet((int)command, p1, Encoding.UTF8.GetBytes(text), p2);

    /// <inheritdoc cref="Packet(PacketCommand, int, string, int)"/>
    public static byte[] Packet(int command, int p1, byte[] data, int p2 = 0, int uid = -1)
    {
        var message = new byte[PacketHeader.Size + data.Length];
        PacketWriter.Write(message, uid, command, p1, p2, data);
        return message;
    }

    /// <summary>Encodes the beginning of EVENT and RECEIPT: a time in milliseconds, and a check.</summary>
    public static byte[] Place(long time, long check = 0)
    {
        var place = new byte[16];
        BinaryPrimitives.WriteInt64LittleEndian(place, time);
        BinaryPrimitives.WriteInt64LittleEndian(place.AsSpan(8), check);
        return place;
    }

    /// <summary>Sends an EVENT. Its time is its offset in seconds.</summary>
    public Task EventAsync(long offset, params byte[][] packets) =>
        SendAsync(Packet((int)PacketCommand.Event, (int)offset, [.. Place(offset * 1000), .. packets.SelectMany(packet => packet)], p2: (int)(offset >> 32)));

    /// <summary>Sends an EVENT with a message.</summary>
    public Task SaysAtAsync(long offset, int id, string text) => EventAsync(offset, Packet(PacketCommand.NewMsg, id, text));

    /// <summary>Begins a snapshot of a room.</summary>
    public Task BeginSnapshotAsync(long offset, string room = "lobby", long epoch = 7)
    {
        var position = new byte[24];
        BinaryPrimitives.WriteInt64LittleEndian(position, epoch);
        BinaryPrimitives.WriteInt64LittleEndian(position.AsSpan(8), offset);
        return SendAsync((int)PacketCommand.Snapshot, 1, [.. position, .. Encoding.UTF8.GetBytes(room)]);
    }

    public Task EndSnapshotAsync() => SendAsync((int)PacketCommand.Snapshot);

    /// <summary>Sends a RECEIPT. Its time is its offset in seconds.</summary>
    public Task ReceiptAsync(PacketHeader request, long offset) => SendAsync((int)PacketCommand.Receipt, (int)offset, Place(offset * 1000), request.Uid);

    /// <summary>Accepts a client's SET_ROOM, and sends a snapshot at offset 9 with a roster of ids from 0x1000.</summary>
    public async Task LetFollowAsync(string room = "lobby", params string[] users)
    {
        await OkAsync(await ReadAsync((int)PacketCommand.SetRoom, room));
        await BeginSnapshotAsync(9, room);
        var id = 0x1000;
        foreach (var nick in users is [] ? ["alice"] : users)
            await UserComesAsync(id++, nick);
        await EndSnapshotAsync();
        await PassFenceAsync();
    }

    /// <summary>Grants a session; the user is 0x1000.</summary>
    public Task GrantAsync(PacketHeader request) => SendAsync(Packet((int)PacketCommand.Session, 30_000, [], 0x1000, request.Uid));

    /// <summary>Receives the first packets of a client that reconnects, up to its RESUME.</summary>
    /// <returns>The RESUME.</returns>
    public async Task<byte[]> ReadResumeAsync()
    {
        await ReadAsync((int)PacketCommand.Nop, "magic string :)");
        var resume = await ReceiveAsync();
        Assert.Equal((int)PacketCommand.Resume, Header(resume).Command);
        return resume;
    }

    /// <summary>Answers a RESUME.</summary>
    /// <param name="resume">The encoded RESUME.</param>
    /// <param name="follows">0 for the missed events, 1 for a snapshot, 2 for no room.</param>
    /// <param name="id">The user's id.</param>
    public Task ResumeAsync(byte[] resume, int follows, int id = 0x1000) => SendAsync(Packet((int)PacketCommand.Resume, follows, [], id, Header(resume).Uid));

    /// <summary>Reads the header of a packet.</summary>
    public static PacketHeader Header(byte[] message)
    {
        Assert.Equal(PacketReadStatus.Done, PacketReader.TryReadMessage(message, out var header, out _));
        return header;
    }

    public Task OkAsync(PacketHeader request) => SendAsync((int)PacketCommand.RespOk, uid: request.Uid);

    public Task RefuseAsync(PacketHeader request, PacketErrorCode code, string text = "", int p2 = 0) =>
        SendAsync(Packet((int)PacketCommand.RespError, (int)code, Encoding.UTF8.GetBytes(text), p2, request.Uid));

    public Task UserComesAsync(int id, string nick) => SendAsync((int)PacketCommand.NewUser, id, nick);

    public Task UserGoesAsync(int id, string nick) => SendAsync((int)PacketCommand.DelUser, id, nick);

    public Task SaysAsync(int id, string text) => SendAsync((int)PacketCommand.NewMsg, id, text);

    public Task LoggedAsync(string text) => SendAsync((int)PacketCommand.LoggedMsg, text: text);

    /// <summary>Accepts a client's SET_ROOM, and sends a roster of ids from 0x1000, and a history.</summary>
    public async Task LetInAsync(string room = "lobby", string[]? users = null, string[]? history = null, int firstId = 0x1000)
    {
        await OkAsync(await ReadAsync((int)PacketCommand.SetRoom, room));
        var id = firstId;
        foreach (var nick in users ?? ["alice"])
            await UserComesAsync(id++, nick);
        foreach (var text in history ?? [])
            await LoggedAsync(text);
        await PassFenceAsync();
    }

    /// <summary>Answers the probe: ACCEPT_COMMANDS of an empty range.</summary>
    public async Task PassFenceAsync()
    {
        var fence = await ReadAsync((int)PacketCommand.AcceptCommands);
        Assert.Equal((0, 0), (fence.P1, fence.P2));
        await RefuseAsync(fence, PacketErrorCode.InvalidArgument);
    }

    /// <summary>Answers the probe of a client that has not signed in.</summary>
    public async Task PassLevel2FenceAsync() => await RefuseAsync(await ReadAsync((int)PacketCommand.AcceptCommands), PacketErrorCode.NickRequired);

    /// <summary>Sends a close frame, and then nothing.</summary>
    public async Task CloseAsync(int status, string reason = "")
    {
        using var deadline = Deadline.Start();
        await webSocket.CloseOutputAsync((WebSocketCloseStatus)status, reason, deadline.Token);
        // An answer to the client's close frame has ended the stream already.
        if (webSocket.State == WebSocketState.CloseSent)
            socket.Shutdown(SocketShutdown.Send);
    }

    /// <summary>Sends a close frame without a code, which <see cref="WebSocket"/> cannot send, and then nothing.</summary>
    public async Task CloseWithoutCodeAsync()
    {
        using var deadline = Deadline.Start();
        await socket.SendAsync(new byte[] { 0x88, 0 }, deadline.Token);
        socket.Shutdown(SocketShutdown.Send);
    }

    /// <summary>Reads up to the client's close frame, and answers it.</summary>
    public async Task<WebSocketCloseStatus?> ReceiveCloseAsync()
    {
        while (webSocket.State is WebSocketState.Open or WebSocketState.CloseSent)
            await ReceiveAsync();
        if (webSocket.State == WebSocketState.CloseReceived)
            await CloseAsync((int)WebSocketCloseStatus.NormalClosure);
        return webSocket.CloseStatus;
    }

    /// <summary>Shuts down the stream, without a close frame.</summary>
    public void End() => socket.Shutdown(SocketShutdown.Send);

    /// <summary>Resets the connection, without a close frame.</summary>
    public void Cut() => socket.Close(timeout: 0);
}
