using System.Net.WebSockets;
using System.Text;
using TPacket.Protocol;

namespace TPacket.Tool.Check;

/// <summary>The steps magic and nick (docs/protocol.md, "Engagement").</summary>
internal static class SignIn
{
    private const int NickUid = 0x1001;
    private const int LongestMessage = 1024 * 1024;

    /// <summary>Sends the magic string and the nick, and waits for the reply to the nick. The server does not reply to the magic string.</summary>
    /// <exception cref="StepFailedException">The server has rejected the magic string or the nick.</exception>
    public static async Task RunAsync(WebSocket socket, CheckRequest request, List<CheckStep> steps, CancellationToken cancellationToken)
    {
        string? refusal;
        try
        {
            refusal = await Step.WithinAsync(
                "nick",
                request,
                "the server did not answer the nick",
                "Another WebSocket protocol may be at this address. Check the path, and the server's log.",
                async token =>
                {
                    await SendAsync(socket, NickUid - 1, PacketCommand.Nop, request.MagicString, token);
                    await SendAsync(socket, NickUid, PacketCommand.SetUserNick, request.Nick, token);
                    return await ReceiveReplyAsync(socket, token);
                },
                cancellationToken);
        }
        catch (Exception e) when (e is WebSocketException or IOException)
        {
            throw new StepFailedException("magic", "the connection was lost after the upgrade", "A proxy in between may not forward frames. Check the proxy and the server's log.");
        }

        steps.Add(new("magic", StepStatus.Ok, "the server accepts the magic string"));
        if (refusal is not null)
            throw new StepFailedException("nick", $"the server rejected the nick: {refusal}", "Pass another nick with --nick.");
        steps.Add(new("nick", StepStatus.Ok, $"signed in as {request.Nick}"));
        await CloseAsync(socket, request, cancellationToken);
    }

    /// <summary>Returns null for RESP_OK, and the error for RESP_ERROR.</summary>
    private static async Task<string?> ReceiveReplyAsync(WebSocket socket, CancellationToken cancellationToken)
    {
        var buffer = new byte[LongestMessage];
        while (true)
        {
            var length = 0;
            ValueWebSocketReceiveResult part;
            do
            {
                if (length == buffer.Length)
                    throw NoPacket("a message that is too long");
                part = await socket.ReceiveAsync(buffer.AsMemory(length), cancellationToken);
                length += part.Count;
            }
            while (!part.EndOfMessage);

            if (part.MessageType == WebSocketMessageType.Close)
                throw Closed(socket);
            if (part.MessageType == WebSocketMessageType.Text)
                throw NoPacket("text");
            if (PacketReader.TryReadMessage(buffer.AsSpan(0, length), out var header, out var data) != PacketReadStatus.Done)
                throw NoPacket("a message that is not a packet");
            if (header.Uid != NickUid)
                continue;
            if (header.Command == (int)PacketCommand.RespOk)
                return null;
            if (header.Command != (int)PacketCommand.RespError)
                throw NoPacket("a packet that is not a reply");
            var text = Encoding.UTF8.GetString(data);
            return $"{(PacketErrorCode)header.P1} ({header.P1}){(text.Length > 0 ? $", \"{text}\"" : "")}";
        }
    }

    private static StepFailedException NoPacket(string what) =>
        new("nick", $"the server sent {what}", "Another WebSocket protocol is at this address. Check host, port and path.");

    private static StepFailedException Closed(WebSocket socket)
    {
        var said = $"the server closed with {(int?)socket.CloseStatus ?? 1005}{(socket.CloseStatusDescription is { Length: > 0 } reason ? $", \"{reason}\"" : "")}";
        return socket.CloseStatus == WebSocketCloseStatus.PolicyViolation
            ? new("magic", $"{said}: it does not accept the magic string", "The host may use another magic string (option MagicString): pass it with --magic. Or the address belongs to another WebSocket protocol.")
            : new("magic", said, "The server may be stopping, or full. Try again, and check its log.");
    }

    private static async Task SendAsync(WebSocket socket, int uid, PacketCommand command, string text, CancellationToken cancellationToken)
    {
        var data = Encoding.UTF8.GetBytes(text);
        var packet = new byte[PacketHeader.Size + data.Length];
        PacketWriter.Write(packet, uid, (int)command, 0, 0, data);
        await socket.SendAsync(packet, WebSocketMessageType.Binary, endOfMessage: true, cancellationToken);
    }

    /// <summary>Closes the connection. The sign-in has succeeded even if the server does not answer the close frame.</summary>
    private static async Task CloseAsync(WebSocket socket, CheckRequest request, CancellationToken cancellationToken)
    {
        try
        {
            await Step.WithinAsync(
                "close",
                request,
                "",
                "",
                async token =>
                {
                    await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, token);
                    return true;
                },
                cancellationToken);
        }
        catch (Exception e) when (e is WebSocketException or IOException or StepFailedException)
        {
            // The server has closed the connection first.
        }
    }
}
