using Microsoft.AspNetCore.Http;
using TPacket.WebSockets;

namespace TPacket.AspNetCore;

/// <summary>Writes the response to a refused upgrade request.</summary>
internal static class RefusalResponse
{
    public static Task WriteAsync(HttpContext context, HttpRefusal refusal)
    {
        var response = context.Response;
        response.StatusCode = refusal.StatusCode;
        // RFC 9110, section 15.5.22. HTTP/2 does not allow these headers.
        if (refusal.StatusCode == StatusCodes.Status426UpgradeRequired && HttpProtocol.IsHttp11(context.Request.Protocol))
        {
            response.Headers.Upgrade = "websocket";
            response.Headers.Connection = "Upgrade";
        }

        if (refusal.Header?.Split(':', 2) is [var name, var value])
            response.Headers[name] = value.Trim();
        response.ContentType = "text/plain; charset=utf-8";
        return response.WriteAsync(refusal.Text + "\n", context.RequestAborted);
    }
}
