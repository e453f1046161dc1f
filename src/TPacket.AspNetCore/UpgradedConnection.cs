using System.Net;
using Microsoft.AspNetCore.Http;
using TPacket.Transports;

namespace TPacket.AspNetCore;

/// <summary>The connection of an upgraded request.</summary>
/// <param name="stream">The stream of the upgraded request.</param>
/// <param name="local">The local address.</param>
/// <param name="remote">The client's address.</param>
/// <param name="timeProvider">The server's clock.</param>
/// <param name="context">The HTTP context.</param>
/// <param name="endsResponse">
/// Whether the response can be completed before the request. This is possible over HTTP/2; over HTTP/1.1 ASP.NET Core ends both directions together.
/// </param>
internal sealed class UpgradedConnection(Stream stream, EndPoint? local, EndPoint? remote, TimeProvider timeProvider, HttpContext context, bool endsResponse)
    : StreamConnection(stream, local, remote, timeProvider)
{
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _gate = new();

    /// <summary>Completes when the connection no longer uses the stream.</summary>
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
        // After the release, the context may belong to another request.
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
