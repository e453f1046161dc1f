using System.Net;
using Microsoft.AspNetCore.Http;
using TPacket.Transports.Streams;

namespace TPacket.AspNetCore;

/// <summary>What follows the answer to an upgraded request.</summary>
/// <param name="stream">The bytes.</param>
/// <param name="local">This side's address.</param>
/// <param name="remote">The client's address.</param>
/// <param name="timeProvider">The server's clock.</param>
/// <param name="response">The answer over HTTP/2, which can end before the request; null over HTTP/1.1, where ASP.NET Core ends both directions at once.</param>
internal sealed class UpgradedConnection(Stream stream, EndPoint? local, EndPoint? remote, TimeProvider timeProvider, HttpResponse? response)
    : StreamConnection(stream, local, remote, timeProvider)
{
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

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
            _released.TrySetResult();
        }
    }

    /// <inheritdoc/>
    protected override async ValueTask ShutdownStreamAsync()
    {
        if (response is not null)
            await response.CompleteAsync().ConfigureAwait(false);
    }
}
