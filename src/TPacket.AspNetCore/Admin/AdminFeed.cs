using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Timeouts;
using TPacket.Server;

namespace TPacket.AspNetCore.Admin;

/// <summary>The servers as they are now, once for all operators who look, and as a stream of server-sent events.</summary>
/// <param name="admin">Reads the servers.</param>
/// <param name="cluster">Counts rooms that several servers have open.</param>
/// <param name="time">The server's clock.</param>
/// <param name="stopping">Cancelled when the app is about to stop; streams end then.</param>
internal sealed class AdminFeed(IClusterAdmin admin, ICluster cluster, TimeProvider time, CancellationToken stopping)
{
    private static readonly TimeSpan _period = TimeSpan.FromSeconds(2);

    // The browser asks again then, and is authorized again.
    private static readonly TimeSpan _longestStream = TimeSpan.FromMinutes(5);

    private readonly Lock _gate = new();
    private Task<AdminServers>? _asked;
    private long _askedAt;

    /// <summary>Reads the servers, or returns what somebody has read within half a period.</summary>
    /// <exception cref="RoomStoreException">The store failed, or a server does not answer.</exception>
    public Task<AdminServers> ReadAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_asked is null or { IsFaulted: true } || (_asked.IsCompleted && time.GetElapsedTime(_askedAt) >= _period / 2))
            {
                _asked = AskAsync();
                _askedAt = time.GetTimestamp();
            }

            return _asked.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Sends <c>servers</c> once a period, or <c>failure</c> with the reason.</summary>
    public async Task StreamAsync(HttpContext context)
    {
        context.Features.Get<IHttpRequestTimeoutFeature>()?.DisableTimeout();
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        var response = context.Response;
        response.ContentType = "text/event-stream";
        // nginx holds back what it gets otherwise.
        response.Headers["X-Accel-Buffering"] = "no";
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        var since = time.GetTimestamp();
        try
        {
            while (time.GetElapsedTime(since) < _longestStream)
            {
                await response.Body.WriteAsync(await ReadEventAsync(ending.Token).ConfigureAwait(false), ending.Token).ConfigureAwait(false);
                await response.Body.FlushAsync(ending.Token).ConfigureAwait(false);
                await Task.Delay(_period, time, ending.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            // The operator looks no more, or the app stops.
        }
    }

    private async ValueTask<byte[]> ReadEventAsync(CancellationToken cancellationToken)
    {
        try
        {
            return Event("servers", JsonSerializer.Serialize(await ReadAsync(cancellationToken).ConfigureAwait(false), AdminJson.Default.AdminServers));
        }
        catch (RoomStoreException e)
        {
            return Event("failure", JsonSerializer.Serialize(new AdminError(e.Message), AdminJson.Default.AdminError));
        }
    }

    /// <summary>For all who wait, so none of them can cancel it; the engine gives up after <see cref="TPacketServerOptions.StoreTimeout"/>.</summary>
    private async Task<AdminServers> AskAsync()
    {
        var servers = await admin.ReadServersAsync(CancellationToken.None).ConfigureAwait(false);
        var counts = await cluster.CountAsync(CancellationToken.None).ConfigureAwait(false);
        return new AdminServers(counts.Users, counts.Rooms, servers);
    }

    private static byte[] Event(string name, string json) => Encoding.UTF8.GetBytes($"event: {name}\ndata: {json}\n\n");
}
