using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using TPacket.Server;

namespace TPacket.AspNetCore;

/// <summary>Answers the liveness and readiness probes.</summary>
/// <param name="server">The server.</param>
/// <param name="checks">The app's health checks; null for none.</param>
internal sealed class HealthEndpoints(TPacketServer server, HealthCheckService? checks)
{
    private const string Tag = "ready";

    public static Task LiveAsync(HttpContext context) => AnswerAsync(context, StatusCodes.Status200OK, "live");

    public async Task ReadyAsync(HttpContext context)
    {
        var state = server.State;
        if (state != TPacketServerState.Open)
            await AnswerAsync(context, StatusCodes.Status503ServiceUnavailable, state.ToString().ToLowerInvariant()).ConfigureAwait(false);
        else if (checks is not null && await IsUnhealthyAsync(context.RequestAborted).ConfigureAwait(false))
            await AnswerAsync(context, StatusCodes.Status503ServiceUnavailable, "unhealthy").ConfigureAwait(false);
        else
            await AnswerAsync(context, StatusCodes.Status200OK, "ready").ConfigureAwait(false);
    }

    private async Task<bool> IsUnhealthyAsync(CancellationToken cancellationToken) =>
        (await checks!.CheckHealthAsync(static check => check.Tags.Contains(Tag), cancellationToken).ConfigureAwait(false)).Status == HealthStatus.Unhealthy;

    private static Task AnswerAsync(HttpContext context, int status, string word)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain";
        context.Response.Headers.CacheControl = "no-store";
        return HttpMethods.IsHead(context.Request.Method) ? Task.CompletedTask : context.Response.WriteAsync(word + "\n", context.RequestAborted);
    }
}
