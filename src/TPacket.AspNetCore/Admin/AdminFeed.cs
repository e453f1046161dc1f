using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Timeouts;
using TPacket.Server;

namespace TPacket.AspNetCore.Admin;

/// <summary>Reads the status of all servers, once for all concurrent readers, and streams it as server-sent events. Thread-safe.</summary>
/// <param name="admin">Reads the status of servers.</param>
/// <param name="cluster">Counts users and rooms.</param>
/// <param name="time">The server's clock.</param>
/// <param name="stopping">Cancelled when the app begins to stop, which ends streams.</param>
internal sealed class AdminFeed(IClusterAdmin admin, ICluster cluster, TimeProvider time, CancellationToken stopping)
{
    private static readonly TimeSpan _period = TimeSpan.FromSeconds(2);

    // The browser then reconnects, and is authorized again.
    private static readonly TimeSpan _longestStream = TimeSpan.FromMinutes(5);

    private readonly Lock _gate = new();
    private Task<AdminServers>? _latest;
    private long _readAt;

    /// <summary>Returns the status of the servers, which is at most half a period old.</summary>
    /// <exception cref="RoomStoreException">The store failed, or a server did not answer in time.</exception>
    public Task<AdminServers> ReadAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_latest is null or { IsFaulted: true } || (_latest.IsCompleted && time.GetElapsedTime(_readAt) >= _period / 2))
            {
                _latest = ReadForAllAsync();
                _readAt = time.GetTimestamp();
            }

            return _latest.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Streams an event <c>servers</c> with the status every 2 s, or an event <c>failure</c> with the reason.</summary>
    public async Task StreamAsync(HttpContext context)
    {
        context.Features.Get<IHttpRequestTimeoutFeature>()?.DisableTimeout();
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        var response = context.Response;
        response.ContentType = "text/event-stream";
        // Disables the response buffering of nginx.
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
            // The operator has left the page, or the app stops.
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

    /// <summary>Reads the status for all readers. No reader can cancel the read. Its deadline is <see cref="TPacketServerOptions.StoreTimeout"/>.</summary>
    private async Task<AdminServers> ReadForAllAsync()
    {
        var servers = await admin.ReadServersAsync(CancellationToken.None).ConfigureAwait(false);
        var counts = await cluster.CountAsync(CancellationToken.None).ConfigureAwait(false);
        return new AdminServers(counts.Users, counts.Rooms, servers);
    }

    private static byte[] Event(string name, string json) => Encoding.UTF8.GetBytes($"event: {name}\ndata: {json}\n\n");
}
