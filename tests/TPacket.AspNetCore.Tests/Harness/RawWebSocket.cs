using System.Buffers.Binary;
using System.Net;
using TPacket.Server.Tests.Harness;

namespace TPacket.AspNetCore.Tests.Harness;

/// <summary>A client connection after the upgrade, over HTTP/1.1 or HTTP/2, that sends arbitrary bytes.</summary>
internal sealed class RawWebSocket(Stream stream) : IDisposable
{
    public static HttpRequestMessage Request(TestApp app)
    {
        var request = new HttpRequestMessage(app.Kind == HttpKind.Http1 ? HttpMethod.Get : HttpMethod.Connect, app.HttpUri);
        request.Headers.Add("Sec-WebSocket-Version", "13");
        if (app.Kind == HttpKind.Http1)
        {
            request.Headers.Add("Connection", "Upgrade");
            request.Headers.Add("Upgrade", "websocket");
            request.Headers.Add("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==");
        }
        else
        {
            request.Headers.Protocol = "websocket";
        }

        return request;
    }

    public static async Task<RawWebSocket> OpenAsync(TestApp app)
    {
        using var request = Request(app);
        var response = await app.SendAsync(request);
        Assert.Equal(app.Kind == HttpKind.Http1 ? HttpStatusCode.SwitchingProtocols : HttpStatusCode.OK, response.StatusCode);
        return new RawWebSocket(await response.Content.ReadAsStreamAsync());
    }

    public async Task SendAsync(byte[] bytes)
    {
        using var deadline = Deadline.Start();
        await stream.WriteAsync(bytes, deadline.Token);
        await stream.FlushAsync(deadline.Token);
    }

    /// <summary>Reads the next frame, of less than 126 bytes.</summary>
    public async Task<ServerFrame> ReadFrameAsync()
    {
        using var deadline = Deadline.Start();
        var head = new byte[2];
        await stream.ReadExactlyAsync(head, deadline.Token);
        Assert.InRange(head[1], 0, 125);
        var payload = new byte[head[1]];
        await stream.ReadExactlyAsync(payload, deadline.Token);
        return new ServerFrame((head[0] & 0x80) != 0, head[0] & 0x0F, payload);
    }

    /// <summary>Answers a close frame.</summary>
    public Task AnswerCloseAsync(int status)
    {
        var frame = new byte[] { 0x88, 0x82, 0, 0, 0, 0, 0, 0 };
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(6), (ushort)status);
        return SendAsync(frame);
    }

    /// <summary>Waits for the end of the server's stream.</summary>
    public async Task ReadEndAsync()
    {
        using var deadline = Deadline.Start();
        Assert.Equal(0, await stream.ReadAsync(new byte[1], deadline.Token));
    }

    public void Dispose() => stream.Dispose();
}
