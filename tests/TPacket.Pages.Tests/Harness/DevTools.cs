using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using TPacket.Interop.Tests;

namespace TPacket.Pages.Tests.Harness;

/// <summary>A browser's DevTools protocol: requests to it and to its pages.</summary>
internal sealed class DevTools : IAsyncDisposable
{
    private readonly ClientWebSocket _socket = new();
    private readonly SemaphoreSlim _sending = new(1);
    private readonly ConcurrentDictionary<int, TaskCompletionSource<JsonNode>> _requests = [];
    private readonly ConcurrentDictionary<string, ChannelWriter<JsonNode>> _pages = [];
    private Task _receiving = Task.CompletedTask;
    private int _last;

    public static async Task<DevTools> ConnectAsync(Uri uri, CancellationToken deadline)
    {
        var tools = new DevTools();
        await tools._socket.ConnectAsync(uri, deadline);
        tools._receiving = tools.ReceiveAsync();
        return tools;
    }

    /// <summary>Opens a page that shares nothing with others.</summary>
    /// <param name="address">The address of the page.</param>
    /// <param name="before">A script that runs before those of the page.</param>
    /// <param name="focus">The id of the element that has the focus once the page's module has run.</param>
    public async Task<Page> OpenAsync(Uri address, string before = "", string focus = "nick")
    {
        var context = (string)(await RequestAsync("Target.createBrowserContext"))["browserContextId"]!;
        var target = (string)(await RequestAsync("Target.createTarget", new { url = "about:blank", browserContextId = context }))["targetId"]!;
        var session = (string)(await RequestAsync("Target.attachToTarget", new { targetId = target, flatten = true }))["sessionId"]!;
        var events = Channel.CreateUnbounded<JsonNode>();
        _pages[session] = events.Writer;
        var page = new Page(this, session, context, events.Reader);
        await page.LoadAsync(address, before, focus);
        return page;
    }

    /// <summary>Sends a request, and fails if the browser rejects it or does not answer in time.</summary>
    public async Task<JsonNode> RequestAsync(string method, object? parameters = null, string? session = null)
    {
        using var deadline = Deadline.Start();
        var id = Interlocked.Increment(ref _last);
        var reply = new TaskCompletionSource<JsonNode>(TaskCreationOptions.RunContinuationsAsynchronously);
        _requests[id] = reply;
        var request = new JsonObject { ["id"] = id, ["method"] = method, ["params"] = JsonSerializer.SerializeToNode(parameters ?? new { }) };
        if (session is not null)
            request["sessionId"] = session;
        await _sending.WaitAsync(deadline.Token);
        try
        {
            await _socket.SendAsync(JsonSerializer.SerializeToUtf8Bytes(request), WebSocketMessageType.Text, endOfMessage: true, deadline.Token);
        }
        finally
        {
            _sending.Release();
        }

        var answer = await reply.Task.WaitAsync(deadline.Token);
        return answer["result"] ?? throw new InvalidOperationException($"{method}: {answer["error"]}");
    }

    public async ValueTask DisposeAsync()
    {
        _socket.Abort();
        await _receiving;
        _socket.Dispose();
        _sending.Dispose();
    }

    private async Task ReceiveAsync()
    {
        var buffer = new byte[64 * 1024];
        using var message = new MemoryStream();
        try
        {
            while (true)
            {
                var part = await _socket.ReceiveAsync(buffer, CancellationToken.None);
                message.Write(buffer, 0, part.Count);
                if (part.MessageType == WebSocketMessageType.Close)
                    return;
                if (!part.EndOfMessage)
                    continue;
                Handle(JsonNode.Parse(message.GetBuffer().AsSpan(0, (int)message.Length))!);
                message.SetLength(0);
            }
        }
        catch (WebSocketException)
        {
            // The browser has ended; pending requests time out.
        }
        catch (OperationCanceledException)
        {
            // The connection is disposed of.
        }
    }

    private void Handle(JsonNode message)
    {
        if (message["id"] is { } id)
        {
            if (_requests.TryRemove((int)id, out var reply))
                reply.SetResult(message);
        }
        else if ((string?)message["sessionId"] is { } session && _pages.TryGetValue(session, out var events))
            events.TryWrite(message);
    }
}
