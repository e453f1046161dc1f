using System.Net;
using Microsoft.AspNetCore.Http;
using TPacket.Transports;

namespace TPacket.AspNetCore;

/// <summary>What follows the answer to an upgraded request.</summary>
/// <param name="stream">The bytes.</param>
/// <param name="local">This side's address.</param>
/// <param name="remote">The client's address.</param>
/// <param name="timeProvider">The server's clock.</param>
/// <param name="context">The request.</param>
/// <param name="endsResponse">Whether the answer can end before the request, as over HTTP/2; over HTTP/1.1 ASP.NET Core ends both directions at once.</param>
internal sealed class UpgradedConnection(Stream stream, EndPoint? local, EndPoint? remote, TimeProvider timeProvider, HttpContext context, bool endsResponse)
    : StreamConnection(stream, local, remote, timeProvider)
{
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();

    /// <summary>Completes when nothing uses the stream any more.</summary>
    public Task Released => _released.Task;

    /// <inheritdoc/>
    protected override void ReleaseStream()
    {
        try
        {
            base.ReleaseStream();
        }
        finally
        {
            lock (_gate)
                _released.TrySetResult();
        }
    }

    /// <inheritdoc/>
    protected override void ResetStream()
    {
        // After its end, the context may be another request's.
        lock (_gate)
        {
            if (!_released.Task.IsCompleted)
                context.Abort();
        }
    }

    /// <inheritdoc/>
    protected override async ValueTask ShutdownStreamAsync()
    {
        if (endsResponse)
            await context.Response.CompleteAsync().ConfigureAwait(false);
    }
}
